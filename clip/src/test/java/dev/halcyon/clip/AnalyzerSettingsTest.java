package dev.halcyon.clip;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AnalyzerSettingsTest {
  private static final AnalyzerSettings BEFORE = AnalyzerSettings.defaults();

  @Test
  void otherPartsLeaveTheRest() {
    AnalyzerSettings after = BEFORE.withParts(0, 3);

    assertThat(after.tileAspect()).isZero();
    assertThat(after.animationFrames()).isEqualTo(3);
    assertThat(after.withParts(BEFORE.tileAspect(), BEFORE.animationFrames())).isEqualTo(BEFORE);
  }

  @Test
  void anotherCacheLeavesTheRest() {
    AnalyzerSettings after = BEFORE.withCacheBytes(0);

    assertThat(after.cacheBytes()).isZero();
    assertThat(after.withCacheBytes(BEFORE.cacheBytes())).isEqualTo(BEFORE);
  }
}
