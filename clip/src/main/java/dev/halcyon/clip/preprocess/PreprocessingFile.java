package dev.halcyon.clip.preprocess;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halcyon.clip.preprocess.PreprocessingSpec.CropRounding;
import dev.halcyon.clip.preprocess.PreprocessingSpec.Filter;
import dev.halcyon.clip.preprocess.PreprocessingSpec.Resize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads preprocessing as models are published with it. A step that is named but not known is an
 * error: leaving it out would give plausible, wrong scores.
 */
final class PreprocessingFile {
  private static final List<Float> CLIP_MEAN = List.of(0.48145467f, 0.4578275f, 0.40821072f);
  private static final List<Float> CLIP_STD = List.of(0.26862955f, 0.2613026f, 0.2757771f);
  private static final List<Float> HALF = List.of(0.5f, 0.5f, 0.5f);
  private static final List<Float> ZERO = List.of(0f, 0f, 0f);
  private static final List<Float> ONE = List.of(1f, 1f, 1f);

  private static final double RESCALE = 1 / 255.0;

  /** Pillow's numbers of resampling filters. */
  private static final Map<Integer, String> PILLOW_FILTERS =
      new TreeMap<>(
          Map.of(0, "nearest", 1, "lanczos", 2, "bilinear", 3, "bicubic", 4, "box", 5, "hamming"));

  /**
   * What a transformers processor takes where the file is silent.
   *
   * @param squareSize what {@code "size": 224} means: both sides, or else the shorter one
   */
  private record Defaults(
      boolean squareSize, Filter filter, boolean crop, List<Float> mean, List<Float> std) {}

  private static final Defaults CLIP =
      new Defaults(false, Filter.BICUBIC, true, CLIP_MEAN, CLIP_STD);
  private static final Defaults SIGLIP = new Defaults(true, Filter.BICUBIC, false, HALF, HALF);
  private static final Defaults VIT = new Defaults(true, Filter.BILINEAR, false, HALF, HALF);

  private static final Map<String, Defaults> PROCESSORS =
      Map.of(
          "CLIPImageProcessor", CLIP,
          "CLIPFeatureExtractor", CLIP,
          "SiglipImageProcessor", SIGLIP,
          "Siglip2ImageProcessorFixRes", SIGLIP,
          "ViTImageProcessor", VIT,
          "ViTFeatureExtractor", VIT);

  /** Steps that are done here, or that change nothing on a decoded RGB picture. */
  private static final Set<String> KNOWN_STEPS =
      Set.of("do_resize", "do_center_crop", "do_rescale", "do_normalize", "do_convert_rgb");

  private final Path file;
  private final JsonNode root;

  private PreprocessingFile(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
  }

  static PreprocessingSpec read(Path file) {
    JsonNode root;
    try {
      root = new ObjectMapper().readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "%s: is not JSON: %s".formatted(file, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be read", e);
    }
    if (!root.isObject()) {
      throw new IllegalArgumentException(file + ": is not a JSON object");
    }
    if (root.path("preprocess_cfg").isObject()) {
      return new PreprocessingFile(file, root.get("preprocess_cfg")).openClip();
    }
    boolean openClip = root.has("interpolation") || root.has("resize_mode") || root.has("mean");
    PreprocessingFile reader = new PreprocessingFile(file, root);
    return openClip ? reader.openClip() : reader.transformers();
  }

  // ---- transformers

  private PreprocessingSpec transformers() {
    String type = processorType();
    Defaults defaults = PROCESSORS.get(withoutSuffix(type));
    checkSteps();
    if (!flag("do_resize", true)) {
      throw error("do_resize", "is false: only models of one input size are supported");
    }
    if (!flag("do_rescale", true)) {
      throw error("do_rescale", "is false: models must take pixels scaled to [0, 1]");
    }
    JsonNode factor = root.path("rescale_factor");
    if (!factor.isMissingNode() && Math.abs(factor.asDouble() - RESCALE) > 1e-9) {
      throw error("rescale_factor", "is " + factor + ", supported is 1/255 (0.00392156862745098)");
    }
    boolean crop = flag("do_center_crop", defaults != null ? defaults.crop : root.has("crop_size"));
    boolean normalize = flag("do_normalize", true);
    Filter filter = pillowFilter(defaults);
    List<Float> mean = normalize ? channels("image_mean", of(defaults, true)) : ZERO;
    List<Float> std = normalize ? channels("image_std", of(defaults, false)) : ONE;

    JsonNode size = root.path("size");
    Resize resize;
    int resizeHeight;
    int resizeWidth;
    if (size.isMissingNode() && defaults != null) {
      resize = defaults.squareSize ? Resize.SQUASH : Resize.SHORTEST;
      resizeHeight = 224;
      resizeWidth = 224;
    } else if (size.isInt()) {
      if (defaults == null) {
        throw error(
            "size",
            "is a bare number, which processors read differently: write {\"shortest_edge\": "
                + size
                + "} or {\"height\": "
                + size
                + ", \"width\": "
                + size
                + "}");
      }
      resize = defaults.squareSize ? Resize.SQUASH : Resize.SHORTEST;
      resizeHeight = side("size", size);
      resizeWidth = resizeHeight;
    } else if (size.has("shortest_edge") && !size.has("longest_edge")) {
      resize = Resize.SHORTEST;
      resizeHeight = side("size.shortest_edge", size.get("shortest_edge"));
      resizeWidth = resizeHeight;
    } else if (size.has("height") && size.has("width")) {
      resize = Resize.SQUASH;
      resizeHeight = side("size.height", size.get("height"));
      resizeWidth = side("size.width", size.get("width"));
    } else {
      throw error(
          "size",
          "is " + text(size) + ", expected shortest_edge, or height and width, or a number");
    }
    int height = resizeHeight;
    int width = resizeWidth;
    if (crop) {
      JsonNode cropSize = root.path("crop_size");
      if (cropSize.isInt()) {
        height = side("crop_size", cropSize);
        width = height;
      } else if (cropSize.has("height") && cropSize.has("width")) {
        height = side("crop_size.height", cropSize.get("height"));
        width = side("crop_size.width", cropSize.get("width"));
      } else if (!cropSize.isMissingNode() || defaults == null) {
        throw error(
            "crop_size", "is " + text(cropSize) + ", expected height and width, or a number");
      } else {
        height = 224;
        width = 224;
      }
    } else if (resize == Resize.SHORTEST) {
      throw error(
          "do_center_crop",
          "is false with size.shortest_edge, which leaves the size open: set it, or give"
              + " size.height and size.width");
    }
    return spec(
        resize, resizeHeight, resizeWidth, filter, height, width, CropRounding.FLOOR, mean, std);
  }

  private String processorType() {
    for (String key : List.of("image_processor_type", "feature_extractor_type")) {
      if (root.path(key).isTextual()) {
        return root.get(key).asText();
      }
    }
    return "";
  }

  /** The variants on other image libraries are given the same geometry and normalisation. */
  private static String withoutSuffix(String type) {
    return type.replaceFirst("(Fast|Pil)$", "");
  }

  private void checkSteps() {
    if (root.has("max_num_patches")) {
      throw error(
          "max_num_patches",
          "belongs to models of open input size, which are not supported: use a fixed-size export");
    }
    root.properties()
        .forEach(
            field -> {
              String key = field.getKey();
              boolean on = field.getValue().isBoolean() && field.getValue().asBoolean();
              if (key.startsWith("do_") && on && !KNOWN_STEPS.contains(key)) {
                throw error(key, "is a step that is not supported");
              }
            });
    if (root.hasNonNull("crop_pct")) {
      throw error("crop_pct", "is not supported: give size and crop_size");
    }
  }

  private boolean flag(String key, boolean ifAbsent) {
    JsonNode value = root.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return ifAbsent;
    }
    if (!value.isBoolean()) {
      throw error(key, "is " + text(value) + ", expected true or false");
    }
    return value.asBoolean();
  }

  private Filter pillowFilter(Defaults defaults) {
    JsonNode value = root.path("resample");
    if (value.isMissingNode() || value.isNull()) {
      if (defaults == null) {
        throw error("resample", "is missing, expected 2 (bilinear) or 3 (bicubic)");
      }
      return defaults.filter;
    }
    if (value.isInt() && value.asInt() == 2) {
      return Filter.BILINEAR;
    }
    if (value.isInt() && value.asInt() == 3) {
      return Filter.BICUBIC;
    }
    String name = value.isInt() ? PILLOW_FILTERS.get(value.asInt()) : null;
    throw error(
        "resample",
        "is %s%s, supported are 2 (bilinear) and 3 (bicubic)"
            .formatted(text(value), name == null ? "" : " (" + name + ")"));
  }

  private static List<Float> of(Defaults defaults, boolean mean) {
    return defaults == null ? null : mean ? defaults.mean : defaults.std;
  }

  // ---- open_clip

  private PreprocessingSpec openClip() {
    JsonNode size = root.path("size");
    int height;
    int width;
    if (size.isArray() && size.size() == 2) {
      height = side("size[0]", size.get(0));
      width = side("size[1]", size.get(1));
    } else if (size.isInt()) {
      height = side("size", size);
      width = height;
    } else {
      throw error("size", "is " + text(size) + ", expected a number, or height and width");
    }
    String mode = root.path("mode").asText("RGB");
    if (!mode.equals("RGB")) {
      throw error("mode", "is " + mode + ", supported is RGB");
    }
    String interpolation = root.path("interpolation").asText("bicubic");
    Filter filter =
        switch (interpolation) {
          // Training drew one of the two at random; evaluation is bicubic.
          case "bicubic", "random" -> Filter.BICUBIC;
          case "bilinear" -> Filter.BILINEAR;
          default ->
              throw error(
                  "interpolation", "is " + interpolation + ", supported are bicubic and bilinear");
        };
    String resizeMode = root.path("resize_mode").asText("shortest");
    Resize resize =
        switch (resizeMode) {
          case "shortest" -> Resize.SHORTEST;
          case "longest" -> Resize.LONGEST;
          case "squash" -> Resize.SQUASH;
          default ->
              throw error(
                  "resize_mode", "is " + resizeMode + ", supported are shortest, longest, squash");
        };
    if (resize != Resize.SQUASH && height != width) {
      throw error("size", "is not square, which resize_mode " + resizeMode + " does not support");
    }
    JsonNode fill = root.path("fill_color");
    boolean black = fill.isMissingNode() || fill.isNull() || (fill.isNumber() && fill.asInt() == 0);
    if (resize == Resize.LONGEST && !black) {
      throw error("fill_color", "is " + text(fill) + ", supported is 0");
    }
    return spec(
        resize,
        height,
        width,
        filter,
        height,
        width,
        CropRounding.HALF_EVEN,
        channels("mean", CLIP_MEAN),
        channels("std", CLIP_STD));
  }

  // ---- both

  private PreprocessingSpec spec(
      Resize resize,
      int resizeHeight,
      int resizeWidth,
      Filter filter,
      int height,
      int width,
      CropRounding rounding,
      List<Float> mean,
      List<Float> std) {
    try {
      return new PreprocessingSpec(
          resize, resizeHeight, resizeWidth, filter, height, width, rounding, mean, std);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  private int side(String key, JsonNode value) {
    if (!value.isInt() || value.asInt() < 1) {
      throw error(key, "is " + text(value) + ", expected a number of pixels");
    }
    return value.asInt();
  }

  private List<Float> channels(String key, List<Float> ifAbsent) {
    JsonNode value = root.path(key);
    if ((value.isMissingNode() || value.isNull()) && ifAbsent != null) {
      return ifAbsent;
    }
    if (!value.isArray()
        || value.size() != 3
        || !value.get(0).isNumber()
        || !value.get(1).isNumber()
        || !value.get(2).isNumber()) {
      throw error(key, "is " + text(value) + ", expected three numbers: red, green, blue");
    }
    return List.of(value.get(0).floatValue(), value.get(1).floatValue(), value.get(2).floatValue());
  }

  private static String text(JsonNode value) {
    return value.isMissingNode() ? "missing" : value.toString();
  }

  private IllegalArgumentException error(String key, String problem) {
    return new IllegalArgumentException("%s: %s %s".formatted(file, key, problem));
  }
}
