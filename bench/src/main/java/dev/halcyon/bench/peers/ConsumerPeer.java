package dev.halcyon.bench.peers;

import dev.halcyon.bench.PythonEnvironment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A plain consumer: pictures in, JSON out, at least once or less. */
final class ConsumerPeer implements Peer {
  private final String name;
  private final String title;
  private final Command command;

  /** What starts it, but for the arguments that all such consumers take. */
  @FunctionalInterface
  private interface Command {
    List<String> in(Workbench bench) throws InterruptedException;
  }

  private ConsumerPeer(String name, String title, Command command) {
    this.name = name;
    this.title = title;
    this.command = command;
  }

  /** On the Deep Java Library with its ONNX Runtime engine. */
  static ConsumerPeer djl() {
    return new ConsumerPeer(
        "djl", "DJL, batches", bench -> Workbench.java(DjlConsumer.class, "-Dai.djl.offline=true"));
  }

  /** In Python with ONNX Runtime and Pillow: a batch decodes while the one before is computed. */
  static ConsumerPeer python(PythonEnvironment python) {
    return new ConsumerPeer(
        "python", "Python, batches", bench -> List.of(python.interpreter(), script(bench)));
  }

  /** The same, its threads shared among as many processes. */
  static ConsumerPeer pythonProcesses(PythonEnvironment python) {
    return new ConsumerPeer(
        "python-processes",
        "Python, process a core",
        bench ->
            List.of(
                python.interpreter(),
                script(bench),
                "--processes",
                Integer.toString(bench.threads())));
  }

  /** In Python with the same packages, as tutorials have it. */
  static ConsumerPeer pythonOneByOne(PythonEnvironment python) {
    return new ConsumerPeer(
        "python-one-by-one",
        "Python, one by one",
        bench -> List.of(python.interpreter(), script(bench), "--one-by-one"));
  }

  private static String script(Workbench bench) {
    return bench.home().resolve("bench/peer-python/consumer.py").toString();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String title() {
    return title;
  }

  @Override
  public PeerProcess start(Workbench bench, String run) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(command.in(bench));
    arguments.addAll(
        List.of(
            "--bootstrap",
            bench.broker().bootstrapServers(),
            "--uploads",
            uploads(run),
            "--results",
            results(run),
            "--group",
            run,
            "--model",
            bench.model().toString(),
            "--threads",
            Integer.toString(bench.threads()),
            "--batch",
            Integer.toString(bench.batch()),
            "--texts",
            bench.texts().toString(),
            "--prompts",
            Integer.toString(bench.prompts().size()),
            "--logit-scale",
            Float.toString(bench.logitScale())));
    return PeerProcess.start(bench.folder().resolve(run + ".log"), arguments);
  }
}
