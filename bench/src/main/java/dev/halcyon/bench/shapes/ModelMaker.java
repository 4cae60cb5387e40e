package dev.halcyon.bench.shapes;

import dev.halcyon.app.Home;
import dev.halcyon.app.commands.BadInputException;
import dev.halcyon.bench.PythonEnvironment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Has {@code tools/real-shapes/make.py} make the graphs that are not there yet. */
public final class ModelMaker {
  private final PythonEnvironment python;
  private final Path models;

  /**
   * A maker.
   *
   * @param python the interpreter to make them with
   * @param models folder of all models
   */
  public ModelMaker(PythonEnvironment python, Path models) {
    this.python = python;
    this.models = models;
  }

  /** Where models lie unless told otherwise. */
  public static Path defaultFolder() {
    return Home.resolve("bench/target/real-shapes");
  }

  /**
   * A graph's file, made if it is not there.
   *
   * @throws BadInputException if it cannot be made
   */
  public Path graph(Variant variant, Variant.Precision precision) throws InterruptedException {
    return made(variant, precision, Variant.Tower.VISION);
  }

  /**
   * A whole model's folder, with both towers in a precision, made if it is not there.
   *
   * @throws BadInputException if it cannot be made
   */
  public Path directory(Variant variant, Variant.Precision precision) throws InterruptedException {
    for (Variant.Tower tower : Variant.Tower.values()) {
      made(variant, precision, tower);
    }
    return variant.folder(models);
  }

  private Path made(Variant variant, Variant.Precision precision, Variant.Tower tower)
      throws InterruptedException {
    Path graph = variant.graph(models, precision, tower);
    if (!Files.isRegularFile(graph)) {
      if (precision == Variant.Precision.INT8) {
        // It is quantised from the one in full precision.
        made(variant, Variant.Precision.FP32, tower);
      }
      make(variant.making(models, precision, tower));
    }
    return graph;
  }

  /** Its preprocessing; there once a graph is made. */
  public Path preprocessing(Variant variant) {
    return variant.preprocessing(models);
  }

  private void make(List<String> arguments) throws InterruptedException {
    List<String> command =
        new ArrayList<>(List.of(Home.resolve("tools/real-shapes/make.py").toString()));
    command.addAll(arguments);
    python.run(command);
  }
}
