package dev.halcyon.app.commands;

import dev.halcyon.app.Home;
import dev.halcyon.app.calibration.CalibratedSet;
import dev.halcyon.app.calibration.ProbeFit;
import dev.halcyon.app.calibration.RankQuality;
import dev.halcyon.app.calibration.ShotCurve;
import dev.halcyon.app.calibration.Target;
import dev.halcyon.app.calibration.TooFewExamplesException;
import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.console.Progress;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.app.pictures.PictureFolder;
import dev.halcyon.app.pictures.PictureLooker;
import dev.halcyon.app.pictures.PictureLooker.Seen;
import dev.halcyon.clip.ClipModel;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ImageAnalyzer;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.clip.Rejected;
import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.labels.Calibration;
import dev.halcyon.labels.Label;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.Probe;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A label defined by pictures. */
@Command(
    name = "learn",
    description = {
      "Define a label by example pictures instead of prompts: a linear probe on the embeddings.",
      "With --into the label is put into a label set in a file, in shadow where it is new; review"
          + " the file, then apply it. Without, only says how well it is learned."
    },
    mixinStandardHelpOptions = true)
final class LabelsLearn implements Callable<Integer> {
  private static final int SEEDS = 10;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "LABEL", description = "Id of the label.")
  private String id;

  @Option(
      names = "--positive",
      required = true,
      paramLabel = "DIR",
      description = "Pictures it must fire on.")
  private Path positive;

  @Option(
      names = "--negative",
      required = true,
      paramLabel = "DIR",
      description = "Pictures it must not fire on: ordinary ones, and near misses.")
  private Path negative;

  @Option(
      names = "--into",
      paramLabel = "FILE",
      description = "Label set the label is put into; YAML, rewritten.")
  private Path into;

  @Option(
      names = "--group",
      paramLabel = "ID",
      description = "Its group, where it is new; the first independent one if absent.")
  private String group;

  @Option(
      names = "--target-fpr",
      paramLabel = "RATE",
      description =
          "Set its threshold for this false-positive rate, on scores of probes that have not seen"
              + " the picture. 0.5 as the threshold if absent.")
  private Double rate;

  @Option(
      names = "--compare",
      description = "Hold 1, 2, 4, 8 and 16 examples against the label's prompts.")
  private boolean compare;

  @Option(names = "--plot", paramLabel = "FILE", description = "The comparison as a picture, PNG.")
  private Path plot;

  @Mixin private ConfigOption config;
  @Mixin private JsonOption json;

  @Override
  public Integer call() {
    List<Path> positives = PictureFolder.listAll(positive);
    List<Path> negatives = PictureFolder.listAll(negative);
    Optional<Target> target = target();
    AppConfig app = config.load();
    LearnedLabel label =
        LearnedLabel.named(id, Optional.ofNullable(group), Optional.ofNullable(into));
    PrintWriter out = spec.commandLine().getOut();
    try (ClipModel model =
            ClipModel.open(Home.resolve(app.engine().modelDirectory()), app.engine().settings());
        ImageAnalyzer analyzer = model.analyzer(app.images().settings(app.fetch()))) {
      List<Seen> right;
      List<Seen> wrong;
      PrintStream people = System.err;
      try (Progress progress =
          new Progress(
              people,
              Terminal.isTerminal(),
              "pictures",
              positives.size() + negatives.size(),
              System::nanoTime)) {
        PictureLooker looker = new PictureLooker(analyzer, TextAnalysis.OFF, progress::at);
        right = looker.evidence(positives, this::reject);
        wrong = looker.evidence(negatives, this::reject);
      }
      if (right.isEmpty() || wrong.isEmpty()) {
        throw new BadInputException(
            (right.isEmpty() ? positive : negative) + ": none of its pictures can be used");
      }
      ProbeFit fit = ProbeFit.of(embeddings(right), embeddings(wrong));
      if (compare) {
        compare(label, model, right, wrong);
      }
      report(fit, right.size(), wrong.size());
      if (into != null) {
        write(label, model.identity(), fit, right.size(), wrong.size(), target);
        if (!json.wanted()) {
          out.println(
              "Wrote "
                  + into
                  + ". Review it, then: halcyon labels apply "
                  + into
                  + " --reason TEXT");
        }
      }
      out.flush();
      return ExitCode.OK;
    } catch (TooFewExamplesException e) {
      throw new BadInputException(e.getMessage());
    }
  }

  private Optional<Target> target() {
    try {
      return rate == null ? Optional.empty() : Optional.of(new Target.FalsePositiveRate(rate));
    } catch (IllegalArgumentException e) {
      throw new BadInputException(e.getMessage());
    }
  }

  private void reject(PictureLooker.Looked looked) {
    spec.commandLine()
        .getErr()
        .println(
            "halcyon: "
                + looked.file()
                + ": "
                + ((Rejected) looked.outcome()).detail()
                + "; it is left out");
  }

  private static List<float[]> embeddings(List<Seen> pictures) {
    return pictures.stream().map(picture -> picture.evidence().embedding()).toList();
  }

  private void report(ProbeFit fit, int positives, int negatives) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("label", id);
    row.put("positives", positives);
    row.put("negatives", negatives);
    boolean judged = fit.positiveScores().length > 0;
    row.put(
        "area",
        judged ? rounded(RankQuality.area(fit.negativeScores(), fit.positiveScores())) : "-");
    row.put("cost", fit.cost());
    if (json.wanted()) {
      Rows.print(spec.commandLine().getOut(), List.of(row), true);
      return;
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        id
            + ": learned from "
            + positives
            + " positive and "
            + negatives
            + " negative pictures"
            + (judged
                ? String.format(
                    Locale.ROOT,
                    "; on pictures it had not seen (5 folds) a positive scores above a negative"
                        + " %.1f%% of the time",
                    100 * RankQuality.area(fit.negativeScores(), fit.positiveScores()))
                : "; too few on one side to say how well"));
  }

  private void compare(LearnedLabel label, ClipModel model, List<Seen> right, List<Seen> wrong)
      throws TooFewExamplesException {
    LearnedLabel.PromptScores prompts = label.promptScores(model);
    ShotCurve curve = ShotCurve.of(examples(right, prompts), examples(wrong, prompts), SEEDS);
    ShotCurveReport report = new ShotCurveReport(id, prompts.described(), curve, SEEDS);
    PrintWriter out = spec.commandLine().getOut();
    Rows.print(out, report.rows(), json.wanted());
    if (!json.wanted()) {
      out.println(report.legend());
      out.println();
    }
    if (plot != null) {
      try {
        Files.write(plot, report.png());
      } catch (IOException e) {
        throw new BadInputException(plot + ": cannot be written: " + e);
      }
    }
  }

  private static List<ShotCurve.Example> examples(
      List<Seen> pictures, LearnedLabel.PromptScores prompts) {
    List<ShotCurve.Example> examples = new ArrayList<>();
    for (Seen picture : pictures) {
      Evidence evidence = picture.evidence();
      examples.add(new ShotCurve.Example(evidence.embedding(), prompts.of(evidence)));
    }
    return examples;
  }

  private void write(
      LearnedLabel label,
      ModelIdentity model,
      ProbeFit fit,
      int positives,
      int negatives,
      Optional<Target> target) {
    List<Float> weights = new ArrayList<>();
    for (float weight : fit.weights()) {
      weights.add(weight);
    }
    Label learned = label.with(new Probe(model.hash(), weights, fit.bias(), positives, negatives));
    LabelSet set = label.into(learned);
    if (target.isPresent()) {
      Calibration calibration = new Calibration(model.id(), model.hash(), model.preprocessingId());
      try {
        CalibratedSet calibrated =
            CalibratedSet.of(
                set,
                calibration,
                Map.of(id, new CalibratedSet.Sample(fit.negativeScores(), fit.positiveScores())),
                target.get());
        Consumer<String> refuse =
            problem -> {
              throw new BadInputException(problem + "; nothing was written");
            };
        calibrated.labels().get(0).problem().ifPresent(refuse);
        set = calibrated.set();
      } catch (IllegalArgumentException e) {
        throw new BadInputException(into + ": " + e.getMessage());
      }
    }
    LabelSetFile.requireSound(into, set);
    LabelSetFile.write(into, set, LabelSetFile.basedOnVersion(into));
  }

  private static double rounded(double value) {
    return Math.rint(value * 1e4) / 1e4;
  }
}
