package dev.halcyon.app.commands;

import dev.halcyon.app.Home;
import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.console.Progress;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.app.labels.LabelSetRefusedException;
import dev.halcyon.app.models.ComparisonPage;
import dev.halcyon.app.models.FolderComparison;
import dev.halcyon.app.models.ModelComparison;
import dev.halcyon.app.models.ModelLook;
import dev.halcyon.app.models.StreamComparison;
import dev.halcyon.app.pictures.PictureFolder;
import dev.halcyon.app.report.HtmlReport;
import dev.halcyon.app.topology.Shadow;
import dev.halcyon.clip.ClipModel;
import dev.halcyon.events.EvidenceEvent;
import dev.halcyon.events.wire.EventSerdes;
import dev.halcyon.labels.LabelSet;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Two models side by side. */
@Command(
    name = "compare",
    description = {
      "Two models side by side, on a folder of pictures or on the stream: what a swap changes.",
      "By label: on how many pictures each fires, how far they agree, whether the threshold needs"
          + " calibrating, and at which the second would fire as often as the first."
    },
    mixinStandardHelpOptions = true)
final class ModelsCompare implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "DIR_A", description = "Folder of the model in use.")
  private Path first;

  @Parameters(index = "1", paramLabel = "DIR_B", description = "Folder of the other model.")
  private Path second;

  /** What they are compared on. */
  static final class On {
    @Option(
        names = "--images",
        paramLabel = "DIR",
        required = true,
        description = "Pictures, those in folders below too.")
    private Path images;

    @Option(
        names = "--stream",
        required = true,
        description =
            "The evidence of DIR_A in the stream and that of DIR_B as its shadow ('halcyon run"
                + " --shadow-model DIR_B').")
    private boolean stream;
  }

  @ArgGroup(exclusive = true, multiplicity = "1")
  private On on;

  @Option(
      names = "--since",
      paramLabel = "DURATION",
      description = "How far back on the stream; default ${DEFAULT-VALUE}.",
      defaultValue = "PT24H")
  private Duration since;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Label set, YAML or JSON; the default pack where absent.")
  private Path labels;

  @Option(names = "--html", paramLabel = "FILE", description = "Write a page with pictures too.")
  private Path html;

  @Mixin private ConfigOption config;
  @Mixin private JsonOption json;

  @Override
  public Integer call() {
    AppConfig app = config.load();
    Path file = labels == null ? Home.resolve(DefaultPack.PATH) : labels;
    LabelSet set = LabelSetFile.read(file);
    if (on.stream) {
      return compareStream(app, file, set);
    }
    List<Path> pictures = PictureFolder.listAll(on.images);
    ModelLook a = look(first, app, file, set, pictures);
    ModelLook b = look(second, app, file, set, pictures);
    FolderComparison found = FolderComparison.of(set, a, b);
    PrintWriter out = spec.commandLine().getOut();
    print(found.labels(), a, b, out);
    if (html != null) {
      HtmlReport.write(html, "model-comparison", found.page());
      spec.commandLine().getErr().println(html + ": written");
    }
    return ExitCode.OK;
  }

  private int compareStream(AppConfig app, Path file, LabelSet set) {
    PrintWriter out = spec.commandLine().getOut();
    try (ClipModel a = ClipModel.open(first, app.engine().settings());
        ClipModel b = ClipModel.open(second, app.engine().settings());
        EventSerdes serdes =
            new EventSerdes(
                app.serdes().serializer(),
                app.serdes().deserializer(),
                app.serdes().clientProperties())) {
      StreamComparison found =
          StreamComparison.of(
              app.kafka().clientProperties(),
              serdes.decoder(EvidenceEvent.class),
              set,
              new StreamComparison.Side(
                  a.identity(), app.topics().evidence(), ModelLook.scorer(a, set)),
              new StreamComparison.Side(
                  b.identity(),
                  Shadow.evidenceTopic(app.topics(), b.identity().hash()),
                  ModelLook.scorer(b, set)),
              Instant.now().minus(since));
      Rows.print(
          out, found.labels().labels().stream().map(ModelsCompare::row).toList(), json.wanted());
      if (!json.wanted()) {
        out.println();
        out.printf(
            Locale.ROOT,
            "%d uploads that both saw, of %d and %d; %.1f%% of decisions agree; %d labels to"
                + " recalibrate; %d records of other models passed over%n",
            found.labels().images(),
            found.seenByA(),
            found.seenByB(),
            100 * found.labels().agreement(),
            found.labels().toRecalibrate(),
            found.passedOver());
        out.flush();
      }
      return ExitCode.OK;
    } catch (LabelSetRefusedException e) {
      throw LabelSetFile.refused(file.toString(), e.problems());
    } catch (IllegalStateException e) {
      throw new BadInputException(
          e.getMessage() + "; run the shadow first: halcyon run --shadow-model " + second);
    }
  }

  @SuppressWarnings("ClosingStandardOutputStreams") // the bar is taken away, the stream stays
  private ModelLook look(
      Path directory, AppConfig app, Path file, LabelSet set, List<Path> pictures) {
    PrintWriter err = spec.commandLine().getErr();
    try (Progress bar =
        new Progress(
            System.err, Terminal.isTerminal(), "pictures", pictures.size(), System::nanoTime)) {
      return ModelLook.at(
          directory,
          app.engine().settings(),
          app.images().settings(app.fetch()),
          set,
          pictures,
          bar::at,
          rejected ->
              err.println("halcyon: passed over " + rejected.file() + ": " + rejected.outcome()));
    } catch (LabelSetRefusedException e) {
      throw LabelSetFile.refused(file.toString(), e.problems());
    }
  }

  private void print(ModelComparison found, ModelLook a, ModelLook b, PrintWriter out) {
    Rows.print(out, found.labels().stream().map(ModelsCompare::row).toList(), json.wanted());
    if (json.wanted()) {
      return;
    }
    out.println();
    out.printf(
        Locale.ROOT,
        "%d pictures; %.1f%% of decisions agree; %d labels to recalibrate%n",
        found.images(),
        100 * found.agreement(),
        found.toRecalibrate());
    for (ModelLook look : List.of(a, b)) {
      out.printf(
          Locale.ROOT,
          "%s: %.1f images/s from file to evidence, loaded in %.1f s, %.0f MB, %d dimensions%n",
          look.model().identity().id(),
          look.imagesPerSecond(),
          look.loadSeconds(),
          look.model().bytes() / 1e6,
          look.model().identity().dimensions());
    }
    out.flush();
  }

  private static Map<String, Object> row(ModelComparison.Line line) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("label", line.label());
    row.put("firedA", line.firedByA());
    row.put("firedB", line.firedByB());
    row.put("both", line.firedByBoth());
    row.put("agree", rounded(line.agreement()));
    row.put("kappa", rounded(line.kappa()));
    row.put("rank", rounded(line.rankCorrelation()));
    row.put("threshold", rounded(line.threshold()));
    row.put("matching", rounded(line.matchingThreshold()));
    row.put("advice", ComparisonPage.word(line.advice()));
    return row;
  }

  private static double rounded(double value) {
    return Math.round(value * 1000) / 1000.0;
  }
}
