package dev.halcyon.app.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MetersPageTest {
  @Test
  void thePageIsUpToDate() throws Exception {
    Path page = Path.of(System.getProperty("halcyon.home"), "docs", "metrics.md");
    assertThat(Files.readString(page))
        .as("run ./halcyon config --metrics > docs/metrics.md")
        .isEqualTo(MetersPage.markdown());
  }

  @Test
  void namesAreOnlyGivenOnce() {
    assertThat(Arrays.stream(Meters.values()).map(Meters::meterName)).doesNotHaveDuplicates();
  }

  @Test
  void aMeterTakesAsManyTagValuesAsItHasTags() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Meters.REJECTS.counter(registry, "EMPTY").increment();
    assertThat(registry.scrape()).contains("halcyon_rejects_images_total{reason=\"EMPTY\"} 1.0");
    assertThatThrownBy(() -> Meters.REJECTS.counter(registry))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("halcyon.rejects has the tags [reason]");
  }
}
