package dev.halcyon.bench.gpu;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A model of a published shape with random weights, as {@code tools/real-shapes} makes it.
 *
 * @param shape its shape, such as {@code vit-b-32}
 * @param attention spelled out, as exports have it, or fused into one operator
 * @param input precision of the half-precision graph's input and output
 */
record Variant(String shape, Attention attention, Input input) {
  enum Attention {
    SPELLED,
    FUSED
  }

  enum Input {
    FP16,
    FP32
  }

  /** Weights and arithmetic of a graph. */
  enum Precision {
    FP32(""),
    FP16("_fp16");

    private final String suffix;

    Precision(String suffix) {
      this.suffix = suffix;
    }
  }

  static Variant of(String shape) {
    return new Variant(shape, Attention.SPELLED, Input.FP16);
  }

  String attentionName() {
    return attention.name().toLowerCase(Locale.ROOT);
  }

  String inputName() {
    return input.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return shape
        + (attention == Attention.FUSED ? " fused" : "")
        + (input == Input.FP32 ? " fp32 in" : "");
  }

  /** Its folder among models. */
  Path folder(Path models) {
    return models.resolve(shape + "-" + attentionName() + "-" + inputName());
  }

  Path graph(Path models, Precision precision) {
    return folder(models).resolve("onnx").resolve("vision_model" + precision.suffix + ".onnx");
  }

  Path preprocessing(Path models) {
    return folder(models).resolve("preprocessor_config.json");
  }

  /** Arguments that make one of its graphs. */
  List<String> making(Path models, Precision precision) {
    return List.of(
        "--shape",
        shape,
        "--out",
        folder(models).toString(),
        "--towers",
        "vision",
        "--precisions",
        precision.name().toLowerCase(Locale.ROOT),
        "--attention",
        attentionName(),
        "--fp16-io",
        inputName());
  }
}
