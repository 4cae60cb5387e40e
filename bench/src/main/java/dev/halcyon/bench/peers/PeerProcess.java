package dev.halcyon.bench.peers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A peer at work, in a process of its own. */
final class PeerProcess implements AutoCloseable {
  private final Process process;
  private final Path log;

  private PeerProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  static PeerProcess start(Path log, List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    return new PeerProcess(process, log);
  }

  /**
   * Checks that it still runs.
   *
   * @throws IllegalStateException with the end of its log if it does not
   */
  void requireAlive() {
    if (!process.isAlive()) {
      throw new IllegalStateException(
          "ended with exit code " + process.exitValue() + ":" + System.lineSeparator() + tail());
    }
  }

  /** A line of its log that begins with a word, without it. */
  Optional<String> line(String word) {
    try {
      return Files.readAllLines(log, StandardCharsets.UTF_8).stream()
          .filter(line -> line.startsWith(word + " "))
          .map(line -> line.substring(word.length() + 1))
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private String tail() {
    try {
      List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
      return String.join(
          System.lineSeparator(), lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    } catch (IOException e) {
      return log + " cannot be read";
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
