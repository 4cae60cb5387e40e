package dev.halcyon.app.history;

import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.decision.Decision;
import dev.halcyon.app.labels.LabelSetSnapshot;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.TextAnalysis;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/** Decides a history by two states of the label sets, and compares. */
public final class Preview {
  private final LabelSetSnapshot before;
  private final LabelSetSnapshot after;
  private final int mostMoves;

  /**
   * A preview.
   *
   * @param before the label sets as they are
   * @param after the label sets as they would be
   * @param mostMoves images to remember of each kind of change
   */
  public Preview(LabelSetSnapshot before, LabelSetSnapshot after, int mostMoves) {
    this.before = before;
    this.after = after;
    this.mostMoves = mostMoves;
  }

  /**
   * What a preview came to.
   *
   * @param reading what was read, and what was left out
   * @param comparison what changes
   */
  public record Result(Reading reading, Comparison comparison) {}

  /**
   * Reads and decides the whole history.
   *
   * @param progress is told by any thread how many records have been read
   * @throws HistoryException if Kafka stops answering
   */
  public Result run(EvidenceHistory history, LongConsumer progress) {
    Comparison whole = new Comparison(before, after, mostMoves);
    Reading reading = history.read(partition -> new Comparing(whole), progress);
    return new Result(reading, whole);
  }

  /** Compares one partition on its own, and adds it to the whole at its end. */
  private final class Comparing implements EvidenceHistory.Sink {
    private final Comparison whole;
    private final Comparison own = new Comparison(before, after, mostMoves);

    Comparing(Comparison whole) {
      this.whole = whole;
    }

    @Override
    public void take(List<PastImage> images) {
      bySurface(images)
          .forEach(
              (surface, ofSurface) -> {
                List<Decision> was = decideAll(before.forSurface(surface), ofSurface);
                List<Decision> is = decideAll(after.forSurface(surface), ofSurface);
                boolean asksForText = after.textAnalysis(surface) != TextAnalysis.OFF;
                for (int i = 0; i < ofSurface.size(); i++) {
                  own.add(ofSurface.get(i), was.get(i), is.get(i));
                  if (asksForText && ofSurface.get(i).evidence().text().isEmpty()) {
                    own.textNotLookedFor();
                  }
                }
              });
    }

    @Override
    public void close() {
      synchronized (whole) {
        whole.add(own);
      }
    }
  }

  /** The images of a batch by what decides them. */
  static Map<Optional<String>, List<PastImage>> bySurface(List<PastImage> images) {
    Map<Optional<String>, List<PastImage>> bySurface = new LinkedHashMap<>();
    for (PastImage image : images) {
      bySurface.computeIfAbsent(image.context().surface(), none -> new ArrayList<>()).add(image);
    }
    return bySurface;
  }

  static List<Decision> decideAll(Decider decider, List<PastImage> images) {
    List<Evidence> evidence = new ArrayList<>(images.size());
    List<Decider.Context> contexts = new ArrayList<>(images.size());
    for (PastImage image : images) {
      evidence.add(image.evidence());
      contexts.add(image.context());
    }
    return decider.decideAll(evidence, contexts);
  }
}
