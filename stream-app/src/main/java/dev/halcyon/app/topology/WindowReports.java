package dev.halcyon.app.topology;

import dev.halcyon.events.BiasFinding;
import dev.halcyon.events.BiasReport;
import dev.halcyon.events.state.BiasBaseline;
import dev.halcyon.events.state.BiasCount;
import dev.halcyon.events.state.LabelCount;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The reports of one window from the counts of all tasks, with the shift of each label's scores
 * against the window before and the first window under the set's version. Lives on a stream thread.
 */
final class WindowReports {
  private static final String SEPARATOR = "\u0000";
  private static final StringSerializer STRINGS = new StringSerializer();

  private final KeyValueStore<String, BiasBaseline> baselines;
  private final int minImages;

  WindowReports(KeyValueStore<String, BiasBaseline> baselines, int minImages) {
    this.baselines = baselines;
    this.minImages = minImages;
  }

  /** The reports, by set, surface and label. */
  List<BiasReport> of(List<BiasCount> counts, Instant now) {
    Map<String, TreeMap<String, LabelCount>> places = new TreeMap<>();
    for (BiasCount each : counts) {
      LabelCount count = each.getCount();
      places
          .computeIfAbsent(
              count.getLabelSet() + SEPARATOR + count.getSurface() + SEPARATOR,
              none -> new TreeMap<>())
          .merge(count.getLabel(), copy(count), WindowReports::sum);
    }
    var reports = new ArrayList<BiasReport>();
    places.forEach(
        (place, labels) -> {
          LabelCount images = labels.remove("");
          if (images != null) {
            addSilent(place, labels, images);
            labels.values().forEach(label -> reports.add(report(place, label, images, now)));
          }
        });
    return reports;
  }

  /** A label that was reported in an earlier window and is silent in this one has news too. */
  private void addSilent(String place, Map<String, LabelCount> labels, LabelCount images) {
    try (KeyValueIterator<String, BiasBaseline> known = baselines.prefixScan(place, STRINGS)) {
      known.forEachRemaining(
          entry -> {
            String label = entry.value.getLabel();
            if (!labels.containsKey(label)) {
              LabelCount silent = copy(images);
              silent.setLabel(label);
              labels.put(label, silent);
            }
          });
    }
  }

  private BiasReport report(String place, LabelCount label, LabelCount images, Instant now) {
    long seen = images.getImages();
    BiasBaseline base = remember(place + label.getLabel(), label, seen);
    boolean latest = base.getWindowStartMillis() == label.getWindowStartMillis();
    Double previous =
        latest ? psi(label, seen, base.getPreviousBins(), base.getPreviousImages()) : null;
    boolean first = base.getBaselineStartMillis() == label.getWindowStartMillis();
    Double baseline =
        first ? null : psi(label, seen, base.getBaselineBins(), base.getBaselineImages());
    var findings = new ArrayList<BiasFinding>();
    drift("the window before", label, previous, seen, base.getPreviousImages(), findings);
    drift(
        "the first window under version " + base.getVersion(),
        label,
        baseline,
        seen,
        base.getBaselineImages(),
        findings);
    return BiasReport.newBuilder()
        .setLabelSet(label.getLabelSet())
        .setFirstVersion(label.getFirstVersion())
        .setLastVersion(label.getLastVersion())
        .setLabel(label.getLabel())
        .setSurface(label.getSurface().isEmpty() ? null : label.getSurface())
        .setWindowStart(Instant.ofEpochMilli(label.getWindowStartMillis()))
        .setWindowEnd(Instant.ofEpochMilli(label.getWindowEndMillis()))
        .setImages(seen)
        .setFired(label.getFired())
        .setReview(label.getReview())
        .setShadow(label.getShadow())
        .setFragile(label.getFragile())
        .setFiringRate(share(label.getFired(), seen))
        .setFragileRate(share(label.getFragile(), seen))
        .setPsiPrevious(previous)
        .setPsiBaseline(baseline)
        .setCanary(null)
        .setFindings(findings)
        .setReportedAt(now)
        .build();
  }

  private Double psi(LabelCount label, long seen, List<Long> before, long imagesBefore) {
    return seen < minImages || imagesBefore < minImages
        ? null
        : ScoreShift.psi(label.getBins(), seen, before, imagesBefore);
  }

  private static void drift(
      String against,
      LabelCount label,
      Double psi,
      long images,
      long imagesBefore,
      List<BiasFinding> findings) {
    if (psi != null && ScoreShift.hasMoved(psi, label.getBins().size(), images, imagesBefore)) {
      findings.add(
          new BiasFinding(
              "drift",
              String.format(
                  Locale.ROOT,
                  "its scores have moved against %s: stability index %.2f, above %.2f",
                  against,
                  psi,
                  ScoreShift.MOVED),
              "look at what changed: the uploads, the label set or the model"));
    }
  }

  /** Takes the window into the baseline's memory; one that was there already is replaced. */
  private BiasBaseline remember(String key, LabelCount label, long images) {
    long start = label.getWindowStartMillis();
    int version = label.getLastVersion();
    BiasBaseline known = baselines.get(key);
    BiasBaseline base =
        known == null
            ? new BiasBaseline(
                label.getLabel(), version, start, 0L, none(), 0L, none(), start, 0L, none())
            : known;
    if (start > base.getWindowStartMillis()) {
      base.setPreviousImages(base.getImages());
      base.setPreviousBins(base.getBins());
    }
    if (version != base.getVersion()) {
      base.setVersion(version);
      base.setBaselineStartMillis(start);
    }
    if (start == base.getBaselineStartMillis()) {
      base.setBaselineImages(images);
      base.setBaselineBins(label.getBins());
    }
    if (start >= base.getWindowStartMillis()) {
      base.setWindowStartMillis(start);
      base.setImages(images);
      base.setBins(label.getBins());
    }
    baselines.put(key, base);
    return base;
  }

  private static List<Long> none() {
    return new ArrayList<>(Collections.nCopies(BiasCounter.BINS, 0L));
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  /** As the label of another row of the same place and window, with nothing counted but images. */
  private static LabelCount copy(LabelCount count) {
    return LabelCount.newBuilder(count).setBins(new ArrayList<>(count.getBins())).build();
  }

  private static LabelCount sum(LabelCount a, LabelCount b) {
    a.setFirstVersion(Math.min(a.getFirstVersion(), b.getFirstVersion()));
    a.setLastVersion(Math.max(a.getLastVersion(), b.getLastVersion()));
    a.setImages(a.getImages() + b.getImages());
    a.setFired(a.getFired() + b.getFired());
    a.setReview(a.getReview() + b.getReview());
    a.setShadow(a.getShadow() + b.getShadow());
    a.setFragile(a.getFragile() + b.getFragile());
    for (int bin = 0; bin < a.getBins().size(); bin++) {
      a.getBins().set(bin, a.getBins().get(bin) + b.getBins().get(bin));
    }
    return a;
  }
}
