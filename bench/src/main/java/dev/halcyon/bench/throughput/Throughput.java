package dev.halcyon.bench.throughput;

import dev.halcyon.app.Home;
import dev.halcyon.app.commands.BadInputException;
import dev.halcyon.app.commands.ExitCode;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.bench.Pictures;
import dev.halcyon.bench.QuietLog;
import dev.halcyon.clip.ModelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code bench/throughput}. */
@Command(
    name = "throughput",
    description = {
      "Measure the whole stream against what is possible on this machine.",
      "",
      "  device      share of a simulated device's cap that arrives as decisions (>= 0.97)",
      "  latency     of the same device at 70%% load (p99 <= linger + 2 batches + 50 ms)",
      "  model       bytes to tag with a model, beside a plain loop of decode, preprocess and run",
      "              on the same cores (>= 0.92), and its latency at 70%% load",
      "  duplicates  a Zipf stream with the evidence cache and without",
      "  growth      a decision by number of prompts, pixels by size of the image",
      "  linger      when an idle device should wait for company (only when asked for)",
      "  memory      heap and resident memory over many images (only when asked for)",
      "",
      "Everything runs in this process, with a real broker, exactly once. A case is measured in"
          + " rounds, alternating with its ceiling, and given as median, least and greatest, after"
          + " 40,000 uploads to a simulated device that warm the compiler.",
      "Run it on a machine that does nothing else."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    footerHeading = "%nExit codes:%n",
    footer = {
      "  0  every goal is met, or --quick was given",
      "  1  a goal is missed, or a case could not be run",
      "  2  an option or the model cannot be used"
    })
public final class Throughput implements Callable<Integer> {
  private static final int WARMING_UPLOADS = 40_000;

  private static final List<Section> SECTIONS =
      List.of(
          new DeviceSection(),
          new LatencySection(),
          new ModelSection(),
          new DuplicatesSection(),
          new GrowthSection(),
          new LingerSection(),
          new MemorySection());
  private static final List<String> DEFAULT =
      List.of("device", "latency", "model", "duplicates", "growth");

  @Spec private CommandSpec spec;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "BENCH",
      description = "Only these, comma-separated.")
  private List<String> only = DEFAULT;

  @Mixin private ModelOptions models;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder of JPEG pictures (the samples).")
  private Path data;

  @Option(
      names = "--rounds",
      defaultValue = "3",
      description = "Measured rounds of each case (${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--uploads",
      defaultValue = "1000",
      description = "Uploads of a round with a model (${DEFAULT-VALUE}); a GPU needs more of them.")
  private int uploads;

  @Option(
      names = "--images",
      defaultValue = "200000",
      description = "Images of the memory bench (${DEFAULT-VALUE}).")
  private int memoryImages;

  @Option(
      names = "--plot",
      paramLabel = "FILE",
      description = "Where the PNG of the shares goes (bench/target/throughput.png).")
  private Path plot;

  @Option(names = "--quick", description = "Measure little, to see that everything works.")
  private boolean quick;

  @Option(names = "--json", description = "One JSON object a figure on standard output.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if (rounds < 1 || uploads < 100 || memoryImages < 1_000) {
      throw new ParameterException(
          spec.commandLine(),
          "there must be a round, 100 uploads, and 1000 images for the memory bench");
    }
    List<String> known = SECTIONS.stream().map(Section::name).toList();
    for (String name : only) {
      if (!known.contains(name)) {
        throw new ParameterException(
            spec.commandLine(), "there is no \"" + name + "\"; there are " + known);
      }
    }
    QuietLog.begin();
    Section.Settings settings;
    List<Path> directories;
    try {
      directories = models.directories();
      settings =
          new Section.Settings(
              quick ? 1 : rounds,
              quick,
              Pictures.of(data == null ? Home.resolve("samples") : data),
              directories.get(0),
              Home.resolve("label-config/packs/default.yaml"),
              models.engine(),
              uploads,
              memoryImages);
    } catch (BadInputException | ModelException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    if (!json) {
      System.out.println(machine());
    }
    Report report = new Report(System.out, json, Terminal.wantsColours());
    try (Cluster cluster = new Cluster()) {
      if (!quick) {
        warm(cluster);
      }
      for (Section section : SECTIONS) {
        if (only.contains(section.name())) {
          for (Path directory :
              section instanceof ModelSection ? directories : directories.subList(0, 1)) {
            section.measure(settings.with(directory), cluster, report);
          }
        }
      }
    }
    Optional<byte[]> picture = SharePlot.png(report.figures());
    if (picture.isPresent()) {
      Path file = plot == null ? Home.resolve("bench/target/throughput.png") : plot;
      Files.write(file, picture.get());
      if (!json) {
        System.out.println("Plot of the shares: " + file);
      }
    }
    return quick || report.isFine() ? ExitCode.OK : ExitCode.FAILED;
  }

  /**
   * What a stream that has run for hours has behind it: on two processors the compiler takes up to
   * half of one for minutes, at the few images a second of a model on the CPU.
   */
  private static void warm(Cluster cluster) throws Exception {
    Pictures small = Pictures.gradient(24, 24);
    try (Engine engine = Engine.timed(DeviceSection.BATCH, Duration.ZERO, DeviceSection.BATCH);
        StreamRun run = new StreamRun(cluster, engine, 4, 2, WARMING_UPLOADS)) {
      run.drain(small::get);
    }
  }

  private static String machine() {
    String cpu = "";
    try {
      cpu =
          Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
              .filter(line -> line.startsWith("model name"))
              .map(line -> line.substring(line.indexOf(':') + 1).strip())
              .distinct()
              .collect(Collectors.joining(", "));
    } catch (java.io.IOException e) {
      // Only Linux says it there.
    }
    return Runtime.getRuntime().availableProcessors()
        + " processors "
        + cpu
        + ", Java "
        + Runtime.version().feature()
        + ", "
        + java.time.LocalDate.now(java.time.ZoneOffset.UTC);
  }
}
