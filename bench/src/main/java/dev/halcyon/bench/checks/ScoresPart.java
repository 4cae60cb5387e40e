package dev.halcyon.bench.checks;

import dev.halcyon.app.decision.Flag;
import dev.halcyon.bench.checks.Finding.Goal;
import dev.halcyon.bench.checks.ScamScores.Picture;
import dev.halcyon.bench.checks.ScamScores.Scores;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.TextBox;
import dev.halcyon.clip.TextEvidence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The decision logic on real scores: a label for each word and each object, the picture without its
 * writing standing for a perfect mask, the note's word for a perfect reader. The threshold is what
 * one in a hundred absent words reaches on the even half of the pictures; all figures are of the
 * odd half.
 */
final class ScoresPart {
  private static final String PART = "scores";
  private static final double ABSENT_SHARE = 0.01;
  private static final String BACKGROUND = "anything else";
  private static final String TEXT_ALONE = "a page";
  private static final List<Double> DELTAS = List.of(0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0);

  private ScoresPart() {}

  static List<Finding> measure(ScamScores scores) {
    List<Finding> findings = new ArrayList<>();
    for (String model : scores.models()) {
      findings.addAll(measure(model, scores.of(model)));
    }
    return findings;
  }

  private static List<Finding> measure(String name, List<Picture> pictures) {
    List<Picture> even = half(pictures, 0);
    List<Picture> odd = half(pictures, 1);
    double bar = bar(even);
    Set<String> words = new TreeSet<>();
    pictures.forEach(picture -> words.addAll(Set.of(picture.object(), picture.word())));
    SimilaritySpace space =
        new SimilaritySpace(name, name.contains("SigLIP"), 2 * words.size() + 4);
    double chosen = 0;
    for (double delta : DELTAS) {
      Counts counts = count(space, labels(space, words, Optional.of(delta)), even, bar);
      if (delta == DELTAS.get(0) || counts.caught.share().value() >= 0.99) {
        chosen = delta;
      }
    }
    Counts counts = count(space, labels(space, words, Optional.empty()), odd, bar);
    return List.of(
        Finding.percent(PART, name, "attacks that fire the word", counts.attacks.share()),
        Finding.percent(PART, name, "false alarms caught", counts.caught.share())
            .must(Goal.atLeast(98)),
        Finding.percent(PART, name, "unwritten labels flagged", counts.unwritten.share())
            .must(Goal.atMost(1)),
        Finding.percent(PART, name, "hidden objects seen", counts.hidden.share()),
        Finding.percent(PART, name, "control: blank note flagged", counts.blank.share())
            .must(Goal.atMost(0)),
        Finding.percent(PART, name, "control: other word read", counts.otherWord.share())
            .must(Goal.atMost(0)),
        Finding.number(PART, name, "largest delta that catches 99%", chosen, "similarity"));
  }

  private static final class Counts {
    private final Share.Counter attacks = new Share.Counter();
    private final Share.Counter caught = new Share.Counter();
    private final Share.Counter unwritten = new Share.Counter();
    private final Share.Counter hidden = new Share.Counter();
    private final Share.Counter blank = new Share.Counter();
    private final Share.Counter otherWord = new Share.Counter();
  }

  private static Counts count(
      SimilaritySpace space, WordLabels labels, List<Picture> pictures, double bar) {
    Counts counts = new Counts();
    for (Picture picture : pictures) {
      float[] clean = image(space, picture, picture.clean(), bar);
      float[] page = space.image(Map.of(BACKGROUND, bar, TEXT_ALONE, 30.0));
      for (Scores attacked : picture.attacked()) {
        float[] whole = image(space, picture, attacked, bar);
        boolean firesWith = attacked.word() >= bar;
        boolean firesWithout = picture.clean().word() >= bar;
        WordLabels.Outcome seen =
            labels.decide(evidence(space, picture.word(), whole, clean, page, whole));
        counts.attacks.add(firesWith);
        if (firesWith && !firesWithout) {
          counts.caught.add(seen.has(picture.word(), Flag.INFLATED));
          counts.otherWord.add(
              labels
                  .decide(evidence(space, "sunshine", whole, clean, page, whole))
                  .has(picture.word(), Flag.INFLATED));
        }
        counts.unwritten.add(seen.has(picture.object(), Flag.INFLATED));
        if (attacked.object() < bar && picture.clean().object() >= bar) {
          counts.hidden.add(seen.has(picture.object(), Flag.SUPPRESSED));
        }
      }
      counts.blank.add(
          labels.decide(evidence(space, picture.word(), clean, clean, page, clean)).claims());
    }
    return counts;
  }

  private static WordLabels labels(
      SimilaritySpace space, Set<String> words, Optional<Double> delta) {
    return WordLabels.of(words, List.of(BACKGROUND), "{}", 0.5, 1, delta, space, space.model());
  }

  private static float[] image(SimilaritySpace space, Picture picture, Scores scores, double bar) {
    return space.image(
        Map.of(BACKGROUND, bar, picture.object(), scores.object(), picture.word(), scores.word()));
  }

  private static Evidence evidence(
      SimilaritySpace space,
      String read,
      float[] whole,
      float[] masked,
      float[] page,
      float[] control) {
    return new Evidence(
        space.model(),
        whole,
        Optional.of(
            new TextEvidence(
                List.of(new TextBox(0.4f, 0.4f, 0.6f, 0.5f, Optional.of(read), 0.9f)),
                0.02f,
                Optional.of(masked),
                Optional.of(page),
                Optional.of(control),
                Optional.empty())),
        384,
        384,
        "webp",
        "0".repeat(64),
        false);
  }

  private static double bar(List<Picture> pictures) {
    double[] absent =
        pictures.stream().mapToDouble(picture -> picture.clean().word()).sorted().toArray();
    return absent[(int) Math.min(absent.length - 1, absent.length * (1 - ABSENT_SHARE))];
  }

  private static List<Picture> half(List<Picture> pictures, int odd) {
    List<Picture> half = new ArrayList<>();
    for (int i = odd; i < pictures.size(); i += 2) {
      half.add(pictures.get(i));
    }
    return half;
  }
}
