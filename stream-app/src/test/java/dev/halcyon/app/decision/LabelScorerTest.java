package dev.halcyon.app.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.halcyon.app.labels.LabelSetCompiler;
import dev.halcyon.app.labels.WordSpace;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetReader;
import dev.halcyon.labels.ReadResult;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LabelScorerTest {
  @ParameterizedTest
  @CsvSource({"1, 1", "3, 2", "8, 16", "61, 17", "64, 33", "130, 100", "512, 40"})
  void agreesWithTheScalarProductAndScoresAnImageAloneAsInABatch(int dimensions, int labels)
      throws Exception {
    WordSpace words = new WordSpace("d" + dimensions, dimensions);
    StringBuilder body = new StringBuilder("name: many\nowner: team\n");
    body.append("groups: [{id: g, background: [street]}]\nlabels:\n");
    for (int l = 0; l < labels; l++) {
      body.append("  - {id: l").append(l).append(", prompts: [word").append(l).append("]}\n");
    }
    LabelSet set = ((ReadResult.Read) LabelSetReader.read(body.toString())).labelSet();
    CompiledLabelSet compiled =
        new LabelSetCompiler(words, words.model())
            .compile(set, new LabelSetVersion("many", 1, "hash"), LocalDate.of(2026, 1, 1));
    LabelScorer scorer = new LabelScorer(compiled);
    Random random = new Random(dimensions * 1000L + labels);
    float[][] images = new float[Columns.WIDTH + 5][];
    for (int i = 0; i < images.length; i++) {
      images[i] = words.embed("image" + random.nextInt() + " word" + random.nextInt(labels));
    }

    float[][] batched = new float[images.length][scorer.rowCount()];
    scorer.similarities(
        List.of(images),
        (row, from, count, similarities) -> {
          for (int i = 0; i < count; i++) {
            batched[from + i][row] = similarities[i];
          }
        });

    for (int i = 0; i < images.length; i++) {
      assertThat(scorer.similarities(images[i])).containsExactly(batched[i]);
      for (CompiledLabel label : compiled.labels()) {
        int row = label.group().asWritten().labelRows()[label.position()];
        assertThat((double) batched[i][row])
            .isCloseTo(100 * dot(images[i], label.vectors().direction()), within(1e-3));
      }
    }
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int d = 0; d < a.length; d++) {
      sum += (double) a[d] * b[d];
    }
    return sum;
  }
}
