package dev.halcyon.app.labels;

import java.time.Duration;

/**
 * Over which traffic a label's share of alerts is taken.
 *
 * @param window how far back, at least a second
 * @param minImages below so many images in the window no label is judged
 */
public record AlertQuota(Duration window, int minImages) {
  public AlertQuota {
    if (window.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("window " + window + " is shorter than a second");
    }
    if (minImages < 1) {
      throw new IllegalArgumentException("minImages " + minImages + " is below 1");
    }
  }

  /**
   * Ten minutes, 200 images: at a quota of 0.3 chance alone does not carry a label of 0.2 there.
   */
  public static AlertQuota defaults() {
    return new AlertQuota(Duration.ofMinutes(10), 200);
  }
}
