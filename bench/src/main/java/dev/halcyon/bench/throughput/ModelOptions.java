package dev.halcyon.bench.throughput;

import dev.halcyon.app.Home;
import dev.halcyon.app.commands.BadInputException;
import dev.halcyon.bench.PythonEnvironment;
import dev.halcyon.bench.shapes.ModelMaker;
import dev.halcyon.bench.shapes.Variant;
import dev.halcyon.bench.shapes.Variant.Attention;
import dev.halcyon.bench.shapes.Variant.Input;
import dev.halcyon.bench.shapes.Variant.Precision;
import dev.halcyon.clip.EngineSettings;
import dev.halcyon.clip.EngineSettings.Weights;
import dev.halcyon.clip.ExecutionProvider;
import dev.halcyon.clip.ModelException;
import dev.halcyon.clip.model.ModelDirectory;
import dev.halcyon.clip.onnx.OnnxRuntime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Which models are measured, and how they run. */
final class ModelOptions {
  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Folder of the model (the starter model).")
  private Path model;

  @Option(
      names = "--shape",
      split = ",",
      paramLabel = "SHAPE",
      description =
          "Measure published shapes with random weights, such as vit-b-32, in the place of the"
              + " starter model; what is missing is made (Python with numpy, onnx, onnxruntime).")
  private List<String> shapes = List.of();

  @Option(
      names = "--precision",
      defaultValue = "fp32",
      description =
          "Of the weights: fp32, int8, or fp16; of these shapes fp16 is with half-precision inputs and one"
              + " operator for attention, as tools/precision/convert.py makes them for a GPU"
              + " (${DEFAULT-VALUE}).")
  private Precision precision;

  @Option(
      names = "--python",
      defaultValue = "python3",
      description = "Python that makes such models (${DEFAULT-VALUE}).")
  private String python;

  @Option(
      names = "--provider",
      defaultValue = "auto",
      description = "auto, cpu, cuda or tensorrt (${DEFAULT-VALUE}).")
  private ExecutionProvider provider;

  @Option(
      names = "--max-batch",
      defaultValue = "0",
      description = "Most images in a batch; 0 lets the engine choose.")
  private int maxBatch;

  @Option(
      names = "--batches",
      defaultValue = "0",
      description = "Batches of the model at the same time; 0 lets the engine choose.")
  private int batches;

  @Option(
      names = "--threads",
      defaultValue = "0",
      description = "Processor threads of a batch; 0 lets the engine choose.")
  private int threads;

  /** The models' folders, at least one; those of shapes that cannot be made here are left out. */
  List<Path> directories() throws InterruptedException {
    List<Path> found = new ArrayList<>();
    if (model != null) {
      found.add(opened(model));
    }
    ModelMaker maker =
        new ModelMaker(PythonEnvironment.forShapes(python), ModelMaker.defaultFolder());
    for (String shape : shapes) {
      Variant variant =
          precision == Precision.FP16
              ? new Variant(Variant.published(shape).shape(), Attention.FUSED, Input.FP16)
              : Variant.published(shape);
      try {
        found.add(maker.directory(variant, precision));
      } catch (BadInputException e) {
        System.err.println("throughput: " + shape + " is left out: " + e.getMessage());
      }
    }
    return found.isEmpty() ? List.of(opened(Home.resolve("starter-model/model"))) : found;
  }

  /**
   * How they run, with nothing left open.
   *
   * @throws ModelException if the provider does not work here
   */
  EngineSettings engine() {
    EngineSettings d = EngineSettings.defaults();
    EngineSettings wanted =
        new EngineSettings(
            provider,
            d.deviceId(),
            weights(),
            threads,
            batches,
            maxBatch,
            d.linger(),
            d.runTimeout(),
            d.memoryPattern());
    return OnnxRuntime.start(wanted).settings();
  }

  private Weights weights() {
    return switch (precision) {
      case FP32 -> Weights.DEFAULT;
      case FP16 -> Weights.FP16;
      case INT8 -> Weights.INT8;
    };
  }

  private Path opened(Path path) {
    if (!Files.isDirectory(path)) {
      throw new BadInputException(
          path
              + ": no such folder; name one that `halcyon models pull` made, measure a shape with"
              + " random weights by --shape, or leave --model out for the starter model");
    }
    ModelDirectory.open(path, weights());
    return path.toAbsolutePath().normalize();
  }
}
