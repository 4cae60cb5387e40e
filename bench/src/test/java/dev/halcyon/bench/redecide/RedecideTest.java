package dev.halcyon.bench.redecide;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halcyon.bench.JsonFigures;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bench in small. */
class RedecideTest {
  @Test
  void everyFigureIsMeasuredAndTheCeilingIsOne() throws Exception {
    List<JsonNode> figures = JsonFigures.of(new Redecide(), "--quick", "--json");
    assertThat(figures).hasSize(11);
    for (JsonNode figure : figures) {
      String what = figure.get("case").asText();
      assertThat(figure.get("value").asDouble()).as(what).isPositive();
      if (what.startsWith("ceiling")) {
        assertThat(figure.get("ratio").asDouble()).isEqualTo(1);
      } else if (!what.startsWith("preview")) {
        assertThat(figure.get("ratio").asDouble()).as(what).isPositive().isLessThan(10);
      }
    }
    assertThat(figures.get(10).get("case").asText()).startsWith("preview from Kafka");
  }
}
