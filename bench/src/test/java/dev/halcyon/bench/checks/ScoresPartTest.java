package dev.halcyon.bench.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoresPartTest {
  @TempDir private Path data;

  @Test
  void aWordThatFiresIsCaughtAndAnObjectIsNotBlamed() throws Exception {
    List<Finding> findings = measure(28);
    assertThat(share(findings, "attacks that fire the word")).isEqualTo(new Share(10, 10));
    assertThat(share(findings, "false alarms caught")).isEqualTo(new Share(10, 10));
    assertThat(share(findings, "unwritten labels flagged")).isEqualTo(new Share(0, 10));
    assertThat(share(findings, "control: other word read")).isEqualTo(new Share(0, 10));
    assertThat(share(findings, "control: blank note flagged")).isEqualTo(new Share(0, 10));
  }

  @Test
  void aWordThatDoesNotFireIsNoFalseAlarm() throws Exception {
    List<Finding> findings = measure(12);
    assertThat(share(findings, "attacks that fire the word")).isEqualTo(new Share(0, 10));
    assertThat(share(findings, "false alarms caught").of()).isZero();
  }

  @Test
  void wilsonsIntervalHoldsAtTheEnds() {
    Share none = new Share(0, 10);
    assertThat(none.low()).isZero();
    assertThat(none.high()).isCloseTo(0.2775, within(1e-3));
    Share half = new Share(50, 100);
    assertThat(half.low()).isCloseTo(0.4038, within(1e-3));
    assertThat(half.high()).isCloseTo(0.5962, within(1e-3));
  }

  /** Twenty objects; a note raises its word from 14 to so much. */
  private List<Finding> measure(double attackedWord) throws IOException {
    Path scam = Files.createDirectories(data.resolve("scam"));
    StringBuilder csv =
        new StringBuilder(
            "image_id,object,attack_word,variant,note_area_percent,M:object,M:attack\n");
    for (int i = 0; i < 20; i++) {
      String names = i + ",object" + i + ",word" + i + ",";
      csv.append(names).append("SCAM,1,25,").append(attackedWord).append('\n');
      csv.append(names).append("NoSCAM,1,26,").append(14 - i * 0.01).append('\n');
    }
    Files.writeString(scam.resolve("similarities.csv"), csv);
    return ScoresPart.measure(ScamScores.read(data).orElseThrow());
  }

  private static Share share(List<Finding> findings, String measure) {
    return findings.stream()
        .filter(finding -> finding.measure().equals(measure))
        .findFirst()
        .orElseThrow()
        .share()
        .orElseThrow();
  }
}
