package dev.halcyon.clip.preprocess;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * What a model's authors do to a picture before the model sees it, in this order: resize, crop or
 * pad to the centre, scale to [0, 1], normalise.
 *
 * @param resize how the picture is brought to size
 * @param resizeHeight height to resize to, in pixels; the shorter or longer side for {@link
 *     Resize#SHORTEST} and {@link Resize#LONGEST}, where it equals {@code resizeWidth}
 * @param resizeWidth width to resize to, in pixels
 * @param filter the resampling filter, always with antialiasing
 * @param height height of the model's input, in pixels
 * @param width width of the model's input, in pixels
 * @param cropRounding how the crop is placed where the margins are uneven
 * @param mean per channel, red, green, blue, on the scale [0, 1]
 * @param std per channel, above 0
 */
public record PreprocessingSpec(
    Resize resize,
    int resizeHeight,
    int resizeWidth,
    Filter filter,
    int height,
    int width,
    CropRounding cropRounding,
    List<Float> mean,
    List<Float> std) {
  /** Largest side of a model's input; those published end at 1,024. */
  private static final int MAX_SIDE = 4096;

  /** Raised when the same spec gives other numbers than before, so that ids differ too. */
  private static final int ARITHMETIC = 1;

  /** How a picture is brought to size. */
  public enum Resize {
    /** Keep the aspect ratio; the shorter side becomes the size. */
    SHORTEST,
    /** Keep the aspect ratio; the longer side becomes the size, the rest is padded black. */
    LONGEST,
    /** Both sides become the size, whatever the aspect ratio. */
    SQUASH
  }

  /** The resampling filter, as Pillow defines it. */
  public enum Filter {
    BICUBIC,
    BILINEAR
  }

  /** Where an odd margin's extra pixel goes. */
  public enum CropRounding {
    /** {@code floor(margin / 2)}, as transformers does. */
    FLOOR,
    /** {@code margin / 2} rounded half to even, as torchvision and open_clip do. */
    HALF_EVEN
  }

  public PreprocessingSpec {
    Objects.requireNonNull(resize, "resize");
    Objects.requireNonNull(filter, "filter");
    Objects.requireNonNull(cropRounding, "cropRounding");
    checkSide("resizeHeight", resizeHeight);
    checkSide("resizeWidth", resizeWidth);
    checkSide("height", height);
    checkSide("width", width);
    if (resize != Resize.SQUASH && resizeHeight != resizeWidth) {
      throw new IllegalArgumentException(
          "%s takes one size, not %dx%d".formatted(resize, resizeWidth, resizeHeight));
    }
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    checkChannels("mean", mean);
    checkChannels("std", std);
    for (float value : std) {
      if (!(value > 0)) {
        throw new IllegalArgumentException("std " + std + " has a value that is not above 0");
      }
    }
  }

  private static void checkSide(String name, int value) {
    if (value < 1 || value > MAX_SIDE) {
      throw new IllegalArgumentException(
          "%s %d is outside [1, %d]".formatted(name, value, MAX_SIDE));
    }
  }

  private static void checkChannels(String name, List<Float> values) {
    if (values.size() != 3 || !values.stream().allMatch(Float::isFinite)) {
      throw new IllegalArgumentException(
          name + " " + values + " is not three numbers: red, green, blue");
    }
  }

  /** Channels of the model's input: red, green, blue. */
  public int channels() {
    return 3;
  }

  /** How many floats one picture takes: channels x height x width. */
  public int floats() {
    return channels() * height * width;
  }

  /**
   * Stable identity: evidence made with different ids is never compared. Readable, and ended by
   * eight hex digits over every field: {@code shortest-224-bicubic-crop-224-1f2e3d4c}.
   */
  public String id() {
    String fields =
        String.join(
            "|",
            "arithmetic " + ARITHMETIC,
            resize.name(),
            resizeHeight + "x" + resizeWidth,
            filter.name(),
            height + "x" + width,
            cropRounding.name(),
            mean.toString(),
            std.toString());
    return String.join(
        "-",
        resize.name().toLowerCase(Locale.ROOT),
        size(resizeHeight, resizeWidth),
        filter.name().toLowerCase(Locale.ROOT),
        "crop",
        size(height, width),
        HexFormat.of().formatHex(sha256(fields), 0, 4));
  }

  private static String size(int height, int width) {
    return height == width ? Integer.toString(height) : height + "x" + width;
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  /**
   * Reads {@code preprocessor_config.json} (transformers), {@code preprocess_cfg.json} (open_clip,
   * Immich) or {@code open_clip_config.json}, told apart by their keys.
   *
   * @throws IllegalArgumentException naming file, key and remedy
   * @throws java.io.UncheckedIOException if the file cannot be read
   */
  public static PreprocessingSpec read(Path file) {
    return PreprocessingFile.read(file);
  }
}
