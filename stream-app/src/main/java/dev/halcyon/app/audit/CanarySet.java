package dev.halcyon.app.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Canary pictures: pictures whose groups are known, because somebody drew or photographed them for
 * the purpose. A folder with {@code manifest.json} and the files it names.
 *
 * @param id name of the set
 * @param pictures the pictures
 */
public record CanarySet(String id, List<Picture> pictures) {
  /** Name of the manifest within its folder. */
  public static final String MANIFEST = "manifest.json";

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,63}");
  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  /**
   * One picture.
   *
   * @param file path within the folder, with slashes
   * @param sha256 of the file's bytes, in hex: what it is known by in the stream
   * @param groups its group by axis
   * @param shows ids of labels that ought to fire
   */
  public record Picture(
      String file, String sha256, Map<String, String> groups, List<String> shows) {
    public Picture {
      groups = java.util.Collections.unmodifiableMap(new TreeMap<>(groups));
      shows = shows == null ? List.of() : List.copyOf(shows);
    }
  }

  public CanarySet {
    pictures = List.copyOf(pictures);
  }

  /**
   * Reads a set and checks every file against its hash.
   *
   * @throws CanarySetException if a manifest is missing or broken, or a file is not the one it
   *     names
   */
  public static CanarySet read(Path folder) {
    CanarySet set = readManifest(folder);
    for (Picture picture : set.pictures()) {
      Path file = folder.resolve(picture.file());
      if (!Files.isRegularFile(file)) {
        throw new CanarySetException(file + ": named in " + MANIFEST + " and not there");
      }
      if (!sha256(file).equals(picture.sha256())) {
        throw new CanarySetException(
            file + ": is not the picture " + MANIFEST + " names: its SHA-256 differs");
      }
    }
    return set;
  }

  /**
   * Reads the manifest alone.
   *
   * @throws CanarySetException if it is missing or broken
   */
  public static CanarySet readManifest(Path folder) {
    Path manifest = folder.resolve(MANIFEST);
    if (!Files.isRegularFile(manifest)) {
      throw new CanarySetException(
          manifest + ": no such file; name a folder of canary pictures, see docs/bias.md");
    }
    CanarySet set;
    try {
      set = JSON.readValue(manifest.toFile(), CanarySet.class);
    } catch (JsonProcessingException e) {
      throw new CanarySetException(manifest + ": " + e.getOriginalMessage());
    } catch (IOException | IllegalArgumentException | NullPointerException e) {
      throw new CanarySetException(manifest + ": cannot be read: " + e.getMessage());
    }
    List<String> problems = set.problems();
    if (!problems.isEmpty()) {
      throw new CanarySetException(manifest + ": " + String.join("; ", problems));
    }
    return set;
  }

  private List<String> problems() {
    var problems = new ArrayList<String>();
    if (id == null || !NAME.matcher(id).matches()) {
      problems.add("id \"" + id + "\" is no name; use lower-case letters, digits, - and _");
    }
    var files = new HashMap<String, String>();
    for (Picture picture : pictures) {
      if (picture.sha256() == null || !picture.sha256().matches("[0-9a-f]{64}")) {
        problems.add(picture.file() + ": sha256 is no SHA-256 in lower-case hex");
      } else {
        String other = files.put(picture.sha256(), picture.file());
        if (other != null) {
          problems.add(picture.file() + " is the same picture as " + other);
        }
      }
      picture
          .groups()
          .forEach(
              (axis, group) -> {
                if (!NAME.matcher(axis).matches() || !NAME.matcher(group).matches()) {
                  problems.add(picture.file() + ": groups: " + axis + ": " + group + " is no name");
                }
              });
    }
    return problems;
  }

  /** The picture with these bytes. */
  public Map<String, Picture> bySha256() {
    var known = new HashMap<String, Picture>();
    pictures.forEach(picture -> known.put(picture.sha256(), picture));
    return Map.copyOf(known);
  }

  /** The axes the pictures are labelled on, in alphabetical order. */
  public List<String> axes() {
    return pictures.stream()
        .flatMap(picture -> picture.groups().keySet().stream())
        .distinct()
        .sorted()
        .toList();
  }

  /** The set in a folder, or nothing where there is no manifest. */
  public static Optional<CanarySet> readIfThere(Path folder) {
    return Files.isRegularFile(folder.resolve(MANIFEST))
        ? Optional.of(readManifest(folder))
        : Optional.empty();
  }

  private static String sha256(Path file) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
