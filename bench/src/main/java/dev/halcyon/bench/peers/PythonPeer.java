package dev.halcyon.bench.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** A Python consumer with ONNX Runtime, Pillow and tokenizers: {@code bench/peer-python}. */
final class PythonPeer implements Peer {
  @Override
  public String name() {
    return "python";
  }

  @Override
  public String uploads(String run) {
    return run + "-pictures";
  }

  @Override
  public String results(String run) {
    return run + "-results";
  }

  @Override
  public byte[] upload(Workbench bench, String run, String imageId, byte[] picture) {
    return picture;
  }

  @Override
  public void prepare(Workbench bench, String run) throws InterruptedException {
    bench.createTopics(uploads(run), results(run));
  }

  @Override
  public PeerProcess start(Workbench bench, String run) throws IOException {
    Path python = bench.home().resolve("bench/target/peers-venv/bin/python");
    String prompts =
        bench.prompts().stream()
            .map(prompt -> '"' + prompt + '"')
            .collect(Collectors.joining(",", "[", "]"));
    return PeerProcess.start(
        bench.folder().resolve(run + ".log"),
        List.of(
            python.toString(),
            bench.home().resolve("bench/peer-python/consumer.py").toString(),
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
            "--prompts",
            prompts,
            "--logit-scale",
            Float.toString(bench.logitScale())));
  }
}
