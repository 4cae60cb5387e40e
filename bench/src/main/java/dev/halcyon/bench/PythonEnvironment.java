package dev.halcyon.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.halcyon.app.Home;
import dev.halcyon.app.commands.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Python interpreter with the packages that a bench needs: the one that is named, where it has
 * them, else one in an environment under {@code bench/target}, made when it is first asked for.
 */
public final class PythonEnvironment {
  private final String python;
  private final List<String> modules;
  private final Path requirements;
  private final Path folder;

  /**
   * An environment.
   *
   * @param python what makes it
   * @param modules with which {@code python} itself will do; empty if never
   * @param requirements what is installed
   * @param folder where it is made
   */
  PythonEnvironment(String python, List<String> modules, Path requirements, Path folder) {
    this.python = python;
    this.modules = modules;
    this.requirements = requirements;
    this.folder = folder;
  }

  /** For {@code tools/real-shapes}: any interpreter that has numpy and onnx will do. */
  public static PythonEnvironment forShapes(String python) {
    return new PythonEnvironment(
        python,
        List.of("numpy", "onnx", "onnxruntime"),
        Home.resolve("tools/real-shapes/requirements.txt"),
        Home.resolve("bench/target/shapes-venv"));
  }

  /** For {@code bench/peer-python}: always an environment, since its versions are stated. */
  public static PythonEnvironment forPeers(String python) {
    return new PythonEnvironment(
        python,
        List.of(),
        Home.resolve("bench/peer-python/requirements.txt"),
        Home.resolve("bench/target/peers-venv"));
  }

  /** Whether there is nothing to install. */
  public boolean isReady() throws InterruptedException {
    return hasModules() || isMade();
  }

  /**
   * The interpreter's path. Where packages are missing they are installed first, which takes the
   * network and a minute.
   *
   * @throws BadInputException if there is no Python or the packages cannot be installed
   */
  public String interpreter() throws InterruptedException {
    if (hasModules()) {
      return python;
    }
    if (!isMade()) {
      make();
    }
    return inFolder();
  }

  /**
   * Runs a script to its end.
   *
   * @throws BadInputException with what it printed, if it fails
   */
  public void run(List<String> arguments) throws InterruptedException {
    List<String> command = new ArrayList<>(List.of(interpreter()));
    command.addAll(arguments);
    require(command, "");
  }

  private boolean hasModules() throws InterruptedException {
    try {
      return !modules.isEmpty()
          && Finished.of(List.of(python, "-c", "import " + String.join(", ", modules))).code() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private boolean isMade() {
    try {
      return Files.readString(marker()).equals(content());
    } catch (IOException e) {
      return false;
    }
  }

  private void make() throws InterruptedException {
    System.err.println("installing the packages of " + requirements + " into " + folder);
    String remedy =
        "; it needs Python 3.9 or later with venv, and a package index, to install "
            + requirements
            + " (--python names another interpreter)";
    require(List.of(python, "-m", "venv", folder.toString(), "--clear"), remedy);
    require(
        List.of(
            inFolder(),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
            requirements.toString()),
        remedy);
    try {
      Files.writeString(marker(), content());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** There once everything is installed. */
  private Path marker() {
    return folder.resolve("installed.txt");
  }

  private String content() throws IOException {
    return python + "\n" + Files.readString(requirements);
  }

  private String inFolder() {
    return folder.resolve("bin/python").toString();
  }

  private static void require(List<String> command, String remedy) throws InterruptedException {
    try {
      Finished finished = Finished.of(command);
      if (finished.code() != 0) {
        throw new BadInputException(
            String.join(" ", command) + " failed" + remedy + ":\n" + finished.output());
      }
    } catch (IOException e) {
      throw new BadInputException(command.get(0) + " does not run" + remedy);
    }
  }

  private record Finished(int code, String output) {
    static Finished of(List<String> command) throws IOException, InterruptedException {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      return new Finished(process.waitFor(), output);
    }
  }
}
