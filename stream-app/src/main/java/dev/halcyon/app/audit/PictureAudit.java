package dev.halcyon.app.audit;

import dev.halcyon.app.audit.PictureReport.LabelRates;
import dev.halcyon.app.audit.PictureReport.Recognition;
import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.decision.Decision;
import dev.halcyon.app.labels.CounterfactualAxis;
import dev.halcyon.app.labels.UnitVectors;
import dev.halcyon.app.statistics.Interval;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ImageAnalyzer;
import dev.halcyon.clip.ImageSource;
import dev.halcyon.clip.Outcome;
import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.clip.TextEncoder;
import dev.halcyon.labels.Label;
import dev.halcyon.labels.LabelSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/**
 * What canary pictures show about a label set: each is analyzed and decided as in the stream, and
 * the rates are compared between the groups its manifest names. The groups of the manifest are all
 * that is known of a picture; whether the model can tell them apart is reported beside.
 */
public final class PictureAudit {
  private static final int AT_ONCE = 64;

  private final ImageAnalyzer analyzer;
  private final TextEncoder encoder;

  public PictureAudit(ImageAnalyzer analyzer, TextEncoder encoder) {
    this.analyzer = analyzer;
    this.encoder = encoder;
  }

  /**
   * Runs the pictures.
   *
   * @param folder the folder of the set of pictures
   * @param judged which labels to judge by their limits, by id
   * @param progress is told how many pictures are done
   * @throws CanarySetException if a picture cannot be read
   */
  public PictureReport run(
      Path folder,
      CanarySet canaries,
      LabelSet set,
      Decider decider,
      Predicate<String> judged,
      LongConsumer progress) {
    PictureTally tally = new PictureTally();
    Recognizer recognizer = new Recognizer(encoder, canaries.axes());
    int unusable = 0;
    int done = 0;
    Deque<Map.Entry<CanarySet.Picture, CompletableFuture<Outcome>>> running = new ArrayDeque<>();
    List<CanarySet.Picture> pictures = canaries.pictures();
    for (int next = 0; next < pictures.size() || !running.isEmpty(); ) {
      if (next < pictures.size() && running.size() < AT_ONCE) {
        CanarySet.Picture picture = pictures.get(next++);
        running.add(Map.entry(picture, analyze(folder.resolve(picture.file()))));
        continue;
      }
      Map.Entry<CanarySet.Picture, CompletableFuture<Outcome>> first = running.remove();
      if (first.getValue().join() instanceof Evidence evidence) {
        CanarySet.Picture picture = first.getKey();
        Decision decision =
            decider.decide(evidence, new Decider.Context(picture.file(), Optional.empty()));
        tally.add(picture.groups(), Set.copyOf(picture.shows()), PictureTally.fired(decision));
        recognizer.add(picture.groups(), evidence.embedding());
      } else {
        unusable++;
      }
      progress.accept(++done);
    }
    return report(canaries, set, judged, tally, recognizer, unusable);
  }

  private CompletableFuture<Outcome> analyze(Path file) {
    try {
      return analyzer.analyze(
          new ImageSource.Inline(ByteBuffer.wrap(Files.readAllBytes(file))), TextAnalysis.OFF);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static PictureReport report(
      CanarySet canaries,
      LabelSet set,
      Predicate<String> judged,
      PictureTally tally,
      Recognizer recognizer,
      int unusable) {
    var labels = new TreeSet<String>(tally.labels());
    for (Label label : set.labels()) {
      if (!RateLimits.of(label.bias()).isNone()) {
        labels.add(label.id());
      }
    }
    var rates = new ArrayList<LabelRates>();
    var findings = new ArrayList<Finding>();
    for (String id : labels) {
      Optional<Label> label = set.label(id);
      for (String axis : tally.axes()) {
        tally
            .rates(id, axis)
            .ifPresent(
                seen -> {
                  boolean limited =
                      label
                          .map(
                              written ->
                                  !RateLimits.of(written.bias()).isNone() && watches(written, axis))
                          .orElse(false);
                  rates.add(new LabelRates(id, seen, limited));
                  label
                      .filter(written -> judged.test(id) && watches(written, axis))
                      .ifPresent(
                          written ->
                              findings.addAll(RateLimits.of(written.bias()).judge(id, seen)));
                });
      }
    }
    return new PictureReport(
        canaries.id(), tally.size(), unusable, recognizer.report(), rates, findings);
  }

  /** Whether a label's limits hold on an axis. */
  public static boolean watches(Label label, String axis) {
    return label.bias().axes().isEmpty() || label.bias().axes().contains(axis);
  }

  /** Holds pictures against the words of the groups their manifest knows. */
  private static final class Recognizer {
    private final Map<String, Map<String, float[]>> groups = new LinkedHashMap<>();
    private final Map<String, Set<String>> present = new HashMap<>();
    private final List<Map.Entry<Map<String, String>, float[]>> pictures = new ArrayList<>();

    Recognizer(TextEncoder encoder, List<String> axes) {
      for (String name : axes) {
        CounterfactualAxis.of(name)
            .ifPresent(
                axis -> {
                  Map<String, float[]> vectors = new LinkedHashMap<>();
                  for (CounterfactualAxis.Group group : axis.groups()) {
                    UnitVectors.mean(List.of(encoder.encode(group.sentences())))
                        .ifPresent(vector -> vectors.put(group.id(), vector));
                  }
                  groups.put(name, vectors);
                });
      }
    }

    void add(Map<String, String> own, float[] embedding) {
      pictures.add(Map.entry(own, embedding));
      own.forEach(
          (axis, group) -> present.computeIfAbsent(axis, none -> new TreeSet<>()).add(group));
    }

    List<Recognition> report() {
      var report = new ArrayList<Recognition>();
      groups.forEach(
          (axis, vectors) -> {
            Set<String> candidates = new TreeSet<>(present.getOrDefault(axis, Set.of()));
            candidates.retainAll(vectors.keySet());
            if (candidates.size() < 2) {
              return;
            }
            long images = 0;
            long right = 0;
            for (Map.Entry<Map<String, String>, float[]> picture : pictures) {
              String own = picture.getKey().get(axis);
              if (own != null && candidates.contains(own)) {
                images++;
                right += own.equals(nearest(vectors, candidates, picture.getValue())) ? 1 : 0;
              }
            }
            report.add(
                new Recognition(axis, candidates.size(), images, Interval.ofRate(right, images)));
          });
      return report;
    }

    private static String nearest(
        Map<String, float[]> vectors, Set<String> candidates, float[] embedding) {
      String nearest = "";
      double most = Double.NEGATIVE_INFINITY;
      for (String group : candidates) {
        double cosine = Leaning.dot(vectors.get(group), embedding);
        if (cosine > most) {
          most = cosine;
          nearest = group;
        }
      }
      return nearest;
    }
  }
}
