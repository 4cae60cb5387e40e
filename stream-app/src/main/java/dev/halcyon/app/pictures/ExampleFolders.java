package dev.halcyon.app.pictures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Example pictures of labels, as they lie on disk:
 *
 * <pre>
 * examples/background/        ordinary pictures, on which no label should fire
 * examples/LABEL/positive/    pictures the label must fire on
 * examples/LABEL/negative/    instead of the background, for this label
 * </pre>
 *
 * <p>Each folder may hold folders of its own.
 *
 * @param background pictures that serve every label without negatives of its own; may be empty
 * @param labels what there is for single labels, by id
 */
public record ExampleFolders(List<Path> background, Map<String, Examples> labels) {
  private static final String BACKGROUND = "background";
  private static final String POSITIVE = "positive";
  private static final String NEGATIVE = "negative";

  /**
   * Pictures of one label.
   *
   * @param positive pictures it must fire on; may be empty
   * @param negative pictures it must not fire on; may be empty
   */
  public record Examples(List<Path> positive, List<Path> negative) {
    static final Examples NONE = new Examples(List.of(), List.of());
  }

  /**
   * Finds the examples in a folder.
   *
   * @param known ids of the labels there may be folders for
   * @throws PictureException if there is no such folder, nothing in it, or a folder of no label
   */
  public static ExampleFolders open(Path folder, Set<String> known) {
    List<Path> background = List.of();
    Map<String, Examples> labels = new TreeMap<>();
    for (Path entry : folders(folder)) {
      String name = entry.getFileName().toString();
      if (name.equals(BACKGROUND)) {
        background = PictureFolder.listAll(entry);
      } else if (known.contains(name)) {
        labels.put(name, examples(entry));
      } else {
        throw new PictureException(
            entry
                + ": is neither "
                + BACKGROUND
                + " nor the id of a label; there are: "
                + String.join(", ", known.stream().sorted().toList()));
      }
    }
    if (background.isEmpty() && labels.isEmpty()) {
      throw new PictureException(
          folder
              + ": holds no examples; make "
              + BACKGROUND
              + "/, LABEL/positive/, LABEL/negative/");
    }
    return new ExampleFolders(background, labels);
  }

  /** The pictures of a label it must fire on. */
  public List<Path> positive(String label) {
    return labels.getOrDefault(label, Examples.NONE).positive();
  }

  /** The pictures of a label it must not fire on: its own, else the common ones. */
  public List<Path> background(String label) {
    List<Path> own = labels.getOrDefault(label, Examples.NONE).negative();
    return own.isEmpty() ? background : own;
  }

  private static Examples examples(Path folder) {
    List<Path> positive = List.of();
    List<Path> negative = List.of();
    for (Path entry : folders(folder)) {
      switch (entry.getFileName().toString()) {
        case POSITIVE -> positive = PictureFolder.listAll(entry);
        case NEGATIVE -> negative = PictureFolder.listAll(entry);
        default ->
            throw new PictureException(
                entry + ": is neither " + POSITIVE + " nor " + NEGATIVE + "; rename it");
      }
    }
    if (positive.isEmpty() && negative.isEmpty()) {
      throw new PictureException(
          folder + ": holds neither a folder " + POSITIVE + " nor " + NEGATIVE);
    }
    return new Examples(positive, negative);
  }

  private static List<Path> folders(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new PictureException(folder + ": no such folder");
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return new ArrayList<>(entries.filter(Files::isDirectory).sorted().toList());
    } catch (IOException e) {
      throw new PictureException(folder + ": cannot be listed: " + e.getMessage());
    }
  }
}
