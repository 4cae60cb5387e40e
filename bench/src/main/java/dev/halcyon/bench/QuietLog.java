package dev.halcyon.bench;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.List;
import org.slf4j.LoggerFactory;

/** The log of a bench: nothing but the program's own errors. */
public final class QuietLog {
  private QuietLog() {}

  /** Keeps what brokers, clients and engines say of their start and end out of the figures. */
  public static void begin() {
    for (String noisy : List.of("kafka", "org.apache.kafka", "state.change.logger")) {
      ((Logger) LoggerFactory.getLogger(noisy)).setLevel(Level.OFF);
    }
    ((Logger) LoggerFactory.getLogger("dev.halcyon")).setLevel(Level.ERROR);
  }
}
