package dev.halcyon.app.commands;

import dev.halcyon.app.Home;
import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.decision.Decision;
import dev.halcyon.app.decision.LabelSetDecider;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.app.labels.LabelSetCompiler;
import dev.halcyon.app.labels.LabelSetRefusedException;
import dev.halcyon.app.labels.TextDemand;
import dev.halcyon.clip.ClipModel;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ImageAnalyzer;
import dev.halcyon.clip.ImageSource;
import dev.halcyon.clip.Outcome;
import dev.halcyon.clip.Rejected;
import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Evidence and decision of image files, without Kafka. */
@Command(
    name = "classify",
    description = {
      "Tag image files by a label set, without Kafka.",
      "Decides exactly as the stream would: the same model, label set and checks."
    },
    mixinStandardHelpOptions = true)
public final class ClassifyCommand implements Callable<Integer> {
  @Mixin private ConfigOption config;

  @Parameters(paramLabel = "IMAGE", arity = "1..*", description = "Image files.")
  private List<Path> images;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Label set, YAML or JSON; the default pack where absent.")
  private Path labels;

  @Option(
      names = "--text",
      paramLabel = "HOW",
      description =
          "Look for written text: ${COMPLETION-CANDIDATES}; what the label set asks for where"
              + " absent.")
  private TextAnalysis text;

  @Option(
      names = "--surface",
      paramLabel = "NAME",
      description = "Decide as for uploads of this surface.")
  private String surface;

  @Option(names = "--all", description = "Show every tag, and why each label stands as it does.")
  private boolean all;

  @Option(names = "--json", description = "One JSON object a line on standard output.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    for (Path image : images) {
      if (!Files.isRegularFile(image)) {
        throw new BadInputException(image + ": no such file");
      }
    }
    AppConfig app = config.load();
    Path file = labels == null ? Home.resolve(DefaultPack.PATH) : labels;
    LabelSet set = LabelSetFile.read(file);
    try (ClipModel model =
            ClipModel.open(Home.resolve(app.engine().modelDirectory()), app.engine().settings());
        ImageAnalyzer analyzer = model.analyzer(app.images().settings(app.fetch()))) {
      Decider decider = decider(file, set, model);
      TextAnalysis how = text == null ? TextDemand.of(List.of(set)) : text;
      OutcomePrinter printer = new OutcomePrinter(Terminal.wantsColours(), all);
      PrintStream out = System.out;
      if (!json) {
        out.println(printer.heading());
      }
      List<Pending> pending = new ArrayList<>();
      for (Path image : images) {
        pending.add(
            new Pending(
                image,
                System.nanoTime(),
                analyzer.analyze(new ImageSource.Inline(bytes(image)), how)));
      }
      for (Pending next : pending) {
        ImageOutcome outcome = outcome(decider, next);
        out.println(json ? OutcomePrinter.json(outcome) : printer.row(outcome));
      }
    }
    return ExitCode.OK;
  }

  private record Pending(Path image, long startedNanos, CompletableFuture<Outcome> outcome) {}

  private ImageOutcome outcome(Decider decider, Pending pending) {
    String name = pending.image().getFileName().toString();
    Outcome outcome = pending.outcome().join();
    long latencyMs = (System.nanoTime() - pending.startedNanos()) / 1_000_000;
    if (outcome instanceof Rejected rejected) {
      return ImageOutcome.rejected(
          name, name, rejected.reason().name(), rejected.detail(), latencyMs);
    }
    Evidence evidence = (Evidence) outcome;
    Decision decision =
        decider.decide(evidence, new Decider.Context(name, Optional.ofNullable(surface)));
    return ImageOutcome.decided(name, name, evidence.model().id(), decision, latencyMs);
  }

  private static Decider decider(Path file, LabelSet set, ClipModel model) {
    LabelSetVersion version = new LabelSetVersion(set.name(), 0, LabelSetWriter.contentHash(set));
    try {
      return new LabelSetDecider(
          new LabelSetCompiler(model.textEncoder(), model.identity())
              .compile(set, version, LocalDate.now(ZoneOffset.UTC)));
    } catch (LabelSetRefusedException e) {
      throw LabelSetFile.refused(file.toString(), e.problems());
    }
  }

  private static ByteBuffer bytes(Path image) {
    try {
      return ByteBuffer.wrap(Files.readAllBytes(image));
    } catch (IOException e) {
      throw new BadInputException(image + ": cannot be read: " + e.getMessage());
    }
  }
}
