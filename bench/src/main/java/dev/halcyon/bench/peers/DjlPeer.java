package dev.halcyon.bench.peers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A Java consumer on the Deep Java Library with its ONNX Runtime engine: {@link DjlConsumer}. */
final class DjlPeer implements Peer {
  private static final String TEXTS = "texts.bin";

  @Override
  public String name() {
    return "djl";
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

  /** Embeds the prompts, once for all runs: only pictures are measured. */
  static void writeTexts(Path folder, float[][] embeddings) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(embeddings.length * embeddings[0].length * Float.BYTES);
    for (float[] row : embeddings) {
      for (float value : row) {
        bytes.putFloat(value);
      }
    }
    Files.write(folder.resolve(TEXTS), bytes.array());
  }

  @Override
  public PeerProcess start(Workbench bench, String run) throws IOException {
    return PeerProcess.start(
        bench.folder().resolve(run + ".log"),
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx2g",
            "-Djava.awt.headless=true",
            "-Dai.djl.offline=true",
            "-cp",
            System.getProperty("java.class.path"),
            DjlConsumer.class.getName(),
            bench.broker().bootstrapServers(),
            uploads(run),
            results(run),
            run,
            bench.model().toString(),
            Integer.toString(bench.threads()),
            Integer.toString(bench.batch()),
            bench.folder().resolve(TEXTS).toString(),
            Integer.toString(bench.prompts().size()),
            Float.toString(bench.logitScale()),
            bench.runtime()));
  }
}
