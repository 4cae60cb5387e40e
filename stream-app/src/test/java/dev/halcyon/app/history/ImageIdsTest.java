package dev.halcyon.app.history;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ImageIdsTest {
  @Test
  void anIdIsNewOnceHoweverManyThereAre() {
    ImageIds ids = new ImageIds();
    for (int i = 0; i < 10_000; i++) {
      assertThat(ids.add("image-" + i)).isTrue();
    }
    for (int i = 0; i < 10_000; i++) {
      assertThat(ids.add("image-" + i)).isFalse();
    }
    assertThat(ids.add("image-10000")).isTrue();
    assertThat(ids.add("")).isTrue();
    assertThat(ids.add("")).isFalse();
  }
}
