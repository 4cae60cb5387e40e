package dev.halcyon.bench.shapes;

import dev.halcyon.app.commands.BadInputException;
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
public record Variant(String shape, Attention attention, Input input) {
  /** The shapes that are measured where none is named. */
  public static final List<String> PUBLISHED =
      List.of("vit-b-32", "vit-b-16", "siglip-b-16", "vit-l-14");

  /** Small, of no published model: to try a command with. */
  public static final String TINY = "tiny";

  public enum Attention {
    SPELLED,
    FUSED
  }

  public enum Input {
    FP16,
    FP32
  }

  /** One of a dual encoder's two graphs. */
  public enum Tower {
    VISION,
    TEXT;

    private String title() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Weights and arithmetic of a graph. */
  public enum Precision {
    FP32(""),
    FP16("_fp16"),
    /** Eight-bit weights, activations quantised at run time. */
    INT8("_quantized");

    private final String suffix;

    Precision(String suffix) {
      this.suffix = suffix;
    }

    /** Name as options and figures write it. */
    public String title() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** A graph's file in a model directory. */
    public String file(Tower tower) {
      return tower.title() + "_model" + suffix + ".onnx";
    }
  }

  /**
   * As published: half-precision graphs keep inputs in fp32.
   *
   * @throws BadInputException if there is no such shape
   */
  public static Variant published(String shape) {
    if (!PUBLISHED.contains(shape) && !shape.equals(TINY)) {
      throw new BadInputException(
          "there is no shape \"" + shape + "\"; there are " + PUBLISHED + " and " + TINY);
    }
    return new Variant(shape, Attention.SPELLED, Input.FP32);
  }

  /** As exported, with half-precision inputs. */
  public static Variant of(String shape) {
    return new Variant(shape, Attention.SPELLED, Input.FP16);
  }

  public String attentionName() {
    return attention.name().toLowerCase(Locale.ROOT);
  }

  public String inputName() {
    return input.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return shape
        + (attention == Attention.FUSED ? " fused" : "")
        + (input == Input.FP32 ? " fp32 in" : "");
  }

  /** Its folder among models. */
  public Path folder(Path models) {
    return models.resolve(shape + "-" + attentionName() + "-" + inputName());
  }

  public Path graph(Path models, Precision precision, Tower tower) {
    return folder(models).resolve("onnx").resolve(precision.file(tower));
  }

  public Path preprocessing(Path models) {
    return folder(models).resolve("preprocessor_config.json");
  }

  /** Arguments that make one of its graphs. */
  List<String> making(Path models, Precision precision, Tower tower) {
    return List.of(
        "--shape",
        shape,
        "--out",
        folder(models).toString(),
        "--towers",
        tower.title(),
        "--precisions",
        precision.title(),
        "--attention",
        attentionName(),
        "--fp16-io",
        inputName());
  }
}
