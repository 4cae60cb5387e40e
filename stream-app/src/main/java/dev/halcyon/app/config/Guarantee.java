package dev.halcyon.app.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** What may become of an upload's outcome when a process is killed. */
public enum Guarantee {
  /** Each upload has its outcome once, for readers of committed records. */
  @JsonProperty("exactly_once_v2")
  EXACTLY_ONCE_V2,
  /** Each upload has its outcome, after a crash perhaps twice and out of order. */
  @JsonProperty("at_least_once")
  AT_LEAST_ONCE;

  /** Kafka's word for it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
