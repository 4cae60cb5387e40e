package dev.halcyon.bench.kill;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A process under test, seen from outside. Used by one thread. */
final class SubjectProcess implements AutoCloseable {
  private static final long TERM_PATIENCE_SECONDS = 40;

  private final Path log;
  private final AtomicLong restored;
  private Process process;
  private boolean killed;

  private SubjectProcess(Path log, AtomicLong restored) {
    this.log = log;
    this.restored = restored;
  }

  /**
   * Starts a process.
   *
   * @param log where its log goes, appended to
   * @param restored counts the uploads it finds pending
   */
  static SubjectProcess start(SubjectSettings settings, Path log, AtomicLong restored) {
    SubjectProcess subject = new SubjectProcess(log, restored);
    subject.start(settings);
    return subject;
  }

  /** Starts it anew, once it has died. */
  void start(SubjectSettings settings) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx384m", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(Subject.class.getName());
    command.addAll(settings.arguments());
    killed = false;
    try {
      process =
          new ProcessBuilder(command)
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start a process under test", e);
    }
    Thread reader = new Thread(() -> read(process), "subject-output");
    reader.setDaemon(true);
    reader.start();
  }

  /** Kills it on the spot and waits until it is gone. */
  void kill() throws InterruptedException {
    killed = true;
    process.destroyForcibly().waitFor();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Whether it ended because of {@link #kill}. */
  boolean wasKilled() {
    return killed;
  }

  void signal(String name) throws InterruptedException {
    try {
      int code =
          new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
      if (code != 0) {
        throw new IllegalStateException("kill -" + name + " ended with " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot send " + name, e);
    }
  }

  /** Asks it to stop, and kills it if it does not. */
  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(TERM_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      kill();
    }
  }

  private void read(Process source) {
    try (BufferedReader lines = source.inputReader(UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("restored ")) {
          restored.addAndGet(Long.parseLong(line.substring("restored ".length())));
        }
      }
    } catch (IOException e) {
      // Killed.
    }
  }
}
