package dev.halcyon.app.config;

import java.time.Duration;

/**
 * The window of pending uploads, one for each partition.
 *
 * @param maxImages most uploads in the window
 * @param maxBytes most inline image bytes in the window
 * @param fullWait how long a stream thread waits, in one round over its partitions, for room
 * @param punctuateEvery how often finished uploads are sent on while no new ones arrive
 * @param stallAfter how long the engine may finish nothing before the program stops
 */
public record WindowConfig(
    @Setting("Most uploads of one partition that are being analyzed at once, 1 to 100000.")
        int maxImages,
    @Setting(
            "Most bytes of images carried inside the uploads of one partition that are being"
                + " analyzed at once; a larger image is analyzed alone.")
        long maxBytes,
    @Setting(
            "How long a stream thread waits for room in one round over its partitions before it"
                + " looks after Kafka again. Together with kafka.commitInterval it must stay below"
                + " kafka.transactionTimeout.")
        Duration fullWait,
    @Setting("How often finished uploads are sent on while no new ones arrive, 1ms to 1s.")
        Duration punctuateEvery,
    @Setting(
            "How long the engine may finish nothing, while uploads wait, before the program stops."
                + " It must be longer than one image may take.")
        Duration stallAfter) {
  private static final int MOST_IMAGES = 100_000;

  public WindowConfig {
    if (maxImages < 1 || maxImages > MOST_IMAGES) {
      throw new ConfigException("maxImages " + maxImages + " is outside 1 to " + MOST_IMAGES);
    }
    if (maxBytes < 1) {
      throw new ConfigException("maxBytes " + maxBytes + " is below 1");
    }
    Positive.require("fullWait", fullWait);
    Positive.require("punctuateEvery", punctuateEvery);
    if (punctuateEvery.compareTo(Duration.ofSeconds(1)) > 0) {
      throw new ConfigException(
          "punctuateEvery " + Durations.format(punctuateEvery) + " is above 1s");
    }
    Positive.require("stallAfter", stallAfter);
    if (stallAfter.compareTo(fullWait) <= 0) {
      throw new ConfigException(
          "stallAfter "
              + Durations.format(stallAfter)
              + " is not above fullWait "
              + Durations.format(fullWait)
              + "; raise stallAfter or lower fullWait");
    }
  }

  public static WindowConfig defaults() {
    return new WindowConfig(
        256, 64L << 20, Duration.ofSeconds(2), Duration.ofMillis(1), Duration.ofMinutes(2));
  }

  /**
   * Checks what must hold between the window and Kafka's time-outs.
   *
   * @throws ConfigException naming both settings
   */
  public void checkAgainst(KafkaConfig kafka) {
    if (kafka.guarantee() == Guarantee.EXACTLY_ONCE_V2
        && fullWait.plus(kafka.longestCommitInterval()).compareTo(kafka.transactionTimeout())
            >= 0) {
      throw new ConfigException(
          "window.fullWait "
              + Durations.format(fullWait)
              + " plus the longest time between commits, "
              + Durations.format(kafka.longestCommitInterval())
              + ","
              + " is not below kafka.transactionTimeout "
              + Durations.format(kafka.transactionTimeout())
              + ", so that a slow engine would get its transactions aborted; lower window.fullWait"
              + " or raise kafka.transactionTimeout");
    }
    if (fullWait.multipliedBy(4).compareTo(kafka.maxPollInterval()) > 0) {
      throw new ConfigException(
          "window.fullWait "
              + Durations.format(fullWait)
              + " is more than a quarter of kafka.maxPollInterval "
              + Durations.format(kafka.maxPollInterval())
              + ", so that a slow engine could cost the instance its partitions; lower"
              + " window.fullWait or raise kafka.maxPollInterval");
    }
  }
}
