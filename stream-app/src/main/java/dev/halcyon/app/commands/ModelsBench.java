package dev.halcyon.app.commands;

import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.console.Progress;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.app.speed.EncoderSpeed;
import dev.halcyon.app.speed.RandomPictures;
import dev.halcyon.app.speed.SpeedComparison;
import dev.halcyon.clip.decode.RgbImage;
import dev.halcyon.clip.model.ModelDirectory;
import dev.halcyon.clip.preprocess.PreprocessingSpec;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** How fast a model is here. */
@Command(
    name = "bench",
    description = {
      "Images a second of a model on this machine, by threads and batch size.",
      "bare: the runtime's session alone, on inputs that lie ready, the ceiling. engine: from"
          + " decoded pictures through preprocessing and the common batches, as in the stream."
          + " share: how much of the ceiling that is."
    },
    mixinStandardHelpOptions = true)
final class ModelsBench implements Callable<Integer> {
  private static final int PICTURES = 64;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "Folder of a model.")
  private Path directory;

  @Option(
      names = "--batches",
      paramLabel = "N",
      split = ",",
      description = "Batch sizes; default ${DEFAULT-VALUE}.",
      defaultValue = "1,8,32")
  private List<Integer> batches;

  @Option(
      names = "--threads",
      paramLabel = "N",
      split = ",",
      description = "Threads of a batch; 1 and the machine's processors where absent.")
  private List<Integer> threads;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "Time for each figure; default ${DEFAULT-VALUE}.",
      defaultValue = "4")
  private int seconds;

  @Mixin private ConfigOption config;
  @Mixin private JsonOption json;

  @Override
  @SuppressWarnings("ClosingStandardOutputStreams") // the bar is taken away, the stream stays
  public Integer call() throws InterruptedException {
    ModelDirectory model = ModelDirectory.open(directory, config.load().engine().weights());
    PreprocessingSpec preprocessing = PreprocessingSpec.read(model.preprocessing());
    List<RgbImage> pictures = RandomPictures.of(PICTURES, 640, 480, 1);
    int processors = Runtime.getRuntime().availableProcessors();
    List<Integer> counts =
        threads != null ? threads : processors == 1 ? List.of(1) : List.of(1, processors);
    List<Map<String, Object>> rows = new ArrayList<>();
    long steps = (long) counts.size() * batches.size();
    try (Progress bar =
        new Progress(System.err, Terminal.isTerminal(), "figures", steps, System::nanoTime)) {
      for (int count : counts) {
        AppConfig app = config.load(Map.of("engine.intraOpThreads", Integer.toString(count)));
        try (EncoderSpeed speed =
            EncoderSpeed.open(model.visionModel(), preprocessing, app.engine().settings())) {
          for (int batch : batches) {
            rows.add(row(speed, count, batch, pictures));
            bar.at(rows.size());
          }
        }
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    Rows.print(out, rows, json.wanted());
    return ExitCode.OK;
  }

  private Map<String, Object> row(
      EncoderSpeed speed, int threads, int batch, List<RgbImage> pictures)
      throws InterruptedException {
    SpeedComparison found =
        SpeedComparison.of(
            speed,
            new SpeedComparison.Case(
                batch, List.of(1), 1, Math.max(2, threads), 1, Duration.ofSeconds(seconds)),
            pictures);
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("threads", threads);
    row.put("batch", batch);
    row.put("bare images/s", rounded(found.ceiling().median()));
    row.put("engine images/s", rounded(found.ours().median()));
    row.put("share", rounded(found.share().median()));
    row.put("open s", rounded(speed.openSeconds()));
    row.put("on", speed.provider().settingName());
    return row;
  }

  private static String rounded(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
