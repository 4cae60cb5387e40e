package dev.halcyon.app.commands;

import dev.halcyon.app.Home;
import dev.halcyon.app.audit.AuditText;
import dev.halcyon.app.audit.CanarySet;
import dev.halcyon.app.audit.Finding;
import dev.halcyon.app.audit.LabelSetAudit;
import dev.halcyon.app.audit.PictureAudit;
import dev.halcyon.app.audit.PublishGate;
import dev.halcyon.app.audit.RateLimits;
import dev.halcyon.app.audit.WrittenWordAudit;
import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.console.Progress;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.decision.LabelSetDecider;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.app.labels.GateWaiver;
import dev.halcyon.app.labels.LabelSetCompiler;
import dev.halcyon.app.labels.LabelSetRefusedException;
import dev.halcyon.app.labels.StoredVersion;
import dev.halcyon.clip.ClipModel;
import dev.halcyon.clip.ImageAnalyzer;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetWriter;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Holds a change against the publish gate, and says what it found. */
final class GateCheck {
  private final AppConfig app;
  private final PrintWriter err;

  GateCheck(AppConfig app, PrintWriter err) {
    this.app = app;
    this.err = err;
  }

  /**
   * What became of a change at the gate.
   *
   * @param passes whether it may be published
   * @param waiver who let it pass, where that was needed
   */
  record Result(boolean passes, Optional<GateWaiver> waiver) {}

  /**
   * Judges a change, and prints what is beyond a limit and the remedies.
   *
   * @param set the set as it is to be
   * @param current the version in force
   */
  Result judge(LabelSet set, Optional<StoredVersion> current, GateOptions options) {
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    if (!PublishGate.isTouched(set, current, today)) {
      return new Result(true, Optional.empty());
    }
    PublishGate.Verdict verdict;
    try (ClipModel model =
            ClipModel.open(Home.resolve(app.engine().modelDirectory()), app.engine().settings());
        ImageAnalyzer analyzer = model.analyzer(app.images().settings(app.fetch()))) {
      verdict = new PublishGate(tests(model, analyzer)).judge(set, current, today);
    }
    Optional<GateWaiver> waiver = options.waiver(verdict, today);
    List<Finding> beyond = verdict.beyond();
    if (beyond.isEmpty()) {
      return new Result(true, Optional.empty());
    }
    err.print(new AuditText(Terminal.wantsColours()).findings(beyond));
    if (waiver.isPresent()) {
      err.println("Waived by " + waiver.get());
      err.flush();
      return new Result(true, waiver);
    }
    err.println(
        "halcyon: "
            + set.name()
            + " is beyond its limits and nothing was written; change it, or let it pass with"
            + " --waiver-by, --waiver-reason and --waiver-until. 'halcyon labels audit' shows"
            + " everything.");
    err.flush();
    return new Result(false, Optional.empty());
  }

  private List<PublishGate.GateTest> tests(ClipModel model, ImageAnalyzer analyzer) {
    List<PublishGate.GateTest> tests = new ArrayList<>();
    LabelSetAudit words = new LabelSetAudit(model.textEncoder(), model.identity());
    // One for all tests: it keeps what it has encoded.
    LabelSetCompiler compiler = new LabelSetCompiler(model.textEncoder(), model.identity());
    tests.add(
        (set, judged, day) -> {
          try (Progress progress = progress("sentences", LabelSetAudit.sentenceCount(set))) {
            return words.run(set, judged, day, progress::at).findings();
          }
        });
    tests.add(
        (set, judged, day) ->
            new WrittenWordAudit(analyzer).run(set, decider(compiler, set, day), judged));
    Path folder = Home.resolve(app.bias().canaries());
    CanarySet.readIfThere(folder)
        .ifPresent(
            canaries ->
                tests.add(
                    (set, judged, day) ->
                        hasLimits(set, judged)
                            ? pictures(
                                new PictureAudit(analyzer, model.textEncoder()),
                                folder,
                                canaries,
                                set,
                                decider(compiler, set, day),
                                judged)
                            : List.of()));
    return tests;
  }

  /** Canary pictures are looked at only for labels with limits on rates. */
  private static boolean hasLimits(LabelSet set, Predicate<String> judged) {
    return set.labels().stream()
        .anyMatch(label -> judged.test(label.id()) && !RateLimits.of(label.bias()).isNone());
  }

  private static List<Finding> pictures(
      PictureAudit audit,
      Path folder,
      CanarySet canaries,
      LabelSet set,
      Decider decider,
      Predicate<String> judged) {
    try (Progress progress = progress("canary pictures", canaries.pictures().size())) {
      return audit.run(folder, canaries, set, decider, judged, progress::at).findings();
    }
  }

  private static Decider decider(LabelSetCompiler compiler, LabelSet set, LocalDate day) {
    try {
      return new LabelSetDecider(
          compiler.compile(
              set, new LabelSetVersion(set.name(), 0, LabelSetWriter.contentHash(set)), day));
    } catch (LabelSetRefusedException e) {
      throw LabelSetFile.refused(set.name(), e.problems());
    }
  }

  private static Progress progress(String what, long total) {
    return new Progress(System.err, Terminal.isTerminal(), what, total, System::nanoTime);
  }
}
