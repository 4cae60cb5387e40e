package dev.halcyon.bench.shapes;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.halcyon.app.commands.BadInputException;
import dev.halcyon.app.commands.ExitCode;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.bench.FigureLines;
import dev.halcyon.bench.PythonEnvironment;
import dev.halcyon.clip.EngineBrokenException;
import dev.halcyon.clip.ModelException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the commands that time encoders of the published shapes have in common. */
public final class ShapeOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--models",
      description = "Folder of the models; what is missing is made (bench/target/real-shapes).")
  private Path models;

  @Option(
      names = "--python",
      defaultValue = "python3",
      description =
          "Python that makes models; packages it lacks are installed under bench/target"
              + " (${DEFAULT-VALUE}).")
  private String python;

  @Option(
      names = "--rounds",
      defaultValue = "3",
      description = "Rounds of each figure (${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--seconds",
      description = "Least seconds of each measurement (1; with --quick 0.1).")
  private Double seconds;

  @Option(names = "--quick", description = "A tiny model and short measurements.")
  private boolean quick;

  @Option(names = "--json", description = "One JSON object a figure on standard output.")
  private boolean json;

  @Option(names = "--save", description = "File that gets the JSON lines as well.")
  private Path save;

  /** A measurement, told where its figures go; gives whether all holds. */
  @FunctionalInterface
  public interface Work {
    boolean run(FigureLines figures) throws InterruptedException, IOException;
  }

  /** Runs a measurement and gives the program's exit code. */
  public int run(Work work) throws InterruptedException, IOException {
    String name = spec.name();
    if (rounds < 1 || (seconds != null && seconds <= 0)) {
      throw new ParameterException(spec.commandLine(), "rounds and seconds must be above 0");
    }
    try (PrintStream saved = saved()) {
      FigureLines figures =
          new FigureLines(
              name, System.out, json, Terminal.wantsColours(), Optional.ofNullable(saved));
      return work.run(figures) ? ExitCode.OK : ExitCode.FAILED;
    } catch (ModelException | BadInputException e) {
      System.err.println(name + ": " + e.getMessage());
      return ExitCode.BAD_INPUT;
    } catch (EngineBrokenException e) {
      System.err.println(name + ": " + e.getMessage());
      return ExitCode.FAILED;
    }
  }

  private PrintStream saved() {
    try {
      return save == null ? null : new PrintStream(Files.newOutputStream(save), true, UTF_8);
    } catch (IOException e) {
      throw new ParameterException(spec.commandLine(), save + ": cannot be written: " + e);
    }
  }

  public ModelMaker maker() {
    return new ModelMaker(
        PythonEnvironment.forShapes(python), models == null ? ModelMaker.defaultFolder() : models);
  }

  public int rounds() {
    return rounds;
  }

  /** Least time of each measurement. */
  public Duration time() {
    double least = seconds != null ? seconds : quick ? 0.1 : 1;
    return Duration.ofNanos((long) (least * 1e9));
  }

  public boolean quick() {
    return quick;
  }
}
