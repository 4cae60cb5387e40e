package dev.halcyon.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EngineSettingsTest {
  private static EngineSettings settings(int threads, int batches, int maxBatch) {
    EngineSettings d = EngineSettings.defaults();
    return new EngineSettings(
        d.provider(),
        d.deviceId(),
        d.weights(),
        threads,
        batches,
        maxBatch,
        d.linger(),
        d.runTimeout(),
        d.memoryPattern());
  }

  @ParameterizedTest
  @CsvSource({
    "CPU, 1, 1, 1, 4",
    "CPU, 2, 2, 1, 4",
    "CPU, 4, 4, 1, 4",
    "CPU, 16, 4, 4, 4",
    "CUDA, 16, 2, 8, 32",
    "TENSORRT, 1, 2, 1, 32",
  })
  void whatIsLeftOpenIsChosenForTheDevice(
      ExecutionProvider device, int processors, int batches, int threads, int maxBatch) {
    EngineSettings chosen = EngineSettings.defaults().on(device, processors);

    assertThat(chosen.provider()).isEqualTo(device);
    assertThat(chosen.concurrentBatches()).isEqualTo(batches);
    assertThat(chosen.intraOpThreads()).isEqualTo(threads);
    assertThat(chosen.maxBatch()).isEqualTo(maxBatch);
  }

  @Test
  void whatIsSetStays() {
    EngineSettings set = settings(3, 5, 7).on(ExecutionProvider.CPU, 2);

    assertThat(set.intraOpThreads()).isEqualTo(3);
    assertThat(set.concurrentBatches()).isEqualTo(5);
    assertThat(set.maxBatch()).isEqualTo(7);
    assertThat(set.linger()).isEqualTo(Duration.ofMillis(10));
  }

  @Test
  void otherBatchesLeaveTheRest() {
    EngineSettings before = settings(3, 5, 7);
    EngineSettings after = before.withBatches(2, 16, Duration.ZERO);

    assertThat(after.concurrentBatches()).isEqualTo(2);
    assertThat(after.maxBatch()).isEqualTo(16);
    assertThat(after.linger()).isZero();
    assertThat(after.withBatches(5, 7, before.linger())).isEqualTo(before);
  }

  @Test
  void aNumberOutOfRangeIsRefusedByName() {
    assertThatThrownBy(() -> settings(0, 0, 1025))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxBatch 1025 is out of range: give 0 to 1024");
  }
}
