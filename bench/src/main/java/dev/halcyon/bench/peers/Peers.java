package dev.halcyon.bench.peers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.halcyon.app.Home;
import dev.halcyon.app.broker.EmbeddedBroker;
import dev.halcyon.app.commands.BadInputException;
import dev.halcyon.app.commands.ExitCode;
import dev.halcyon.app.console.Table;
import dev.halcyon.app.speed.Spread;
import dev.halcyon.bench.FigureLines;
import dev.halcyon.bench.Pictures;
import dev.halcyon.bench.PythonEnvironment;
import dev.halcyon.bench.QuietLog;
import dev.halcyon.bench.throughput.PlainLoop;
import dev.halcyon.clip.ClipModel;
import dev.halcyon.clip.EngineSettings;
import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.wire.EmbeddedRegistry;
import dev.halcyon.events.wire.EventSerdes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code bench/peers}. */
@Command(
    name = "peers",
    description = {
      "Our stream beside consumers in Python and on DJL: images a second and latency.",
      "",
      "One broker, one model, the same images, alternating; each peer a process of its own with the"
          + " same number of threads. The ceiling is a plain loop that decodes, preprocesses"
          + " and runs the model on the same cores, without Kafka, in the shape that is the fastest"
          + " here; \"share\" is of it, round by round.",
      "",
      "Latency is at a steady trickle, from sending a picture to when its result is in the topic"
          + " (written) and to when a reader of committed records has it (readable). They differ"
          + " exactly once, where a result is readable when its transaction ends.",
      "",
      "The Python consumer's packages are installed under bench/target on the first run."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    footerHeading = "%nExit codes:%n",
    footer = {
      "  0  measured; peers that cannot run here are left out, and it is said why",
      "  1  a peer failed",
      "  2  an option or the model cannot be used"
    })
public final class Peers implements Callable<Integer> {
  private static final List<String> ALL =
      List.of(
          "halcyon",
          "halcyon-at-least-once",
          "halcyon-tags-alone",
          "python",
          "python-processes",
          "python-one-by-one",
          "djl");

  @Spec private CommandSpec spec;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "PEER",
      description =
          "Only these of halcyon, halcyon-at-least-once, halcyon-tags-alone, python,"
              + " python-processes, python-one-by-one, djl; the first is what the others are held against.")
  private List<String> only = ALL;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Model; the starter model where absent. Transformers' layout, softmax family.")
  private Path model;

  @Option(
      names = "--images",
      paramLabel = "DIR",
      description = "Folder of JPEG pictures, taken in turn; the samples where absent.")
  private Path images;

  @Option(
      names = "--python",
      defaultValue = "python3",
      description = "Python that the consumer's environment is made with (${DEFAULT-VALUE}).")
  private String python;

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
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--batch",
      paramLabel = "N",
      description =
          "Most pictures in a batch of the peers; our stream has its own. Default ${DEFAULT-VALUE}.",
      defaultValue = "32")
  private int batch;

  @Option(names = "--quick", description = "One short round, to see that it works.")
  private boolean quick;

  @Option(names = "--json", description = "One JSON object a peer on standard output.")
  private boolean json;

  /** The rounds of all, by peer, and those of the ceiling. */
  private record Rounds(List<Double> ceiling, Map<Peer, List<PeerRun>> runs) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (!ALL.containsAll(only) || only.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "there are the peers " + ALL);
    }
    if (rounds < 1 || backlog < 40 || trickle < 1 || rate <= 0 || threads < 1 || batch < 1) {
      throw new ParameterException(
          spec.commandLine(), "the backlog must be 40 at least, all other numbers above 0");
    }
    QuietLog.begin();
    if (quick) {
      rounds = 1;
      backlog = Math.min(backlog, 160);
      trickle = Math.min(trickle, 20);
    }
    Path directory =
        model == null ? Home.resolve("starter-model/model") : model.toAbsolutePath().normalize();
    // Numbered, as the same bytes in flight twice are one piece of work to our stream.
    Pictures pictures = Pictures.of(images == null ? Home.resolve("samples") : images);
    Rounds found = measure(directory, pictures::get, peers());
    print(found);
    return ExitCode.OK;
  }

  private List<Peer> peers() throws InterruptedException {
    PythonEnvironment environment = PythonEnvironment.forPeers(python);
    List<Peer> peers = new ArrayList<>();
    List<String> present = new ArrayList<>(only);
    if (present.stream().anyMatch(Peers::isPython)) {
      try {
        environment.interpreter();
      } catch (BadInputException e) {
        System.err.println("peers: the Python consumers are left out: " + e.getMessage());
        present.removeIf(Peers::isPython);
      }
    }
    for (String name : present) {
      peers.add(
          switch (name) {
            case "halcyon" -> HalcyonPeer.exactlyOnce();
            case "halcyon-at-least-once" -> HalcyonPeer.atLeastOnce();
            case "halcyon-tags-alone" -> HalcyonPeer.tagsAlone();
            case "python" -> ConsumerPeer.python(environment);
            case "python-processes" -> ConsumerPeer.pythonProcesses(environment);
            case "python-one-by-one" -> ConsumerPeer.pythonOneByOne(environment);
            default -> ConsumerPeer.djl();
          });
    }
    return peers;
  }

  private static boolean isPython(String name) {
    return name.startsWith("python");
  }

  private Rounds measure(Path directory, LongFunction<ByteBuffer> images, List<Peer> peers)
      throws IOException, InterruptedException {
    Rounds found = new Rounds(new ArrayList<>(), new LinkedHashMap<>());
    peers.forEach(peer -> found.runs().put(peer, new ArrayList<>()));
    try (EmbeddedBroker broker = EmbeddedBroker.start();
        EmbeddedRegistry registry = EmbeddedRegistry.start();
        EventSerdes serdes = new EventSerdes(Map.of("schema.registry.url", registry.url()));
        PlainLoop loop =
            PlainLoop.fastest(
                directory,
                EngineSettings.defaults(),
                PlainLoop.Shape.onCpu(threads, batch),
                images,
                backlog / 4,
                (shape, speed) -> {})) {
      Workbench bench = workbench(broker, registry, serdes, directory);
      if (!quick) {
        // One broker serves all: what its first client finds cold is the same for everybody.
        PeerRun.of(bench, peers.get(0), "warming", images, backlog / 4, 1, rate);
      }
      for (int round = 0; round < rounds; round++) {
        found.ceiling().add(loop.run(images, backlog * 3 / 4));
        System.err.printf(
            Locale.ROOT,
            "round %d of %d: ceiling, %s: %.1f images/s%n",
            round + 1,
            rounds,
            loop.shape(),
            found.ceiling().get(round));
        List<Peer> inTurn = new ArrayList<>(peers);
        Collections.rotate(inTurn, -round);
        for (Peer peer : inTurn) {
          PeerRun run =
              PeerRun.of(bench, peer, peer.name() + "-" + round, images, backlog, trickle, rate);
          found.runs().get(peer).add(run);
          System.err.printf(
              Locale.ROOT,
              "round %d of %d: %s: %.1f images/s%n",
              round + 1,
              rounds,
              peer.title(),
              run.imagesPerSecond());
        }
      }
    }
    return found;
  }

  private Workbench workbench(
      EmbeddedBroker broker, EmbeddedRegistry registry, EventSerdes serdes, Path directory)
      throws IOException {
    try (ClipModel known = ClipModel.open(directory, EngineSettings.defaults())) {
      Workbench bench =
          new Workbench(
              broker,
              registry,
              serdes,
              serdes.values(ImageUpload.class).serializer(),
              Home.path(),
              Files.createTempDirectory("halcyon-peers"),
              directory,
              known.identity().logitScale(),
              known.description().runtime(),
              Workbench.somePrompts(),
              threads,
              batch);
      bench.writeTexts(known.textEncoder().encode(bench.prompts()));
      return bench;
    }
  }

  private void print(Rounds found) {
    FigureLines lines = FigureLines.standard("peers", json);
    lines.table(
        Table.Column.left("peer", 22),
        Table.Column.right("images/s", 8),
        Table.Column.left("range", 12),
        Table.Column.right("share", 5),
        Table.Column.right("ours is", 7),
        Table.Column.right("written p50", 11),
        Table.Column.right("p99 ms", 6),
        Table.Column.right("readable p50", 12),
        Table.Column.right("p99 ms", 6),
        Table.Column.left("versions", 20));
    Spread ceiling = Spread.of(found.ceiling());
    ObjectNode line = lines.line().put("case", "ceiling");
    FigureLines.put(line, "value", ceiling);
    lines.add(
        line,
        "ceiling, no Kafka",
        FigureLines.number(ceiling.median()),
        FigureLines.range(ceiling),
        "1.00",
        "",
        "",
        "",
        "",
        "",
        "");
    List<PeerRun> ours = found.runs().values().stream().findFirst().orElse(List.of());
    found.runs().forEach((peer, runs) -> add(lines, peer, runs, ours, found.ceiling()));
  }

  private void add(
      FigureLines lines, Peer peer, List<PeerRun> runs, List<PeerRun> ours, List<Double> ceiling) {
    Spread speed = over(runs, PeerRun::imagesPerSecond);
    Spread share = ratio(runs, round -> runs.get(round).imagesPerSecond() / ceiling.get(round));
    Spread times =
        ratio(runs, round -> ours.get(round).imagesPerSecond() / runs.get(round).imagesPerSecond());
    ObjectNode line = lines.line().put("case", peer.name());
    FigureLines.put(line, "value", speed);
    line.put("unit", "images/s");
    FigureLines.put(line, "ceiling", Spread.of(ceiling));
    FigureLines.put(line, "ratio", share);
    FigureLines.put(line, "oursOverThis", times);
    List<Object> cells =
        new ArrayList<>(
            List.of(
                peer.title(),
                FigureLines.number(speed.median()),
                FigureLines.range(speed),
                FigureLines.number(share.median()),
                FigureLines.number(times.median()) + "x"));
    Map<String, Function<PeerRun, double[]>> latencies = new LinkedHashMap<>();
    latencies.put("written", PeerRun::writtenMillis);
    latencies.put("readable", PeerRun::readableMillis);
    latencies.forEach(
        (name, millis) -> {
          for (int percent : new int[] {50, 99}) {
            Spread latency =
                over(runs, run -> Spread.percentile(millis.apply(run), percent / 100.0));
            FigureLines.put(line, name + "P" + percent + "Millis", latency);
            cells.add(String.format(Locale.ROOT, "%.0f", latency.median()));
          }
        });
    line.put("rounds", rounds).put("backlog", backlog).put("trickle", trickle);
    line.put("ratePerSecond", rate).put("threads", threads).put("batch", batch);
    line.put("versions", runs.get(0).versions());
    cells.add(runs.get(0).versions());
    lines.add(line, cells.toArray());
  }

  private static Spread over(List<PeerRun> runs, ToDoubleFunction<PeerRun> figure) {
    return Spread.of(runs.stream().mapToDouble(figure).boxed().toList());
  }

  private static Spread ratio(List<PeerRun> runs, Function<Integer, Double> ofRound) {
    return Spread.of(IntStream.range(0, runs.size()).boxed().map(ofRound).toList());
  }
}
