package dev.halcyon.bench.peers;

import dev.halcyon.app.config.Guarantee;
import dev.halcyon.events.ImageUpload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Our stream as it is delivered, with evidence: exactly once, or at least once as the others. */
final class HalcyonPeer implements Peer {
  private final Guarantee guarantee;

  HalcyonPeer(Guarantee guarantee) {
    this.guarantee = guarantee;
  }

  @Override
  public String name() {
    return guarantee == Guarantee.EXACTLY_ONCE_V2 ? "halcyon" : "halcyon-at-least-once";
  }

  @Override
  public String versions(Workbench bench) {
    return "Java " + System.getProperty("java.version") + " onnxruntime " + bench.runtime();
  }

  @Override
  public String uploads(String run) {
    return run + "-uploads";
  }

  @Override
  public String results(String run) {
    return run + "-tags";
  }

  @Override
  public byte[] upload(Workbench bench, String run, String imageId, byte[] picture) {
    return bench
        .serializer()
        .serialize(
            uploads(run),
            ImageUpload.newBuilder()
                .setImageId(imageId)
                .setBytes(ByteBuffer.wrap(picture))
                .setUploadedAt(Instant.now())
                .build());
  }

  @Override
  public void prepare(Workbench bench, String run) throws IOException {
    Path config = config(bench, run);
    // Identical pictures are not to be recognised, and nothing is done that the peers do not do.
    Files.writeString(
        config,
        """
        kafka:
          bootstrapServers: "%s"
          applicationId: %s
          guarantee: %s
          properties: {replication.factor: "1"}
        topics:
          uploads: %s-uploads
          tags: %s-tags
          alerts: %s-alerts
          rejects: %s-rejects
          evidence: %s-evidence
          labelConfig: %s-labels
          labelConfigHistory: %s-history
          labelConfigStatus: %s-status
          partitions: %d
          replicationFactor: 1
        serdes:
          properties: {schema.registry.url: "%s"}
        engine: {modelDirectory: "%s", maxBatch: %d, intraOpThreads: %d}
        images: {cacheBytes: 0, tileAspect: 0, preprocessThreads: %d}
        admin: {enabled: false}
        """
            .formatted(
                bench.broker().bootstrapServers(),
                run,
                guarantee.name().toLowerCase(Locale.ROOT),
                run,
                run,
                run,
                run,
                run,
                run,
                run,
                run,
                Workbench.PARTITIONS,
                bench.registry().url(),
                bench.model(),
                bench.batch(),
                bench.threads(),
                bench.threads()));
    Path labels = bench.folder().resolve(run + "-labels.yaml");
    Files.writeString(labels, labels(bench.prompts()));
    once(bench, run, "topics", "create", "--config", config.toString());
    once(
        bench,
        run,
        "labels",
        "apply",
        labels.toString(),
        "--reason",
        "bench",
        "--config",
        config.toString());
  }

  @Override
  public PeerProcess start(Workbench bench, String run) throws IOException {
    return PeerProcess.start(
        bench.folder().resolve(run + ".log"),
        command(bench, "run", "--config", config(bench, run).toString()));
  }

  private static Path config(Workbench bench, String run) {
    return bench.folder().resolve(run + ".yaml");
  }

  private static String labels(List<String> prompts) {
    StringBuilder yaml =
        new StringBuilder(
            """
            name: bench
            title: Bench
            owner: bench
            groups: [{id: all, mode: exclusive, background: [a photo]}]
            labels:
            """);
    for (int i = 0; i < prompts.size(); i++) {
      yaml.append(
          "  - {id: label-%d, group: all, prompts: [\"%s\"], threshold: 0.2, typographic: {mode: off}}%n"
              .formatted(i, prompts.get(i)));
    }
    return yaml.toString();
  }

  private static void once(Workbench bench, String run, String... arguments) throws IOException {
    Path log = bench.folder().resolve(run + "-" + arguments[0] + ".log");
    Process process =
        new ProcessBuilder(command(bench, arguments))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      if (process.waitFor() != 0) {
        throw new IllegalStateException(
            Arrays.toString(arguments) + " failed: " + Files.readString(log));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static List<String> command(Workbench bench, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx2g",
                "-Djava.awt.headless=true",
                "-Dhalcyon.home=" + bench.home(),
                "-jar",
                bench.home().resolve("stream-app/target/halcyon.jar").toString()));
    command.addAll(List.of(arguments));
    return command;
  }
}
