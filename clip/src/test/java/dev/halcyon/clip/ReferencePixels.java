package dev.halcyon.clip;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halcyon.clip.decode.RgbImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * What Pillow and the models' reference processors make of small pictures; written by {@code
 * tools/reference/pixels.py}.
 */
public final class ReferencePixels {
  /**
   * What one processor makes of each picture.
   *
   * @param config the file a model would be published with
   * @param resized resized and cropped, before normalisation
   * @param floats every {@link #stride()}-th value of the model's input
   */
  public record Spec(
      String name, Path config, Map<String, RgbImage> resized, Map<String, float[]> floats) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final Path FOLDER = folder();
  private static final JsonNode MANIFEST = manifest();

  private ReferencePixels() {}

  public static int stride() {
    return MANIFEST.get("stride").asInt();
  }

  /** The encoded pictures by file name. */
  public static Map<String, byte[]> pictures() {
    Map<String, byte[]> pictures = new LinkedHashMap<>();
    for (JsonNode picture : MANIFEST.get("pictures")) {
      String name = picture.get("file").asText();
      pictures.put(name, bytes(name));
    }
    return pictures;
  }

  /** One encoded picture. */
  public static byte[] bytes(String name) {
    return read(FOLDER.resolve("pictures").resolve(name));
  }

  public static ByteBuffer picture(String name) {
    return ByteBuffer.wrap(bytes(name));
  }

  /** The upright pictures by file name. */
  public static Map<String, RgbImage> decoded() {
    ByteBuffer bytes = unzip(FOLDER.resolve("decoded.rgb.gz"));
    Map<String, RgbImage> decoded = new LinkedHashMap<>();
    for (JsonNode picture : MANIFEST.get("pictures")) {
      int width = picture.get("width").asInt();
      int height = picture.get("height").asInt();
      decoded.put(picture.get("file").asText(), image(bytes, width, height));
    }
    return decoded;
  }

  /** All frames of each animation by file name. */
  public static Map<String, List<RgbImage>> frames() {
    Map<String, RgbImage> first = decoded();
    ByteBuffer bytes = unzip(FOLDER.resolve("frames.rgb.gz"));
    Map<String, List<RgbImage>> frames = new LinkedHashMap<>();
    for (JsonNode animation : MANIFEST.get("animations")) {
      String name = animation.get("file").asText();
      List<RgbImage> images = new ArrayList<>();
      for (int i = 0; i < animation.get("frames").asInt(); i++) {
        images.add(image(bytes, first.get(name).width(), first.get(name).height()));
      }
      frames.put(name, images);
    }
    return frames;
  }

  public static List<Spec> specs() {
    List<Spec> specs = new ArrayList<>();
    for (JsonNode node : MANIFEST.get("specs")) {
      String name = node.get("name").asText();
      int height = node.get("height").asInt();
      int width = node.get("width").asInt();
      ByteBuffer rgb = unzip(FOLDER.resolve(name).resolve("resized.rgb.gz"));
      ByteBuffer sampled = unzip(FOLDER.resolve(name).resolve("floats.gz"));
      Map<String, RgbImage> resized = new LinkedHashMap<>();
      Map<String, float[]> floats = new LinkedHashMap<>();
      for (JsonNode picture : node.get("pictures")) {
        resized.put(picture.asText(), image(rgb, width, height));
        float[] values = new float[-Math.floorDiv(-3 * width * height, stride())];
        for (int i = 0; i < values.length; i++) {
          values[i] = sampled.getFloat();
        }
        floats.put(picture.asText(), values);
      }
      Path config = FOLDER.resolve(name).resolve(node.get("file").asText());
      specs.add(new Spec(name, config, resized, floats));
    }
    return specs;
  }

  private static RgbImage image(ByteBuffer from, int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    from.get(rgb);
    return new RgbImage(width, height, rgb);
  }

  private static Path folder() {
    try {
      return Path.of(ReferencePixels.class.getResource("/reference/pixels").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode manifest() {
    try {
      return new ObjectMapper().readTree(read(FOLDER.resolve("manifest.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ByteBuffer unzip(Path file) {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      return ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
