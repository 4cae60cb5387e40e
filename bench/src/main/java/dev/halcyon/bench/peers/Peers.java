package dev.halcyon.bench.peers;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halcyon.app.Home;
import dev.halcyon.app.broker.EmbeddedBroker;
import dev.halcyon.app.config.Guarantee;
import dev.halcyon.app.console.Table;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.app.pictures.PictureFolder;
import dev.halcyon.clip.ClipModel;
import dev.halcyon.clip.EngineSettings;
import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.wire.EmbeddedRegistry;
import dev.halcyon.events.wire.EventSerdes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Our stream beside its peers. */
@Command(
    name = "peers",
    description = {
      "Our stream beside a Python consumer and DJL: images a second and latency.",
      "One broker, one model, the same images, alternating; each peer a process of its own with the"
          + " same threads and batch size. Latency is from sending a picture to reading its"
          + " committed result, at a steady trickle."
    },
    mixinStandardHelpOptions = true)
public final class Peers implements Callable<Integer> {
  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Model; the starter model where absent. Transformers' layout, softmax family.")
  private Path model;

  @Option(
      names = "--images",
      paramLabel = "DIR",
      description = "Pictures, taken in turn; the samples where absent.")
  private Path images;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds in which every peer runs once; default ${DEFAULT-VALUE}.",
      defaultValue = "3")
  private int rounds;

  @Option(
      names = "--backlog",
      paramLabel = "N",
      description = "Pictures of the throughput phase; default ${DEFAULT-VALUE}.",
      defaultValue = "1200")
  private int backlog;

  @Option(
      names = "--trickle",
      paramLabel = "N",
      description = "Pictures of the latency phase; default ${DEFAULT-VALUE}.",
      defaultValue = "100")
  private int trickle;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Pictures a second of the latency phase; default ${DEFAULT-VALUE}.",
      defaultValue = "8")
  private double rate;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of a peer; the machine's processors where absent.")
  private Integer threads;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Most pictures in a batch; default ${DEFAULT-VALUE}.",
      defaultValue = "32")
  private int batch;

  @Option(names = "--without-python", description = "Leave the Python consumer out.")
  private boolean withoutPython;

  @Option(names = "--without-djl", description = "Leave DJL out.")
  private boolean withoutDjl;

  @Option(names = "--quick", description = "One short round, to see that it works.")
  private boolean quick;

  @Option(names = "--json", description = "One JSON object a peer on standard output.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if (quick) {
      rounds = 1;
      backlog = Math.min(backlog, 160);
      trickle = Math.min(trickle, 20);
    }
    Path directory = model == null ? Home.resolve("starter-model/model") : model.toAbsolutePath();
    List<byte[]> pictures = pictures(images == null ? Home.resolve("samples") : images);
    List<Peer> peers = new ArrayList<>();
    peers.add(new HalcyonPeer(Guarantee.EXACTLY_ONCE_V2));
    peers.add(new HalcyonPeer(Guarantee.AT_LEAST_ONCE));
    if (!withoutPython) {
      peers.add(new PythonPeer());
    }
    if (!withoutDjl) {
      peers.add(new DjlPeer());
    }
    Map<Peer, List<PeerRun>> runs = new LinkedHashMap<>();
    peers.forEach(peer -> runs.put(peer, new ArrayList<>()));
    Path folder = Files.createTempDirectory("halcyon-peers");
    float logitScale;
    String runtime;
    try (ClipModel known = ClipModel.open(directory, EngineSettings.defaults())) {
      logitScale = known.identity().logitScale();
      runtime = known.description().runtime();
      DjlPeer.writeTexts(folder, known.textEncoder().encode(Workbench.somePrompts()));
    }
    try (EmbeddedBroker broker = EmbeddedBroker.start();
        EmbeddedRegistry registry = EmbeddedRegistry.start();
        EventSerdes serdes = new EventSerdes(Map.of("schema.registry.url", registry.url()))) {
      Workbench bench =
          new Workbench(
              broker,
              registry,
              serdes,
              serdes.values(ImageUpload.class).serializer(),
              Home.path(),
              folder,
              directory,
              logitScale,
              runtime,
              Workbench.somePrompts(),
              threads == null ? Runtime.getRuntime().availableProcessors() : threads,
              batch);
      for (int round = 0; round < rounds; round++) {
        for (Peer peer : peers) {
          System.err.printf(Locale.ROOT, "round %d of %d: %s%n", round + 1, rounds, peer.name());
          PeerRun run =
              PeerRun.of(bench, peer, peer.name() + "-" + round, pictures, backlog, trickle, rate);
          runs.get(peer).add(run);
          System.err.printf(
              Locale.ROOT,
              "  %.1f images/s, p50 %.0f ms, p99 %.0f ms%n",
              run.imagesPerSecond(),
              run.p50Millis(),
              run.p99Millis());
        }
      }
    }
    print(runs);
    return 0;
  }

  private static List<byte[]> pictures(Path folder) throws IOException {
    List<byte[]> pictures = new ArrayList<>();
    for (Path file : PictureFolder.listAll(folder)) {
      byte[] bytes = Files.readAllBytes(file);
      // What a peer cannot read it would be quick about.
      if (!file.getFileName().toString().matches("not-an-image.*|truncated.*")) {
        pictures.add(bytes);
      }
    }
    return pictures;
  }

  private void print(Map<Peer, List<PeerRun>> runs) throws IOException {
    double ours = median(runs.values().iterator().next(), 0);
    List<List<String>> rows = new ArrayList<>();
    for (Map.Entry<Peer, List<PeerRun>> entry : runs.entrySet()) {
      List<PeerRun> own = entry.getValue();
      double speed = median(own, 0);
      double least = own.stream().mapToDouble(PeerRun::imagesPerSecond).min().orElse(0);
      double most = own.stream().mapToDouble(PeerRun::imagesPerSecond).max().orElse(0);
      if (json) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("peer", entry.getKey().name());
        line.put("imagesPerSecond", round(speed));
        line.put("least", round(least));
        line.put("most", round(most));
        line.put("oursOverThis", round(ours / speed));
        line.put("p50Millis", round(median(own, 1)));
        line.put("p99Millis", round(median(own, 2)));
        line.put("rounds", rounds);
        line.put("backlog", backlog);
        line.put("trickle", trickle);
        line.put("ratePerSecond", rate);
        line.put("versions", own.get(0).versions());
        System.out.println(new ObjectMapper().writeValueAsString(line));
      }
      rows.add(
          List.of(
              entry.getKey().name(),
              String.format(Locale.ROOT, "%.1f", speed),
              String.format(Locale.ROOT, "%.1f to %.1f", least, most),
              String.format(Locale.ROOT, "%.2fx", ours / speed),
              String.format(Locale.ROOT, "%.0f", median(own, 1)),
              String.format(Locale.ROOT, "%.0f", median(own, 2)),
              own.get(0).versions()));
    }
    if (!json) {
      System.out.print(
          Table.of(
              List.of("peer", "images/s", "spread", "ours is", "p50 ms", "p99 ms", "versions"),
              rows,
              40,
              Terminal.wantsColours()));
    }
  }

  private static double median(List<PeerRun> runs, int which) {
    return PeerRun.median(
        runs.stream()
            .mapToDouble(
                run ->
                    switch (which) {
                      case 0 -> run.imagesPerSecond();
                      case 1 -> run.p50Millis();
                      default -> run.p99Millis();
                    })
            .toArray());
  }

  private static double round(double value) {
    return Math.round(value * 100) / 100.0;
  }
}
