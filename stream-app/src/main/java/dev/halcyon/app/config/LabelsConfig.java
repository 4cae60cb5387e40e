package dev.halcyon.app.config;

import java.lang.management.ManagementFactory;
import java.time.Duration;

/** Label sets on this instance. */
public record LabelsConfig(
    @Setting("How this instance signs its status events; empty takes process id and host name.")
        String instanceId,
    @Setting("How long a start may wait for the label topic and for a first usable label set.")
        Duration loadTimeout,
    @Setting("Over how long a label's share of alerts is taken, for its set's alertQuota.")
        Duration quotaWindow,
    @Setting("Fewest images in that time before a label can be over its quota, at least 1.")
        int quotaMinImages) {
  public LabelsConfig {
    Positive.require("loadTimeout", loadTimeout);
    Positive.require("quotaWindow", quotaWindow);
    if (quotaMinImages < 1) {
      throw new ConfigException("quotaMinImages " + quotaMinImages + " is below 1");
    }
  }

  public static LabelsConfig defaults() {
    return new LabelsConfig("", Duration.ofSeconds(30), Duration.ofMinutes(5), 500);
  }

  /** The name of this instance. */
  public String instance() {
    return instanceId.isBlank() ? ManagementFactory.getRuntimeMXBean().getName() : instanceId;
  }
}
