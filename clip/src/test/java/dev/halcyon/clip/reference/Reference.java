package dev.halcyon.clip.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * A small random model and what its reference implementation says of it, as {@code
 * tools/reference/tiny_models.py} wrote them.
 *
 * @param prompts the strings and their token ids
 * @param contextLength most tokens the model reads
 * @param dimensions length of an embedding
 * @param textEmbeds unit embedding of each prompt; of the empty prompt where it is too long
 * @param images PNG files
 * @param pixelValues each image as the reference preprocesses it
 * @param imageEmbeds unit embedding of each image
 * @param logits by image and prompt
 */
public record Reference(
    List<Prompt> prompts,
    int contextLength,
    int dimensions,
    float[][] textEmbeds,
    List<byte[]> images,
    float[][] pixelValues,
    float[][] imageEmbeds,
    float[][] logits) {
  /** A string and the ids of its tokens, not cut. */
  public record Prompt(String text, long[] ids) {}

  /** The models. */
  public static final List<String> MODELS = List.of("tiny-clip", "tiny-siglip");

  /** Unpacks a model to a folder, in the flat layout, and leaves out all but its default graphs. */
  public static Path copyModel(String name, Path to) {
    try (Stream<Path> files = Files.list(folder(name))) {
      for (Path file : files.toList()) {
        String plain = file.getFileName().toString();
        if (plain.startsWith("expected") || plain.matches(".*_(fixed|fp16|quantized)\\.onnx.*")) {
          continue;
        }
        Files.createDirectories(to);
        unpack(file, to.resolve(plain.replaceFirst("\\.gz$", "")));
      }
      return to;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Unpacks one of a model's files. */
  public static Path copyFile(String name, String file, Path to) {
    Path packed = folder(name).resolve(file + ".gz");
    try {
      Files.createDirectories(to.getParent());
      unpack(Files.exists(packed) ? packed : folder(name).resolve(file), to);
      return to;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void unpack(Path from, Path to) throws IOException {
    try (InputStream raw = Files.newInputStream(from);
        InputStream in = from.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
      Files.write(to, in.readAllBytes());
    }
  }

  public static Reference read(String name) {
    JsonNode json;
    try (InputStream in =
        new GZIPInputStream(Files.newInputStream(folder(name).resolve("expected.json.gz")))) {
      json = new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<Prompt> prompts = new ArrayList<>();
    for (JsonNode prompt : json.path("prompts")) {
      long[] ids = new long[prompt.path("ids").size()];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = prompt.path("ids").get(i).asLong();
      }
      prompts.add(new Prompt(prompt.path("text").asText(), ids));
    }
    List<byte[]> images = new ArrayList<>();
    for (JsonNode image : json.path("images")) {
      images.add(Base64.getDecoder().decode(image.asText()));
    }
    int dimensions = json.path("dimensions").asInt();
    return new Reference(
        prompts,
        json.path("contextLength").asInt(),
        dimensions,
        rows(json.path("textEmbeds").asText(), prompts.size()),
        images,
        rows(json.path("pixelValues").asText(), images.size()),
        rows(json.path("imageEmbeds").asText(), images.size()),
        rows(json.path("logits").asText(), images.size()));
  }

  /** Whether the model reads a prompt whole. */
  public boolean isReadable(Prompt prompt) {
    return prompt.ids().length <= contextLength;
  }

  public static double cosine(float[] a, float[] b) {
    double dot = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
    }
    return dot / Math.sqrt(aa * bb);
  }

  /** Where a model's files lie as they are kept, some of them packed. */
  public static Path folder(String name) {
    try {
      return Path.of(Reference.class.getResource("/reference/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static float[][] rows(String packed, int count) {
    ByteBuffer bytes =
        ByteBuffer.wrap(Base64.getDecoder().decode(packed)).order(ByteOrder.LITTLE_ENDIAN);
    float[][] rows = new float[count][bytes.remaining() / Float.BYTES / count];
    for (float[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        row[i] = bytes.getFloat();
      }
    }
    return rows;
  }
}
