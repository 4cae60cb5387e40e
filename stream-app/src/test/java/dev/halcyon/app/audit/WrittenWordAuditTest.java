package dev.halcyon.app.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.app.audit.Finding.Kind;
import dev.halcyon.app.audit.Finding.Level;
import dev.halcyon.app.decision.LabelSetDecider;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.app.labels.LabelSetCompiler;
import dev.halcyon.app.labels.WordSpace;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ImageAnalyzer;
import dev.halcyon.clip.ImageSource;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.clip.Outcome;
import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.labels.LabelSet;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A label that fires on its own name in writing is found, and only then. */
final class WrittenWordAuditTest {
  private static final String LABELS =
      """
      - id: firearm
          prompts: [gun]
          severity: 2
          action: %s
          typographic: {mode: "off", lexicon: [gun]%s}
      """;

  private final WordSpace space = new WordSpace("words", 1024);

  @Test
  void aLabelThatFiresOnItsOwnNameIsRemarkedUponAndRefusedWhereItBlocks() {
    Finding review = only(run("review", "", "gun"));
    assertThat(review.kind()).isEqualTo(Kind.WRITTEN_WORD);
    assertThat(review.level()).isEqualTo(Level.WARNING);
    assertThat(review.sentence()).contains("the word \"gun\"");
    assertThat(only(run("block", "", "gun")).level()).isEqualTo(Level.BEYOND);
  }

  @Test
  void aModelThatDoesNotReadAndWordsThatViolateThemselvesAreNoFinding() {
    assertThat(run("block", "", "street")).isEmpty();
    assertThat(run("block", ", textIsViolation: true", "gun")).isEmpty();
  }

  @Test
  void aSheetIsTheWordAndNothingElse() {
    assertThat(WrittenWordAudit.sheet("gun")).isEqualTo(WrittenWordAudit.sheet("gun"));
    assertThat(WrittenWordAudit.sheet("gun")).isNotEqualTo(WrittenWordAudit.sheet("dog"));
  }

  /** Runs with a model that sees {@code seen} in a sheet with the word "gun", else a street. */
  private List<Finding> run(String action, String typographic, String seen) {
    LabelSet set =
        PolicyLintTest.set("independent", "street", LABELS.formatted(action, typographic));
    byte[] gun = WrittenWordAudit.sheet("gun");
    ImageAnalyzer analyzer =
        new ImageAnalyzer() {
          @Override
          public CompletableFuture<Outcome> analyze(ImageSource image, TextAnalysis text) {
            boolean isGun = Arrays.equals(((ImageSource.Inline) image).bytes().array(), gun);
            return CompletableFuture.completedFuture(
                new Evidence(
                    space.model(),
                    space.embed(isGun ? seen : "street"),
                    Optional.empty(),
                    448,
                    336,
                    "png",
                    "0".repeat(64),
                    false));
          }

          @Override
          public ModelIdentity model() {
            return space.model();
          }

          @Override
          public void close() {}
        };
    try {
      LabelSetDecider decider =
          new LabelSetDecider(
              new LabelSetCompiler(space, space.model())
                  .compile(set, new LabelSetVersion("test", 1, "hash"), LocalDate.of(2026, 6, 1)));
      return new WrittenWordAudit(analyzer).run(set, decider, label -> true);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static Finding only(List<Finding> findings) {
    assertThat(findings).hasSize(1);
    return findings.get(0);
  }
}
