package dev.halcyon.app.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** How the instances share the partitions. */
public enum GroupProtocol {
  /** The instances' own assignor; every broker knows it. */
  @JsonProperty("classic")
  CLASSIC,
  /** The broker's assignor, Kafka 4.2 and later. */
  @JsonProperty("streams")
  STREAMS;

  /** Kafka's word for it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
