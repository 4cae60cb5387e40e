package dev.halcyon.bench.peers;

import dev.halcyon.app.Halcyon;
import dev.halcyon.app.commands.ExitCode;
import dev.halcyon.app.config.Guarantee;
import dev.halcyon.events.ImageUpload;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.utils.AppInfoParser;

/** Our stream as it is delivered, or promising and writing no more than the others. */
final class HalcyonPeer implements Peer {
  private final String name;
  private final String title;
  private final Guarantee guarantee;
  private final boolean all;

  /**
   * @param all whether it writes what it does by default, evidence and counts for rates as well
   */
  private HalcyonPeer(String name, String title, Guarantee guarantee, boolean all) {
    this.name = name;
    this.title = title;
    this.guarantee = guarantee;
    this.all = all;
  }

  static HalcyonPeer exactlyOnce() {
    return new HalcyonPeer("halcyon", "halcyon, exactly once", Guarantee.EXACTLY_ONCE_V2, true);
  }

  static HalcyonPeer atLeastOnce() {
    return new HalcyonPeer(
        "halcyon-at-least-once", "halcyon, at least once", Guarantee.AT_LEAST_ONCE, true);
  }

  /** At least once, no evidence, no reports of rates: the consumers' promise and their output. */
  static HalcyonPeer tagsAlone() {
    return new HalcyonPeer(
        "halcyon-tags-alone", "halcyon, tags alone", Guarantee.AT_LEAST_ONCE, false);
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
  public String versions(Workbench bench) {
    return "onnxruntime "
        + bench.runtime()
        + ", kafka "
        + AppInfoParser.getVersion()
        + ", Java "
        + System.getProperty("java.version");
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
          evidenceKept: %s
          biasReported: %s
          labelConfig: %s-labels
          labelConfigHistory: %s-history
          labelConfigStatus: %s-status
          partitions: %d
          replicationFactor: 1
        serdes:
          properties: {schema.registry.url: "%s"}
        engine: {modelDirectory: "%s", concurrentBatches: %d, intraOpThreads: 1}
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
                all,
                all,
                run,
                run,
                run,
                Workbench.PARTITIONS,
                bench.registry().url(),
                bench.model(),
                bench.threads(),
                bench.threads()));
    Path labels = bench.folder().resolve(run + "-labels.yaml");
    Files.writeString(labels, labels(bench.prompts()));
    once("topics", "create", "--config", config.toString());
    once("labels", "apply", labels.toString(), "--reason", "bench", "--config", config.toString());
  }

  @Override
  public PeerProcess start(Workbench bench, String run) throws IOException {
    return PeerProcess.start(
        bench.folder().resolve(run + ".log"),
        List.of(
            bench.home().resolve("halcyon").toString(),
            "run",
            "--config",
            config(bench, run).toString()));
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
          "  - {id: label-%d, group: all, prompts: [\"%s\"], threshold: 0.2, typographic: {mode: off}}\n"
              .formatted(i, prompts.get(i)));
    }
    return yaml.toString();
  }

  private static void once(String... arguments) {
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said);
    if (Halcyon.run(out, out, arguments) != ExitCode.OK) {
      throw new IllegalStateException(Arrays.toString(arguments) + " failed: " + said);
    }
  }
}
