package dev.halcyon.bench.shapes;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.halcyon.app.Home;
import dev.halcyon.app.commands.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Has {@code tools/real-shapes/make.py} make the graphs that are not there yet. */
public final class ModelMaker {
  private final String python;
  private final Path models;

  /**
   * A maker.
   *
   * @param python the interpreter; its packages must hold numpy and onnx
   * @param models folder of all models
   */
  public ModelMaker(String python, Path models) {
    this.python = python;
    this.models = models;
  }

  /**
   * A graph's file, made if it is not there.
   *
   * @throws BadInputException if it cannot be made
   */
  public Path graph(Variant variant, Variant.Precision precision) throws InterruptedException {
    Path graph = variant.graph(models, precision);
    if (!Files.isRegularFile(graph)) {
      if (precision == Variant.Precision.INT8) {
        // It is quantised from the one in full precision.
        graph(variant, Variant.Precision.FP32);
      }
      make(variant.making(models, precision));
    }
    return graph;
  }

  /** Its preprocessing; there once a graph is made. */
  public Path preprocessing(Variant variant) {
    return variant.preprocessing(models);
  }

  private void make(List<String> arguments) throws InterruptedException {
    Path script = Home.resolve("tools/real-shapes/make.py");
    List<String> command = new ArrayList<>(List.of(python, script.toString()));
    command.addAll(arguments);
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0) {
        throw new BadInputException(
            String.join(" ", command)
                + " failed; it needs Python 3.9 with numpy and onnx (--python names another"
                + " interpreter):\n"
                + output);
      }
    } catch (IOException e) {
      throw new BadInputException(
          python + " does not run (" + e.getMessage() + "); --python names another interpreter");
    }
  }
}
