package dev.halcyon.bench.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halcyon.bench.JsonFigures;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The preprocessing bench in small: that it runs and gives its figures. */
class PreprocessCommandTest {
  @Test
  void everyWayIsMeasured() throws Exception {
    List<JsonNode> figures = JsonFigures.of(new PreprocessCommand(), "--quick", "--json");

    assertThat(figures).hasSize(2);
    assertThat(figures.get(0).get("value").asDouble()).isPositive();
    assertThat(figures.get(0).get("imageIo").asDouble()).isPositive();
    // A picture of this size is not decoded smaller: only arithmetic that rounds less differs.
    assertThat(figures.get(1).get("value").asDouble()).isCloseTo(1, within(1e-6));
    assertThat(figures.get(1).get("levels").asDouble()).isZero();
    assertThat(figures.get(1).get("exactResize").asDouble()).isBetween(0.99, 0.9999999);
  }
}
