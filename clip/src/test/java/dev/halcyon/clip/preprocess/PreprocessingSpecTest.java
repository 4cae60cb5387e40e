package dev.halcyon.clip.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.halcyon.clip.preprocess.PreprocessingSpec.CropRounding;
import dev.halcyon.clip.preprocess.PreprocessingSpec.Filter;
import dev.halcyon.clip.preprocess.PreprocessingSpec.Resize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class PreprocessingSpecTest {
  private static final List<Float> CLIP_MEAN = List.of(0.48145467f, 0.4578275f, 0.40821072f);
  private static final List<Float> CLIP_STD = List.of(0.26862955f, 0.2613026f, 0.2757771f);
  private static final List<Float> HALF = List.of(0.5f, 0.5f, 0.5f);

  @TempDir Path folder;

  @Test
  void readsClipAsPublishedWithNumbersForSizes() {
    // OpenAI's own upload.
    PreprocessingSpec spec =
        read(
            """
            {"crop_size": 224, "do_center_crop": true, "do_normalize": true, "do_resize": true,
             "feature_extractor_type": "CLIPFeatureExtractor",
             "image_mean": [0.48145466, 0.4578275, 0.40821073],
             "image_std": [0.26862954, 0.26130258, 0.27577711],
             "resample": 3, "size": 224}
            """);
    assertThat(spec)
        .isEqualTo(
            new PreprocessingSpec(
                Resize.SHORTEST,
                224,
                224,
                Filter.BICUBIC,
                224,
                224,
                CropRounding.FLOOR,
                CLIP_MEAN,
                CLIP_STD));
    assertThat(spec.floats()).isEqualTo(3 * 224 * 224);
  }

  @Test
  void takesTheProcessorsOwnValuesWhereTheFileIsSilent() {
    PreprocessingSpec clip = read("{\"image_processor_type\": \"CLIPImageProcessor\"}");
    assertThat(clip.resize()).isEqualTo(Resize.SHORTEST);
    assertThat(clip.mean()).isEqualTo(CLIP_MEAN);
    PreprocessingSpec siglip = read("{\"image_processor_type\": \"SiglipImageProcessorFast\"}");
    assertThat(siglip.resize()).isEqualTo(Resize.SQUASH);
    assertThat(siglip.filter()).isEqualTo(Filter.BICUBIC);
    assertThat(siglip.std()).isEqualTo(HALF);
    PreprocessingSpec vit = read("{\"image_processor_type\": \"ViTImageProcessor\"}");
    assertThat(vit.filter()).isEqualTo(Filter.BILINEAR);
  }

  @Test
  void readsSiglip() {
    PreprocessingSpec spec =
        read(
            """
            {"do_normalize": true, "do_rescale": true, "do_resize": true,
             "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5],
             "image_processor_type": "SiglipImageProcessor", "resample": 3,
             "rescale_factor": 0.00392156862745098, "size": {"height": 384, "width": 384}}
            """);
    assertThat(spec)
        .isEqualTo(
            new PreprocessingSpec(
                Resize.SQUASH, 384, 384, Filter.BICUBIC, 384, 384, CropRounding.FLOOR, HALF, HALF));
  }

  @Test
  void readsMobileClip() {
    PreprocessingSpec spec =
        read(
            """
            {"crop_size": {"height": 256, "width": 256}, "do_center_crop": true,
             "do_normalize": false, "do_rescale": true, "do_resize": true,
             "image_processor_type": "CLIPFeatureExtractor", "resample": 2,
             "size": {"shortest_edge": 256}}
            """);
    assertThat(spec.filter()).isEqualTo(Filter.BILINEAR);
    assertThat(spec.mean()).containsOnly(0f);
    assertThat(spec.std()).containsOnly(1f);
    assertThat(spec.height()).isEqualTo(256);
  }

  @Test
  void readsImmichAndOpenClip() {
    String cfg =
        """
        {"size": [224, 224], "mode": "RGB", "mean": [0.48145466, 0.4578275, 0.40821073],
         "std": [0.26862954, 0.26130258, 0.27577711], "interpolation": "bicubic",
         "resize_mode": "shortest", "fill_color": 0}
        """;
    PreprocessingSpec immich = read(cfg);
    assertThat(immich)
        .isEqualTo(
            new PreprocessingSpec(
                Resize.SHORTEST,
                224,
                224,
                Filter.BICUBIC,
                224,
                224,
                CropRounding.HALF_EVEN,
                CLIP_MEAN,
                CLIP_STD));
    assertThat(read("{\"model_cfg\": {\"embed_dim\": 512}, \"preprocess_cfg\": " + cfg + "}"))
        .isEqualTo(immich);
    PreprocessingSpec squash =
        read(
            "{\"size\": [256, 320], \"interpolation\": \"bilinear\", \"resize_mode\": \"squash\"}");
    assertThat(squash.height()).isEqualTo(256);
    assertThat(squash.width()).isEqualTo(320);
    assertThat(squash.filter()).isEqualTo(Filter.BILINEAR);
  }

  static Stream<Arguments> badFiles() {
    return Stream.of(
        arguments(
            "{\"size\": 224, \"resample\": 3, \"do_normalize\": false}",
            "size is a bare number, which processors read differently: write {\"shortest_edge\": 224}"),
        arguments(
            "{\"image_processor_type\": \"CLIPImageProcessor\", \"resample\": 1}",
            "resample is 1 (lanczos), supported are 2 (bilinear) and 3 (bicubic)"),
        arguments(
            "{\"image_processor_type\": \"CLIPImageProcessor\", \"do_resize\": false}",
            "do_resize is false: only models of one input size are supported"),
        arguments(
            "{\"image_processor_type\": \"CLIPImageProcessor\", \"do_rescale\": false}",
            "do_rescale is false"),
        arguments(
            "{\"image_processor_type\": \"CLIPImageProcessor\", \"rescale_factor\": 0.0078125}",
            "rescale_factor is 0.0078125, supported is 1/255"),
        arguments(
            "{\"image_processor_type\": \"CLIPImageProcessor\", \"do_center_crop\": false}",
            "do_center_crop is false with size.shortest_edge"),
        arguments(
            "{\"image_processor_type\": \"CLIPImageProcessor\", \"do_flip_channel_order\": true}",
            "do_flip_channel_order is a step that is not supported"),
        arguments(
            "{\"image_processor_type\": \"CLIPImageProcessor\", \"do_normalize\": \"yes\"}",
            "do_normalize is \"yes\", expected true or false"),
        arguments(
            "{\"image_processor_type\": \"CLIPImageProcessor\", \"crop_size\": {\"height\": 0, \"width\": 1}}",
            "crop_size.height is 0, expected a number of pixels"),
        arguments(
            "{\"image_processor_type\": \"CLIPImageProcessor\", \"crop_size\": {\"height\": 9}}",
            "crop_size is {\"height\":9}, expected height and width, or a number"),
        arguments(
            "{\"image_processor_type\": \"CLIPImageProcessor\", \"size\": {\"longest_edge\": 224}}",
            "size is {\"longest_edge\":224}, expected shortest_edge, or height and width"),
        arguments(
            "{\"image_processor_type\": \"CLIPImageProcessor\", \"image_mean\": [0.5]}",
            "image_mean is [0.5], expected three numbers: red, green, blue"),
        arguments(
            "{\"image_processor_type\": \"CLIPImageProcessor\", \"image_std\": [0.5, 0, 0.5]}",
            "std [0.5, 0.0, 0.5] has a value that is not above 0"),
        arguments(
            "{\"image_processor_type\": \"Siglip2ImageProcessor\", \"max_num_patches\": 256}",
            "max_num_patches belongs to models of open input size"),
        arguments(
            "{\"image_processor_type\": \"ConvNextImageProcessor\", \"crop_pct\": 0.875}",
            "crop_pct is not supported: give size and crop_size"),
        arguments(
            "{\"size\": {\"height\": 224, \"width\": 224}, \"image_mean\": [0, 0, 0], \"image_std\": [1, 1, 1]}",
            "resample is missing, expected 2 (bilinear) or 3 (bicubic)"),
        arguments(
            "{\"size\": {\"height\": 99999, \"width\": 224}, \"resample\": 3, \"do_normalize\": false}",
            "resizeHeight 99999 is outside [1, 4096]"),
        arguments(
            "{\"size\": 224, \"interpolation\": \"nearest\"}",
            "interpolation is nearest, supported are bicubic and bilinear"),
        arguments(
            "{\"size\": 224, \"resize_mode\": \"crop\"}",
            "resize_mode is crop, supported are shortest, longest, squash"),
        arguments(
            "{\"size\": [224, 200], \"resize_mode\": \"shortest\"}",
            "size is not square, which resize_mode shortest does not support"),
        arguments(
            "{\"size\": 224, \"resize_mode\": \"longest\", \"fill_color\": 127}",
            "fill_color is 127, supported is 0"),
        arguments(
            "{\"size\": 224, \"interpolation\": \"bicubic\", \"mode\": \"L\"}",
            "mode is L, supported is RGB"),
        arguments(
            "{\"mean\": [0.5, 0.5, 0.5]}",
            "size is missing, expected a number, or height and width"),
        arguments("[1, 2]", "is not a JSON object"),
        arguments("{\"size\":", "is not JSON"));
  }

  @ParameterizedTest
  @MethodSource("badFiles")
  void namesFileKeyAndRemedy(String json, String message) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("config.json: ")
        .hasMessageContaining(message);
  }

  @Test
  void saysWhichFileCannotBeRead() {
    assertThatThrownBy(() -> PreprocessingSpec.read(folder.resolve("none.json")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("none.json");
  }

  @Test
  void hasAStableId() {
    PreprocessingSpec clip = read("{\"image_processor_type\": \"CLIPImageProcessor\"}");
    assertThat(clip.id()).isEqualTo("shortest-224-bicubic-crop-224-20beff00");
    PreprocessingSpec openClip = read("{\"size\": 224, \"interpolation\": \"bicubic\"}");
    assertThat(openClip.id()).startsWith("shortest-224-bicubic-crop-224-");
    assertThat(openClip.id()).isNotEqualTo(clip.id());
    PreprocessingSpec oblong =
        read(
            "{\"size\": [256, 320], \"interpolation\": \"bilinear\", \"resize_mode\": \"squash\"}");
    assertThat(oblong.id()).startsWith("squash-256x320-bilinear-crop-256x320-");
  }

  private PreprocessingSpec read(String json) {
    Path file = folder.resolve("config.json");
    try {
      Files.writeString(file, json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return PreprocessingSpec.read(file);
  }
}
