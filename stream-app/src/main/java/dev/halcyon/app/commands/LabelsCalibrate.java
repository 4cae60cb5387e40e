package dev.halcyon.app.commands;

import dev.halcyon.app.Home;
import dev.halcyon.app.calibration.CalibratedSet;
import dev.halcyon.app.calibration.CalibratedSet.Outcome;
import dev.halcyon.app.calibration.CalibratedSet.Sample;
import dev.halcyon.app.calibration.Target;
import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.console.Progress;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.app.labels.TextDemand;
import dev.halcyon.app.pictures.ExampleFolders;
import dev.halcyon.app.pictures.PictureLooker;
import dev.halcyon.clip.ClipModel;
import dev.halcyon.clip.ImageAnalyzer;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.clip.Rejected;
import dev.halcyon.labels.Calibration;
import dev.halcyon.labels.Label;
import dev.halcyon.labels.LabelSet;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Thresholds from example pictures. */
@Command(
    name = "calibrate",
    description = {
      "Measure a set's thresholds on example pictures.",
      "DIR holds background/ (ordinary pictures, on which nothing should fire) and for each label"
          + " LABEL/positive/ and, in place of the background, LABEL/negative/.",
      "Writes a file to be reviewed and applied, bound to the model that scored. Exit code 1: some"
          + " label has too few examples and keeps its threshold."
    },
    mixinStandardHelpOptions = true)
final class LabelsCalibrate implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SET", description = "FILE, NAME or NAME@VERSION.")
  private String source;

  @Option(
      names = "--examples",
      required = true,
      paramLabel = "DIR",
      description = "Folder of example pictures.")
  private Path examples;

  @ArgGroup private Wanted wanted = new Wanted();

  @Option(
      names = "--label",
      paramLabel = "ID",
      description =
          "Only this label; may be given several times. All that have examples if absent.")
  private List<String> only = List.of();

  @Option(
      names = "--into",
      paramLabel = "FILE",
      description = "The calibrated set; NAME.calibrated.yaml if absent.")
  private Path into;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "A page with a histogram of each label's scores, HTML.")
  private Path report;

  @Option(
      names = "--plots",
      paramLabel = "DIR",
      description = "The histograms as pictures, one a label, PNG.")
  private Path plots;

  @Mixin private ConfigOption config;
  @Mixin private JsonOption json;

  /** What is to be reached: one of the two. */
  static final class Wanted {
    @Option(
        names = "--target-fpr",
        paramLabel = "RATE",
        description = "False-positive rate on the background; 0.01 if absent.")
    private Double rate;

    @Option(
        names = "--target-precision",
        paramLabel = "SHARE",
        description = "Share of right ones among the examples that fire.")
    private Double precision;

    Target target() {
      try {
        return precision == null
            ? new Target.FalsePositiveRate(rate == null ? 0.01 : rate)
            : new Target.Precision(precision);
      } catch (IllegalArgumentException e) {
        throw new BadInputException(e.getMessage());
      }
    }
  }

  @Override
  public Integer call() {
    Target target = wanted.target();
    AppConfig app = config.load();
    SourceSet from = SourceSet.open(source, app);
    LabelSet set = from.set();
    ExampleFolders folders =
        ExampleFolders.open(
            examples, set.labels().stream().map(Label::id).collect(Collectors.toSet()));
    CalibratedSet calibrated;
    ModelIdentity identity;
    try (ClipModel model =
            ClipModel.open(Home.resolve(app.engine().modelDirectory()), app.engine().settings());
        ImageAnalyzer analyzer = model.analyzer(app.images().settings(app.fetch()))) {
      identity = model.identity();
      ExampleScores scores = new ExampleScores(source, set, model, folders);
      List<String> labels = chosen(scores.labels());
      Map<String, Sample> samples = scored(scores, labels, analyzer, set);
      calibrated =
          CalibratedSet.of(
              set,
              new Calibration(identity.id(), identity.hash(), identity.preprocessingId()),
              samples,
              target);
    } catch (IllegalArgumentException e) {
      throw new BadInputException(source + ": " + e.getMessage());
    }
    return conclude(from, calibrated, identity, target);
  }

  private List<String> chosen(List<String> scored) {
    for (String label : only) {
      if (!scored.contains(label)) {
        throw new BadInputException(
            "--label "
                + label
                + ": has no examples in "
                + examples
                + ", or is retired or expired; there are: "
                + String.join(", ", new TreeSet<>(scored)));
      }
    }
    return only.isEmpty() ? scored : List.copyOf(new TreeSet<>(only));
  }

  private Map<String, Sample> scored(
      ExampleScores scores, List<String> labels, ImageAnalyzer analyzer, LabelSet set) {
    PrintWriter err = spec.commandLine().getErr();
    PrintStream people = System.err;
    try (Progress progress =
        new Progress(
            people,
            Terminal.isTerminal(),
            "pictures",
            scores.pictures(labels).size(),
            System::nanoTime)) {
      return scores.of(
          labels,
          new PictureLooker(analyzer, TextDemand.of(List.of(set)), progress::at),
          looked ->
              err.println(
                  "halcyon: "
                      + looked.file()
                      + ": "
                      + ((Rejected) looked.outcome()).detail()
                      + "; it is left out"));
    }
  }

  private int conclude(
      SourceSet from, CalibratedSet calibrated, ModelIdentity model, Target target) {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    List<Outcome> refused =
        calibrated.labels().stream().filter(label -> label.problem().isPresent()).toList();
    refused.forEach(
        label ->
            err.println("halcyon: labels." + label.before().id() + ": " + label.problem().get()));
    CalibrationReport page = new CalibrationReport(calibrated, model, target);
    if (plots != null) {
      page.writePlots(plots);
    }
    if (report != null) {
      page.write(report);
    }
    if (refused.size() == calibrated.labels().size()) {
      throw new BadInputException(source + ": no threshold could be measured; nothing was written");
    }
    Path file = into == null ? Path.of(from.set().name() + ".calibrated.yaml") : into;
    LabelSetFile.write(file, calibrated.set(), from.basedOn());
    calibrated
        .labels()
        .forEach(
            label ->
                label
                    .note()
                    .ifPresent(
                        note ->
                            err.println("halcyon: labels." + label.before().id() + ": " + note)));
    Rows.print(out, json.wanted() ? page.facts() : page.rows(), json.wanted());
    if (!json.wanted()) {
      out.println();
      out.println(
          "Measured on "
              + model.id()
              + "; wrote "
              + file
              + ". Review it, then: halcyon labels apply "
              + file
              + " --reason TEXT");
      out.flush();
    }
    return refused.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
  }
}
