package dev.halcyon.app.ops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * The one list of metrics. Each has a name, a unit, a description and its tags; {@code
 * docs/metrics.md} is generated from it. Prometheus names them with underscores and the unit at the
 * end.
 */
public enum Meters {
  UPLOADS(
      Meter.Type.COUNTER,
      "halcyon.uploads",
      "images",
      "Uploads with their outcome committed to the window: tagged, alerted, rejected",
      "outcome"),
  REJECTS(
      Meter.Type.COUNTER, "halcyon.rejects", "images", "Rejected uploads by reason code", "reason"),
  ALERTS(
      Meter.Type.COUNTER,
      "halcyon.alerts",
      "alerts",
      "Alerts by label set, label and action",
      "label_set",
      "label",
      "action"),
  TAGS(
      Meter.Type.COUNTER,
      "halcyon.tags",
      "tags",
      "Labels that fired, by label set and label",
      "label_set",
      "label"),
  SHADOW_TAGS(
      Meter.Type.COUNTER,
      "halcyon.shadow.tags",
      "tags",
      "Labels in shadow that would have fired",
      "label_set",
      "label"),
  FLAGS(
      Meter.Type.COUNTER,
      "halcyon.flags",
      "images",
      "Decisions with a typographic or bias flag",
      "label_set",
      "flag"),
  DECISION_LATENCY(
      Meter.Type.TIMER,
      "halcyon.decision.latency",
      "seconds",
      "From the upload's time to its decision"),
  ANALYSIS_DURATION(
      Meter.Type.TIMER,
      "halcyon.analysis.duration",
      "seconds",
      "From handing an image to the engine to its outcome"),
  WINDOW_IMAGES(
      Meter.Type.GAUGE, "halcyon.window.images", "images", "Images in the pending windows"),
  WINDOW_BYTES(
      Meter.Type.GAUGE, "halcyon.window.bytes", "bytes", "Encoded bytes in the pending windows"),
  WINDOW_RESTORED(
      Meter.Type.COUNTER,
      "halcyon.window.restored",
      "images",
      "Uploads found pending when a partition was taken over"),
  WINDOW_DEFERRED(
      Meter.Type.COUNTER,
      "halcyon.window.deferred",
      "images",
      "Uploads that waited in a full window before the engine took them"),
  WINDOW_FULL_WAIT(
      Meter.Type.TIMER,
      "halcyon.window.full.wait",
      "seconds",
      "Time a stream thread waited for room in a full window"),
  FETCH_DURATION(
      Meter.Type.TIMER, "halcyon.fetch.duration", "seconds", "Time to fetch one remote image"),
  DECODE_DURATION(
      Meter.Type.TIMER, "halcyon.decode.duration", "seconds", "Time to decode one image"),
  BATCH_IMAGES(
      Meter.Type.DISTRIBUTION_SUMMARY, "halcyon.batch.images", "images", "Images in a batch"),
  BATCH_WAIT(
      Meter.Type.TIMER,
      "halcyon.batch.wait",
      "seconds",
      "Age of a batch's oldest image when the batch started"),
  BATCH_DURATION(
      Meter.Type.TIMER,
      "halcyon.batch.duration",
      "seconds",
      "Time of one batch on the device, retries included"),
  TEXT_DURATION(
      Meter.Type.TIMER,
      "halcyon.text.duration",
      "seconds",
      "Time of looking for written text in one image, waiting for the detector included: found,"
          + " none, unlikely",
      "result"),
  IMAGES_REFUSED(
      Meter.Type.COUNTER,
      "halcyon.images.refused",
      "images",
      "Images the model refused alone while it took the rest of their batch"),
  EVIDENCE_CACHE(
      Meter.Type.COUNTER,
      "halcyon.evidence.cache",
      "images",
      "Look-ups of identical bytes: hit, joined (still being analyzed), miss",
      "result"),
  LABEL_SET_VERSION(
      Meter.Type.GAUGE,
      "halcyon.label.set.version",
      "version",
      "Version in force on this instance",
      "label_set"),
  LABEL_SETS_REFUSED(
      Meter.Type.COUNTER,
      "halcyon.label.sets.refused",
      "records",
      "Records of label-config that were refused",
      "label_set"),
  LABELS_OVER_QUOTA(
      Meter.Type.COUNTER,
      "halcyon.labels.over.quota",
      "labels",
      "Labels sent to shadow because they alerted on more than their quota",
      "label_set",
      "label"),
  BIAS_FIRING_RATE(
      Meter.Type.GAUGE,
      "halcyon.bias.firing.rate",
      "ratio",
      "Share of the last window's images a label fired on, 0 to 1",
      "label_set",
      "label",
      "surface"),
  BIAS_FRAGILE_RATE(
      Meter.Type.GAUGE,
      "halcyon.bias.fragile.rate",
      "ratio",
      "Share of the last window's images on which a label was flagged BIAS_FRAGILE, 0 to 1",
      "label_set",
      "label",
      "surface"),
  BIAS_SCORE_SHIFT(
      Meter.Type.GAUGE,
      "halcyon.bias.score.shift",
      "index",
      "Population stability index of a label's scores against the window before",
      "label_set",
      "label",
      "surface"),
  BIAS_PARITY_DIFFERENCE(
      Meter.Type.GAUGE,
      "halcyon.bias.parity.difference",
      "ratio",
      "Highest less lowest firing rate by group, in the last replay of canary pictures",
      "label_set",
      "label",
      "axis"),
  BIAS_ADVERSE_RATIO(
      Meter.Type.GAUGE,
      "halcyon.bias.adverse",
      "ratio",
      "Highest over lowest firing rate by group, in the last replay of canary pictures",
      "label_set",
      "label",
      "axis"),
  BIAS_FINDINGS(
      Meter.Type.COUNTER,
      "halcyon.bias.findings",
      "findings",
      "Reported rates beyond a limit, and scores that have moved",
      "label_set",
      "label",
      "kind"),
  CANARIES(
      Meter.Type.COUNTER,
      "halcyon.canaries",
      "images",
      "Canary pictures decided; counted nowhere else"),
  UNDECIDED(
      Meter.Type.COUNTER,
      "halcyon.undecided",
      "images",
      "Images of a surface that no label set in force decides");

  private final Meter.Type type;
  private final String meterName;
  private final String unit;
  private final String description;
  private final List<String> tags;

  Meters(Meter.Type type, String meterName, String unit, String description, String... tags) {
    this.type = type;
    this.meterName = meterName;
    this.unit = unit;
    this.description = description;
    this.tags = List.of(tags);
  }

  /** The kind of meter. */
  public Meter.Type type() {
    return type;
  }

  /** Its name, with dots. */
  public String meterName() {
    return meterName;
  }

  /** What it counts or measures in. */
  public String unit() {
    return unit;
  }

  /** One line for the reference page. */
  public String description() {
    return description;
  }

  /** Names of its tags. */
  public List<String> tags() {
    return tags;
  }

  /** The counter for these tag values. */
  public Counter counter(MeterRegistry registry, String... tagValues) {
    return Counter.builder(meterName)
        .baseUnit(unit)
        .description(description)
        .tags(pairs(tagValues))
        .register(registry);
  }

  /** The timer for these tag values. */
  public Timer timer(MeterRegistry registry, String... tagValues) {
    return Timer.builder(meterName)
        .description(description)
        .tags(pairs(tagValues))
        .publishPercentileHistogram()
        .minimumExpectedValue(Duration.ofMillis(1))
        .maximumExpectedValue(Duration.ofMinutes(1))
        .register(registry);
  }

  /** The summary for these tag values. */
  public DistributionSummary summary(MeterRegistry registry, String... tagValues) {
    return DistributionSummary.builder(meterName)
        .baseUnit(unit)
        .description(description)
        .tags(pairs(tagValues))
        .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128)
        .register(registry);
  }

  /** Registers a gauge that asks {@code value} whenever it is read, and gives it. */
  public Gauge gauge(MeterRegistry registry, Supplier<Number> value, String... tagValues) {
    return Gauge.builder(meterName, value)
        .baseUnit(unit)
        .description(description)
        .tags(pairs(tagValues))
        .strongReference(true)
        .register(registry);
  }

  private String[] pairs(String... values) {
    if (values.length != tags.size()) {
      throw new IllegalArgumentException(
          meterName + " has the tags " + tags + ", not " + values.length);
    }
    String[] pairs = new String[2 * values.length];
    for (int i = 0; i < values.length; i++) {
      pairs[2 * i] = tags.get(i);
      pairs[2 * i + 1] = values[i];
    }
    return pairs;
  }
}
