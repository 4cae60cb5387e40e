package dev.halcyon.clip.preprocess;

import java.nio.file.Path;
import java.util.List;

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
    mean = List.copyOf(mean);
    std = List.copyOf(std);
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
   * eight hex digits over every field, such as {@code shortest-224-bicubic-crop224-clip-1f2e3d4c}.
   */
  public String id() {
    return "%s-%d-%s".formatted(resize, resizeHeight, filter);
  }

  /**
   * Reads {@code preprocessor_config.json} (transformers) or {@code preprocess_cfg.json}
   * (open_clip, Immich), told apart by their keys.
   *
   * @throws IllegalArgumentException naming file, key and remedy
   * @throws java.io.UncheckedIOException if the file cannot be read
   */
  public static PreprocessingSpec read(Path file) {
    if (!java.nio.file.Files.exists(file)) {
      throw new IllegalArgumentException(file + " does not exist");
    }
    throw new UnsupportedOperationException("not wired yet: " + file);
  }
}
