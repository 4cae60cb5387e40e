package dev.halcyon.app.commands;

import dev.halcyon.app.Application;
import dev.halcyon.app.EngineLoad;
import dev.halcyon.app.Home;
import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.config.ConfigLoader;
import dev.halcyon.app.console.Progress;
import dev.halcyon.app.console.Style;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.app.labels.LabelSetRefusedException;
import dev.halcyon.app.labels.TextDemand;
import dev.halcyon.app.pictures.PictureFolder;
import dev.halcyon.clip.model.ModelDirectory;
import dev.halcyon.events.wire.EventSerdes;
import dev.halcyon.labels.LabelSet;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The whole program on a folder of pictures, with a broker and a registry inside. */
@Command(
    name = "demo",
    description = {
      "Moderate a folder of pictures, with a Kafka broker and a schema registry inside.",
      "Runs the very same stream as production: uploads in, tags and alerts out."
    },
    mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration STALLED = Duration.ofSeconds(60);

  @Option(
      names = "--images",
      paramLabel = "DIR",
      description = "Folder of pictures; the shipped samples where absent.")
  private Path folder;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Label set, YAML or JSON; the default pack where absent.")
  private Path labels;

  @Option(names = "--model", paramLabel = "DIR", description = "Model; the starter where absent.")
  private Path model;

  @Option(names = "--json", description = "One JSON object a line on standard output.")
  private boolean json;

  @Option(
      names = "--keep",
      description = "Stay up after the last outcome, and say how to produce to it.")
  private boolean keep;

  @Override
  public Integer call() {
    List<Path> images = PictureFolder.list(folder == null ? Home.resolve("samples") : folder);
    Path file = labels == null ? Home.resolve(DefaultPack.PATH) : labels;
    LabelSet set = LabelSetFile.read(file);
    AppConfig defaults = new ConfigLoader().defaults(System.getenv());
    Path modelDirectory = model == null ? Home.resolve(defaults.engine().modelDirectory()) : model;
    boolean terminal = Terminal.isTerminal() && !json;
    // Machines read standard output, so people's words go elsewhere then.
    PrintStream people = json ? System.err : System.out;
    boolean colours = Terminal.wantsColours() && !json;
    if (!json) {
      people.println(
          Style.BOLD.paint("Halcyon", colours)
              + "  "
              + images.size()
              + " uploads through a Kafka broker inside this process");
    }
    // A wrong folder is said before a broker starts.
    ModelDirectory.open(modelDirectory, defaults.engine().settings().weights());
    try (EngineLoad engine =
            EngineLoad.begin(
                modelDirectory,
                defaults.engine().settings(),
                defaults.images().settings(defaults.fetch()),
                loaded -> prepare(loaded, file, set));
        DemoWorld world = DemoWorld.open(modelDirectory)) {
      engine.await();
      world.publish(file, set);
      try (Application application = Application.start(world.config(), engine)) {
        closeOnSignal(application, world);
        Summary summary = new Summary();
        boolean complete = run(application, world, images, people, terminal, colours, summary);
        if (!json) {
          people.println();
          people.println(summary.text());
        }
        if (!complete) {
          return ExitCode.FAILED;
        }
        if (keep) {
          stay(application, world, people, colours);
        }
        return ExitCode.OK;
      }
    }
  }

  /** What the first pictures would wait for is done while the broker starts. */
  private static void prepare(EngineLoad.Engine engine, Path file, LabelSet set) {
    try {
      engine.compiler().prepare(set, LocalDate.now(ZoneOffset.UTC));
    } catch (LabelSetRefusedException e) {
      throw LabelSetFile.refused(file.toString(), e.problems());
    }
    engine.prove(TextDemand.of(List.of(set)));
  }

  /** On Ctrl-C the demo leaves nothing behind; closing twice does no harm. */
  private static void closeOnSignal(Application application, DemoWorld world) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  application.close();
                  world.close();
                },
                "halcyon-shutdown"));
  }

  private boolean run(
      Application application,
      DemoWorld world,
      List<Path> images,
      PrintStream people,
      boolean terminal,
      boolean colours,
      Summary summary) {
    Map<String, Path> files = new LinkedHashMap<>();
    for (Path image : images) {
      files.put(image.getFileName().toString(), image);
    }
    OutcomePrinter printer = new OutcomePrinter(colours, false);
    EventSerdes serdes = world.serdes();
    try (OutcomeConsumer outcomes =
            new OutcomeConsumer(world.config(), serdes, id -> id, Clock.systemUTC());
        UploadProducer producer = new UploadProducer(world.config(), serdes);
        Progress progress =
            new Progress(people, terminal, "images", files.size(), System::nanoTime)) {
      if (!json) {
        people.println(printer.heading());
      }
      summary.start();
      files.forEach((id, image) -> producer.publish(id, image, Optional.empty()));
      long lastOutcome = System.nanoTime();
      while (summary.count() < files.size()) {
        for (ImageOutcome outcome : outcomes.poll(POLL)) {
          lastOutcome = System.nanoTime();
          summary.add(outcome);
          if (json) {
            System.out.println(OutcomePrinter.json(outcome));
          } else {
            progress.line(printer.row(outcome));
          }
        }
        progress.at(summary.count());
        if (application.stopped().isDone()) {
          people.println("halcyon: the stream has stopped by itself; see the log above");
          return false;
        }
        if (System.nanoTime() - lastOutcome > STALLED.toNanos()) {
          people.println(
              "halcyon: no outcome for "
                  + STALLED.toSeconds()
                  + " s; "
                  + (files.size() - summary.count())
                  + " uploads are open");
          return false;
        }
      }
      return true;
    }
  }

  private void stay(Application application, DemoWorld world, PrintStream people, boolean colours) {
    Path configFile = world.directory().resolve("halcyon.yaml");
    try {
      Files.writeString(configFile, new ConfigLoader().write(world.config()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    people.println();
    people.println("Still running until Ctrl-C. Produce to it from another terminal:");
    people.println("  ./halcyon upload --config " + configFile + " PICTURE...");
    people.println("or with your own client:");
    people.println("  broker    " + world.config().kafka().bootstrapServers());
    people.println(
        "  registry  " + world.config().serdes().properties().get("schema.registry.url"));
    people.println("  topic     " + world.config().topics().uploads() + ", key = image id");
    application
        .adminPort()
        .ifPresent(port -> people.println("  metrics   http://localhost:" + port + "/metrics"));
    people.println();
    OutcomePrinter printer = new OutcomePrinter(colours, false);
    try (OutcomeConsumer outcomes =
        new OutcomeConsumer(world.config(), world.serdes(), id -> id, Clock.systemUTC())) {
      while (!application.stopped().isDone()) {
        for (ImageOutcome outcome : outcomes.poll(Duration.ofMillis(200))) {
          if (json) {
            System.out.println(OutcomePrinter.json(outcome));
          } else {
            people.println(printer.row(outcome));
          }
        }
      }
    }
  }

  /** What the summary says. */
  private static final class Summary {
    private final Map<String, Integer> outcomes = new TreeMap<>();
    private final List<Long> latencies = new ArrayList<>();
    private long startedNanos;
    private long firstMillis;
    private long lastNanos;
    private ImageOutcome decided;

    void start() {
      startedNanos = System.nanoTime();
    }

    void add(ImageOutcome outcome) {
      if (latencies.isEmpty()) {
        firstMillis =
            System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
      }
      lastNanos = System.nanoTime();
      outcomes.merge(outcome.outcome(), 1, Integer::sum);
      latencies.add(outcome.latencyMs());
      if (outcome.model() != null) {
        decided = outcome;
      }
    }

    int count() {
      return latencies.size();
    }

    String text() {
      if (latencies.isEmpty()) {
        return "no outcome";
      }
      List<Long> sorted = latencies.stream().sorted().toList();
      double seconds = Math.max(1, lastNanos - startedNanos) / 1e9;
      String by =
          decided == null
              ? ""
              : "\nlabel set "
                  + decided.labelSet()
                  + " version "
                  + decided.labelSetVersion()
                  + ", model "
                  + decided.model();
      return String.format(
              Locale.ROOT,
              "%d uploads: %s\nfirst decision %.1f s after the start; %.1f images/s; latency median"
                  + " %d ms, slowest %d ms",
              count(),
              outcomes.entrySet().stream()
                  .map(entry -> entry.getValue() + " " + entry.getKey())
                  .collect(Collectors.joining(", ")),
              firstMillis / 1e3,
              count() / seconds,
              sorted.get(sorted.size() / 2),
              sorted.get(sorted.size() - 1))
          + by;
    }
  }
}
