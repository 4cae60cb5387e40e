package dev.halcyon.app.history;

import dev.halcyon.app.decision.Decision;
import dev.halcyon.app.decision.LabelDecision;
import dev.halcyon.app.decision.LabelDecision.Standing;
import dev.halcyon.app.decision.LabelSetDecider;
import dev.halcyon.app.labels.LabelSetSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a change of label sets makes of many images: counts, and the images that moved most. Adds
 * up; used by one thread at a time. Memory does not grow with the number of images.
 */
public final class Comparison {
  private static final String SHADOW = " (shadow)";

  private final LabelSetSnapshot before;
  private final LabelSetSnapshot after;
  private final int mostMoves;
  private final Map<Change, Long> images = new EnumMap<>(Change.class);
  private final Map<String, LabelCount> labels = new TreeMap<>();
  private final Map<Change, PriorityQueue<Move>> moves = new EnumMap<>(Change.class);
  private long textNotLookedFor;

  /**
   * Nothing compared so far.
   *
   * @param mostMoves images to remember of each kind of change
   */
  Comparison(LabelSetSnapshot before, LabelSetSnapshot after, int mostMoves) {
    this.before = before;
    this.after = after;
    this.mostMoves = mostMoves;
  }

  /** Counts one image. */
  void add(PastImage image, Decision was, Decision is) {
    Change change = Change.between(was, is);
    images.merge(change, 1L, Long::sum);
    if (!was.labels().isEmpty() || !is.labels().isEmpty()) {
      countLabels(was, is);
      farthest(image, change, was, is).ifPresent(this::remember);
    }
  }

  /** Counts an image whose evidence lacks the text the new sets ask for. */
  void textNotLookedFor() {
    textNotLookedFor++;
  }

  void add(Comparison other) {
    other.images.forEach((change, count) -> images.merge(change, count, Long::sum));
    other.labels.forEach(
        (label, count) -> labels.computeIfAbsent(label, none -> new LabelCount()).add(count));
    other.moves.values().forEach(queue -> queue.forEach(this::remember));
    textNotLookedFor += other.textNotLookedFor;
  }

  /** How many images were compared. */
  public long count() {
    return images.values().stream().mapToLong(Long::longValue).sum();
  }

  /** How many images change so. */
  public long count(Change change) {
    return images.getOrDefault(change, 0L);
  }

  /**
   * Every label that stands on any image, before or after, those in shadow by a name of theirs;
   * those that gain and lose most first.
   */
  public Map<String, LabelCount> labels() {
    Map<String, LabelCount> sorted = new LinkedHashMap<>();
    labels.entrySet().stream()
        .sorted(
            Comparator.comparingLong(
                (Map.Entry<String, LabelCount> entry) ->
                    -(entry.getValue().gained() + entry.getValue().lost())))
        .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    return sorted;
  }

  /** Images whose evidence has no word on written text, although the new sets ask for it. */
  public long imagesWithoutText() {
    return textNotLookedFor;
  }

  /** The images that moved most in such a way, farthest first. */
  public List<Move> moves(Change change) {
    List<Move> sorted = new ArrayList<>(moves.getOrDefault(change, new PriorityQueue<>()));
    sorted.sort(Move.FARTHEST_FIRST);
    return sorted;
  }

  private void countLabels(Decision was, Decision is) {
    for (String key : keys(was, is)) {
      labels
          .computeIfAbsent(key, none -> new LabelCount())
          .add(find(was, key).isPresent(), find(is, key).isPresent());
    }
  }

  private static Set<String> keys(Decision was, Decision is) {
    var keys = new TreeSet<String>();
    was.labels().forEach(label -> keys.add(key(label)));
    is.labels().forEach(label -> keys.add(key(label)));
    return keys;
  }

  private static String key(LabelDecision label) {
    return label.standing() == Standing.SHADOW ? label.label() + SHADOW : label.label();
  }

  private static Optional<LabelDecision> find(Decision decision, String key) {
    return decision.labels().stream().filter(label -> key(label).equals(key)).findFirst();
  }

  private void remember(Move move) {
    PriorityQueue<Move> queue =
        moves.computeIfAbsent(
            move.change(), none -> new PriorityQueue<>(Move.FARTHEST_FIRST.reversed()));
    queue.add(move);
    if (queue.size() > mostMoves) {
      queue.poll();
    }
  }

  /** The label that accounts for the change; shadows never do. */
  private Optional<Move> farthest(PastImage image, Change change, Decision was, Decision is) {
    Move farthest = null;
    for (String key : keys(was, is)) {
      Optional<LabelDecision> earlier = find(was, key);
      Optional<LabelDecision> later = find(is, key);
      boolean moved =
          !key.endsWith(SHADOW)
              && (earlier.isEmpty()
                  || later.isEmpty()
                  || !Change.actsAlike(earlier.get(), later.get())
                  || earlier.get().score() != later.get().score());
      boolean same = change == Change.UNCHANGED;
      if (moved && (same || earlier.isEmpty() || later.isEmpty() || differs(earlier, later))) {
        Move move = move(image, change, key, earlier, later, was, is);
        if (farthest == null || Move.FARTHEST_FIRST.compare(move, farthest) < 0) {
          farthest = move;
        }
      }
    }
    return Optional.ofNullable(farthest);
  }

  private static boolean differs(Optional<LabelDecision> earlier, Optional<LabelDecision> later) {
    return !Change.actsAlike(earlier.orElseThrow(), later.orElseThrow());
  }

  private Move move(
      PastImage image,
      Change change,
      String label,
      Optional<LabelDecision> earlier,
      Optional<LabelDecision> later,
      Decision was,
      Decision is) {
    return new Move(
        image.event().getImageId(),
        image.context().surface(),
        change,
        label,
        Math.max(
            earlier.map(LabelDecision::severity).orElse(0),
            later.map(LabelDecision::severity).orElse(0)),
        side(image, label, earlier, before, was),
        side(image, label, later, after, is),
        new Move.Place(
            image.event().getSource(),
            Optional.ofNullable(image.event().getUri()),
            image.event().getContentSha256()));
  }

  /** A label that is not in the decision has a score all the same, if its set has the label. */
  private static Move.Side side(
      PastImage image,
      String label,
      Optional<LabelDecision> decided,
      LabelSetSnapshot sets,
      Decision decision) {
    if (decided.isPresent()) {
      return new Move.Side(
          Change.action(decided.get()),
          OptionalDouble.of(decided.get().score()),
          OptionalDouble.of(decided.get().threshold()));
    }
    Optional<LabelSetDecider> decider = sets.decider(decision.labelSet().name());
    Optional<LabelSetDecider.Weight> weight =
        decider.flatMap(found -> found.weigh(image.evidence(), image.context(), label));
    return weight
        .map(
            found ->
                new Move.Side(
                    Move.Side.NONE,
                    OptionalDouble.of(found.score()),
                    OptionalDouble.of(found.threshold())))
        .orElse(new Move.Side(Move.Side.NONE, OptionalDouble.empty(), OptionalDouble.empty()));
  }
}
