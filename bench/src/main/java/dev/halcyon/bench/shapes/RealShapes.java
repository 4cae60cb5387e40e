package dev.halcyon.bench.shapes;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.halcyon.app.commands.BadInputException;
import dev.halcyon.app.commands.ExitCode;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.app.speed.EncoderSpeed;
import dev.halcyon.app.speed.RandomPictures;
import dev.halcyon.app.speed.Spread;
import dev.halcyon.bench.PythonEnvironment;
import dev.halcyon.clip.EngineSettings;
import dev.halcyon.clip.ExecutionProvider;
import dev.halcyon.clip.ModelException;
import dev.halcyon.clip.RejectedImageException;
import dev.halcyon.clip.decode.DecodeLimits;
import dev.halcyon.clip.decode.ImageDecoder;
import dev.halcyon.clip.decode.RgbImage;
import dev.halcyon.clip.preprocess.PreprocessingSpec;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code bench/real-shapes}. */
@Command(
    name = "real-shapes",
    description = {
      "Time image encoders of the published shapes on the CPU, with random weights.",
      "",
      "\"bare\" is a loop that only runs the session on inputs that lie ready, \"ours\" the"
          + " program's path from decoded pixels to embeddings on the same cores, in alternation;"
          + " \"share\" is theirs. \"start\" is from the file to the first embedding, \"MB\" the"
          + " process's resident memory after it and its runs. \"cosine\" is the least to the same"
          + " weights in fp32. What is missing is made first (Python with numpy, onnx, onnxruntime)."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    footerHeading = "%nExit codes:%n",
    footer = {
      "  0  measured",
      "  1  a measurement failed",
      "  2  a model or an option cannot be used"
    })
public final class RealShapes implements Callable<Integer> {
  private static final int COMPARED_PICTURES = 8;

  @Spec private CommandSpec spec;

  @Option(
      names = "--models",
      description = "Folder of the models; what is missing is made (bench/target/real-shapes).")
  private Path models;

  @Option(
      names = "--directory",
      description = "An existing model directory to measure instead of the shapes.")
  private Path directory;

  @Option(
      names = "--images",
      description = "Folder of pictures to compare and time on (random pixels).")
  private Path images;

  @Option(
      names = "--python",
      defaultValue = "python3",
      description = "Python that makes models (${DEFAULT-VALUE}).")
  private String python;

  @Option(
      names = "--shapes",
      split = ",",
      description = "Shapes (vit-b-32,vit-b-16,siglip-b-16,vit-l-14; with --quick tiny).")
  private List<String> shapes;

  @Option(
      names = "--precisions",
      split = ",",
      defaultValue = "fp32",
      description = "fp32, fp16, int8 (${DEFAULT-VALUE}).")
  private List<Variant.Precision> precisions;

  @Option(
      names = "--batches",
      split = ",",
      description = "Sizes of batches (1,8,64; with --quick 1,4).")
  private List<Integer> batches;

  @Option(
      names = "--threads",
      split = ",",
      description = "CPU threads of one batch (one a processor).")
  private List<Integer> threads = List.of(Runtime.getRuntime().availableProcessors());

  @Option(
      names = "--rounds",
      defaultValue = "3",
      description = "Rounds of each figure (${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--seconds",
      description = "Least seconds of each measurement (1.5; with --quick 0.1).")
  private Double seconds;

  @Option(names = "--quick", description = "A tiny model and short measurements.")
  private boolean quick;

  @Option(names = "--json", description = "One JSON object a line of the table.")
  private boolean json;

  @Option(names = "--save", description = "File that gets the JSON lines as well.")
  private Path save;

  /** One encoder to measure. */
  private record Subject(
      String name, Path graph, Path preprocessing, Variant.Precision precision) {}

  @Override
  public Integer call() throws InterruptedException, IOException {
    if (rounds < 1
        || (seconds != null && seconds <= 0)
        || threads.stream().anyMatch(count -> count < 1)
        || batchSizes().stream().anyMatch(batch -> batch < 1 || batch > 1024)) {
      throw new ParameterException(
          spec.commandLine(), "rounds, seconds and threads must be above 0, batches 1 to 1024");
    }
    try (PrintStream saved =
        save == null ? null : new PrintStream(Files.newOutputStream(save), true, UTF_8)) {
      ShapeFigures figures =
          new ShapeFigures(System.out, json, Terminal.wantsColours(), Optional.ofNullable(saved));
      figures.start();
      for (String shape : names()) {
        float[][] reference = null;
        for (Variant.Precision precision : precisions) {
          Subject subject = subject(shape, precision);
          for (int count : threads) {
            reference = measure(subject, count, reference, figures);
          }
        }
      }
      return ExitCode.OK;
    } catch (ModelException | BadInputException e) {
      System.err.println("real-shapes: " + e.getMessage());
      return ExitCode.BAD_INPUT;
    }
  }

  private List<String> names() {
    if (directory != null) {
      return List.of(directory.toAbsolutePath().normalize().getFileName().toString());
    }
    if (shapes != null) {
      return shapes;
    }
    return quick ? List.of(Variant.TINY) : Variant.PUBLISHED;
  }

  private List<Integer> batchSizes() {
    return batches != null ? batches : quick ? List.of(1, 4) : List.of(1, 8, 64);
  }

  private Subject subject(String name, Variant.Precision precision) throws InterruptedException {
    if (directory == null) {
      ModelMaker maker =
          new ModelMaker(
              PythonEnvironment.forShapes(python),
              models == null ? ModelMaker.defaultFolder() : models);
      Variant variant = Variant.published(name);
      return new Subject(
          name, maker.graph(variant, precision), maker.preprocessing(variant), precision);
    }
    for (String folder : List.of("", "onnx")) {
      Path graph = directory.resolve(folder).resolve(precision.visionFile());
      if (Files.isRegularFile(graph)) {
        return new Subject(name, graph, directory.resolve("preprocessor_config.json"), precision);
      }
    }
    throw new BadInputException(
        directory.resolve(precision.visionFile())
            + ": no such file; tools/precision/convert.py makes it");
  }

  private float[][] measure(Subject subject, int count, float[][] reference, ShapeFigures figures)
      throws InterruptedException, IOException {
    int processors = Runtime.getRuntime().availableProcessors();
    EngineSettings defaults = EngineSettings.defaults();
    EngineSettings settings =
        new EngineSettings(
            ExecutionProvider.CPU,
            0,
            defaults.weights(),
            count,
            1,
            1,
            defaults.linger(),
            Duration.ofMinutes(10),
            defaults.memoryPattern());
    PreprocessingSpec preprocessing = PreprocessingSpec.read(subject.preprocessing());
    List<RgbImage> pictures = pictures(preprocessing);
    Duration time =
        Duration.ofMillis((long) (1000 * (seconds != null ? seconds : quick ? 0.1 : 1.5)));
    try (EncoderSpeed encoder = EncoderSpeed.open(subject.graph(), preprocessing, settings)) {
      float[][] found = encoder.embed(pictures);
      Optional<Likeness> likeness =
          Optional.ofNullable(reference).map(same -> Likeness.of(found, same));
      for (int batch : batchSizes()) {
        List<Double> bare = new ArrayList<>();
        List<Double> ours = new ArrayList<>();
        List<Double> share = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
          double ceiling = encoder.bare(batch, 1, pictures, time);
          double rate = encoder.batched(batch, 1, processors, pictures, time);
          bare.add(ceiling);
          ours.add(rate);
          share.add(rate / ceiling);
        }
        figures.row(
            new ShapeFigures.Row(
                subject.name(),
                subject.precision(),
                encoder.openSeconds(),
                count,
                batch,
                Spread.of(bare),
                Spread.of(ours),
                Spread.of(share),
                likeness));
      }
      return reference != null ? reference : found;
    }
  }

  private List<RgbImage> pictures(PreprocessingSpec preprocessing) throws IOException {
    if (images == null) {
      return RandomPictures.of(
          COMPARED_PICTURES, preprocessing.width() * 4 / 3, preprocessing.height() * 4 / 3, 7);
    }
    ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);
    List<RgbImage> pictures = new ArrayList<>();
    try (Stream<Path> files = Files.list(images)) {
      for (Path file : files.sorted().filter(Files::isRegularFile).toList()) {
        try {
          pictures.add(decoder.decode(ByteBuffer.wrap(Files.readAllBytes(file))).image());
        } catch (RejectedImageException e) {
          // Not a picture: a licence, a list.
        }
      }
    }
    if (pictures.isEmpty()) {
      throw new BadInputException(images + ": holds no picture that can be decoded");
    }
    return pictures;
  }
}
