package dev.halcyon.app.config;

import java.time.Duration;

/** Durations that must be at least a millisecond, the unit in which Kafka takes them. */
final class Positive {
  private Positive() {}

  static void require(String setting, Duration value) {
    if (value.compareTo(Duration.ofMillis(1)) < 0) {
      throw new ConfigException(setting + " " + Durations.format(value) + " is below 1ms");
    }
  }
}
