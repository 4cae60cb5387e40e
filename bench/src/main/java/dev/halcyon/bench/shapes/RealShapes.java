package dev.halcyon.bench.shapes;

import dev.halcyon.app.commands.BadInputException;
import dev.halcyon.app.speed.EncoderSpeed;
import dev.halcyon.app.speed.RandomPictures;
import dev.halcyon.app.speed.SpeedComparison;
import dev.halcyon.bench.DurationOption;
import dev.halcyon.bench.FigureLines;
import dev.halcyon.clip.EngineSettings;
import dev.halcyon.clip.ExecutionProvider;
import dev.halcyon.clip.RejectedImageException;
import dev.halcyon.clip.decode.DecodeLimits;
import dev.halcyon.clip.decode.ImageDecoder;
import dev.halcyon.clip.decode.RgbImage;
import dev.halcyon.clip.preprocess.PreprocessingSpec;
import java.io.IOException;
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
import picocli.CommandLine.Mixin;
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
          + " weights in the first precision. What is missing is made first; the Python packages"
          + " that takes are installed under bench/target."
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

  @Mixin private ShapeOptions common;

  @Option(
      names = "--directory",
      description = "An existing model directory to measure instead of the shapes.")
  private Path directory;

  @Option(
      names = "--images",
      description = "Folder of pictures to compare and time on (random pixels).")
  private Path images;

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
      description = "CPU threads of one batch (1 and one a processor).")
  private List<Integer> threads =
      Stream.of(1, Runtime.getRuntime().availableProcessors()).distinct().toList();

  @Option(
      names = "--limit",
      defaultValue = "90s",
      converter = DurationOption.class,
      description =
          "What one row may take: it gets fewer rounds, or is listed as left out where a single one"
              + " would take longer (${DEFAULT-VALUE}).")
  private Duration limit;

  /** One encoder to measure. */
  private record Subject(
      String name, Path graph, Path preprocessing, Variant.Precision precision) {}

  @Override
  public Integer call() throws InterruptedException, IOException {
    if (threads.stream().anyMatch(count -> count < 1)
        || batchSizes().stream().anyMatch(batch -> batch < 1 || batch > 1024)) {
      throw new ParameterException(
          spec.commandLine(), "threads must be above 0, batches 1 to 1024");
    }
    return common.run(this::measure);
  }

  private boolean measure(FigureLines lines) throws InterruptedException, IOException {
    ShapeFigures figures = new ShapeFigures(lines);
    for (String shape : names()) {
      float[][] reference = null;
      for (Variant.Precision precision : precisions) {
        Subject subject = subject(shape, precision);
        for (int count : threads) {
          reference = measure(subject, count, reference, figures);
        }
      }
    }
    return true;
  }

  private List<String> names() {
    if (directory != null) {
      return List.of(directory.toAbsolutePath().normalize().getFileName().toString());
    }
    if (shapes != null) {
      return shapes;
    }
    return common.quick() ? List.of(Variant.TINY) : Variant.PUBLISHED;
  }

  private List<Integer> batchSizes() {
    return batches != null ? batches : common.quick() ? List.of(1, 4) : List.of(1, 8, 64);
  }

  private Subject subject(String name, Variant.Precision precision) throws InterruptedException {
    if (directory == null) {
      ModelMaker maker = common.maker();
      Variant variant = Variant.published(name);
      return new Subject(
          name, maker.graph(variant, precision), maker.preprocessing(variant), precision);
    }
    for (String folder : List.of("", "onnx")) {
      Path graph = directory.resolve(folder).resolve(precision.file(Variant.Tower.VISION));
      if (Files.isRegularFile(graph)) {
        return new Subject(name, graph, directory.resolve("preprocessor_config.json"), precision);
      }
    }
    throw new BadInputException(
        directory.resolve(precision.file(Variant.Tower.VISION))
            + ": no such file; tools/precision/convert.py makes it");
  }

  private float[][] measure(Subject subject, int count, float[][] reference, ShapeFigures figures)
      throws InterruptedException, IOException {
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
    try (EncoderSpeed encoder = EncoderSpeed.open(subject.graph(), preprocessing, settings)) {
      // Looked at only where there is something to compare with.
      float[][] found = precisions.size() > 1 ? encoder.embed(pictures) : null;
      Optional<Likeness> likeness =
          Optional.ofNullable(reference).map(same -> Likeness.of(found, same));
      double imageSeconds = imageSeconds(encoder, pictures);
      for (int batch : batchSizes()) {
        ShapeFigures.Row row =
            new ShapeFigures.Row(
                subject.name(), subject.precision(), encoder.openSeconds(), count, batch);
        SpeedComparison.Case what =
            new SpeedComparison.Case(
                batch,
                List.of(1),
                1,
                Runtime.getRuntime().availableProcessors(),
                common.rounds(),
                common.time());
        double round = what.roundSeconds(imageSeconds);
        int rounds = (int) Math.min(common.rounds(), limit.toMillis() / 1e3 / round);
        if (rounds == 0) {
          figures.leftOut(row, round);
        } else {
          figures.measured(row, SpeedComparison.of(encoder, what.in(rounds), pictures), likeness);
        }
      }
      return reference != null ? reference : found;
    }
  }

  private static double imageSeconds(EncoderSpeed encoder, List<RgbImage> pictures) {
    long began = System.nanoTime();
    encoder.embed(pictures.subList(0, 1));
    return (System.nanoTime() - began) / 1e9;
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
