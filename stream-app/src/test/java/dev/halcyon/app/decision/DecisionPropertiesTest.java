package dev.halcyon.app.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.app.decision.Decider.Context;
import dev.halcyon.app.decision.LabelDecision.Standing;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.TextBox;
import dev.halcyon.clip.TextEvidence;
import dev.halcyon.labels.Label;
import dev.halcyon.labels.LabelGroup;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetReader;
import dev.halcyon.labels.ReadResult;
import dev.halcyon.labels.Threshold;
import dev.halcyon.labels.TypographicPolicy.Mode;
import dev.halcyon.labels.TypographicPolicy.Polarity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every label set and every piece of evidence, on generated ones. */
final class DecisionPropertiesTest {
  private static final int IMAGES = 60;
  private static final String[] WORDS = {"", "hello", "apple", "rifle", "candl3", "street sale"};
  private static final String[] THINGS = {
    "apple", "rifle", "candle", "wallet", "spider", "guitar", "tractor", "pillow", "helmet", "fork"
  };

  static List<Long> seeds() {
    return new Random(20260301).longs(25).boxed().toList();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void maskingNothingChangesNothing(long seed) {
    Case generated = new Case(seed);
    for (int i = 0; i < IMAGES; i++) {
      float[] whole = generated.embedding();
      Decision plain =
          generated.decide(generated.space.evidence(whole, Optional.empty()), "image-" + i);
      Decision masked =
          generated.decide(
              generated.withText(whole, whole, generated.embedding(), whole), "image-" + i);

      assertThat(masked.flags()).isEmpty();
      assertThat(essence(masked)).isEqualTo(essence(plain));
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void permutingLabelsPermutesResults(long seed) {
    Case generated = new Case(seed);
    List<Label> shuffled = new ArrayList<>(generated.set.labels());
    Collections.shuffle(shuffled, generated.random);
    LabelSetDecider other =
        new LabelSetDecider(generated.space.compile(withLabels(generated.set, shuffled)));
    for (int i = 0; i < IMAGES; i++) {
      Evidence evidence = generated.evidence();
      Context context = new Context("image-" + i, Optional.empty());

      assertThat(other.decide(evidence, context))
          .isEqualTo(generated.decider.decide(evidence, context));
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aBatchDecidesAsOneByOne(long seed) {
    Case generated = new Case(seed);
    var evidence = new ArrayList<Evidence>();
    var contexts = new ArrayList<Context>();
    for (int i = 0; i < LabelScorer.COLUMNS_FROM + 39; i++) {
      evidence.add(generated.evidence());
      contexts.add(new Context("image-" + i, Optional.empty()));
    }

    List<Decision> batch = generated.decider.decideAll(evidence, contexts);

    assertThat(batch).hasSize(evidence.size());
    for (int i = 0; i < batch.size(); i++) {
      assertThat(batch.get(i))
          .isEqualTo(generated.decider.decide(evidence.get(i), contexts.get(i)));
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aHigherThresholdNeverMakesALabelFire(long seed) {
    Case generated = new Case(seed);
    Label chosen =
        generated.set.labels().get(generated.random.nextInt(generated.set.labels().size()));
    double raised = chosen.threshold().value() + (1 - chosen.threshold().value()) * 0.5;
    List<Label> labels =
        generated.set.labels().stream()
            .map(label -> label.equals(chosen) ? withThreshold(label, raised) : label)
            .toList();
    LabelSetDecider stricter =
        new LabelSetDecider(generated.space.compile(withLabels(generated.set, labels)));
    for (int i = 0; i < IMAGES; i++) {
      Evidence evidence = generated.evidence();
      Context context = new Context("image-" + i, Optional.empty());

      if (fires(stricter.decide(evidence, context), chosen.id())) {
        assertThat(fires(generated.decider.decide(evidence, context), chosen.id())).isTrue();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void tryingALabelInShadowChangesNoOther(long seed) {
    Case generated = new Case(seed);
    List<Label> without =
        generated.set.labels().stream()
            .filter(label -> label.status() != dev.halcyon.labels.LabelStatus.SHADOW)
            .toList();
    if (without.isEmpty()) {
      return;
    }
    LabelSetDecider bare =
        new LabelSetDecider(generated.space.compile(withLabels(generated.set, without)));
    for (int i = 0; i < IMAGES; i++) {
      Evidence evidence = generated.evidence();
      Context context = new Context("image-" + i, Optional.empty());
      Decision full = generated.decider.decide(evidence, context);
      Decision less = bare.decide(evidence, context);

      assertThat(acted(full)).isEqualTo(acted(less));
      assertThat(full.flags()).isEqualTo(less.flags());
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aFlagIsClaimedExactlyWhereItsConditionsHold(long seed) {
    Case generated = new Case(seed);
    for (int i = 0; i < IMAGES; i++) {
      float[] whole = generated.embedding();
      float[] masked = generated.near(whole);
      float[] text = generated.embedding();
      float[] control = generated.near(whole);
      String id = "image-" + i;
      Decision decision = generated.decide(generated.withText(whole, masked, text, control), id);
      for (LabelDecision label : decision.labels()) {
        Label written = generated.set.label(label.label()).orElseThrow();
        if (written.typographic().mode() == Mode.OFF) {
          assertThat(label.flags()).isEmpty();
          continue;
        }
        boolean firesWhole = generated.fires(whole, written, id);
        boolean firesMasked = generated.fires(masked, written, id);
        boolean firesControl = generated.fires(control, written, id);
        boolean named = generated.lastRead.replace('3', 'e').equals(written.id());
        boolean read = !generated.lastRead.isEmpty();
        double fall = generated.similarity(whole, written) - generated.similarity(masked, written);
        double elsewhere =
            generated.similarity(whole, written) - generated.similarity(control, written);
        boolean inflated =
            read
                && firesWhole
                && !firesMasked
                && (firesControl || elsewhere <= fall / 2)
                && fall >= TypographicCheck.DELTA_SOFTMAX
                && (named || (generated.lastArea <= 0.1f && generated.fires(text, written, id)));
        boolean hidden = read && !firesWhole && firesMasked && !firesControl;

        assertThat(label.flags().contains(Flag.INFLATED)).isEqualTo(inflated);
        if (written.typographic().polarity() == Polarity.HARM) {
          assertThat(label.flags().contains(Flag.SUPPRESSED)).isEqualTo(hidden);
        } else if (label.flags().contains(Flag.SUPPRESSED)) {
          assertThat(hidden).isTrue();
          assertThat(label.flags()).contains(Flag.TOP1_FLIP);
        }
      }
    }
  }

  @Test
  void theGeneratedEvidenceRaisesEveryFlagAndStanding() {
    var flags = EnumSet.noneOf(Flag.class);
    var standings = EnumSet.noneOf(Standing.class);
    for (long seed : seeds()) {
      Case generated = new Case(seed);
      for (int i = 0; i < IMAGES; i++) {
        for (LabelDecision label : generated.decide(generated.evidence(), "image-" + i).labels()) {
          flags.addAll(label.flags());
          standings.add(label.standing());
        }
      }
    }

    assertThat(flags).contains(Flag.INFLATED, Flag.SUPPRESSED, Flag.TOP1_FLIP);
    assertThat(standings).containsExactlyInAnyOrder(Standing.values());
  }

  private static boolean fires(Decision decision, String label) {
    return decision.labels().stream()
        .anyMatch(
            decided -> decided.label().equals(label) && decided.standing() != Standing.REVIEW);
  }

  private static List<LabelDecision> acted(Decision decision) {
    return decision.labels().stream().filter(label -> label.standing() != Standing.SHADOW).toList();
  }

  /** A decision without the words that merely explain it. */
  private static List<String> essence(Decision decision) {
    return decision.labels().stream()
        .map(
            label ->
                label.label()
                    + label.standing()
                    + label.score()
                    + label.similarity()
                    + label.action()
                    + label.flags())
        .toList();
  }

  private static LabelSet withLabels(LabelSet set, List<Label> labels) {
    return new LabelSet(
        set.name(),
        set.title(),
        set.owner(),
        set.approver(),
        set.locale(),
        set.surfaces(),
        set.status(),
        set.rolloutPercent(),
        set.alertQuota(),
        set.calibration(),
        set.templates(),
        set.groups(),
        labels);
  }

  private static Label withThreshold(Label label, double value) {
    return new Label(
        label.id(),
        label.display(),
        label.parent(),
        label.group(),
        label.prompts(),
        label.negativePrompts(),
        label.template(),
        label.probe(),
        Threshold.manual(value),
        label.reviewThreshold(),
        label.severity(),
        label.action(),
        label.actionBySurface(),
        label.status(),
        label.canaryPercent(),
        label.expires(),
        label.typographic(),
        label.bias());
  }

  /** One generated label set, and a source of evidence for it. */
  private static final class Case {
    final Random random;
    final AxisSpace space = new AxisSpace();
    final LabelSet set;
    final LabelSetDecider decider;
    String lastRead = "";
    float lastArea = 0.2f;

    Case(long seed) {
      random = new Random(seed);
      StringBuilder body = new StringBuilder("name: test\nowner: team\ngroups:\n");
      int groups = 1 + random.nextInt(3);
      for (int g = 0; g < groups; g++) {
        body.append(
            String.format(
                Locale.ROOT,
                "  - {id: g%d, mode: %s, background: [street, field], temperature: %.2f}%n",
                g,
                random.nextBoolean() ? "exclusive" : "independent",
                0.2 + 2 * random.nextDouble()));
      }
      body.append("labels:\n");
      int labels = 2 + random.nextInt(8);
      for (int l = 0; l < labels; l++) {
        double threshold = 0.2 + 0.7 * random.nextDouble();
        body.append(
            String.format(
                Locale.ROOT,
                "  - {id: %s, group: g%d, prompts: [a %1$s], threshold: %.3f,"
                    + " reviewThreshold: %.3f, action: review, status: %s,"
                    + " typographic: {mode: %s, polarity: %s}%s}%n",
                THINGS[l],
                random.nextInt(groups),
                threshold,
                threshold * 0.6,
                pick("active", "active", "active", "shadow", "canary, canaryPercent: 50"),
                pick("always", "always", "off"),
                pick("harm", "allow", "neutral"),
                random.nextInt(4) == 0 ? ", negativePrompts: [a toy]" : ""));
      }
      ReadResult result = LabelSetReader.read(body.toString());
      if (result instanceof ReadResult.Faulty faulty) {
        throw new AssertionError(faulty.problems() + "\n" + body);
      }
      set = ((ReadResult.Read) result).labelSet();
      decider = new LabelSetDecider(space.compile(set));
    }

    String pick(String... choices) {
      return choices[random.nextInt(choices.length)];
    }

    Decision decide(Evidence evidence, String imageId) {
      return decider.decide(evidence, new Context(imageId, Optional.empty()));
    }

    float[] embedding() {
      Map<String, Double> similarities = new TreeMap<>();
      similarities.put("street", 20 + 2 * random.nextGaussian());
      similarities.put("field", 19 + 2 * random.nextGaussian());
      similarities.put("a toy", 18 + 2 * random.nextGaussian());
      for (int l = 0; l < set.labels().size(); l++) {
        similarities.put("a " + THINGS[l], 19 + 3 * random.nextGaussian());
      }
      return space.image(similarities);
    }

    /** The same image with one label moved, as masking a word does. */
    float[] near(float[] whole) {
      float[] moved = whole.clone();
      int changes = random.nextInt(3);
      for (int c = 0; c < changes; c++) {
        int axis = random.nextInt(set.labels().size() + 3);
        moved[axis] = Math.max(0.02f, moved[axis] + (random.nextBoolean() ? -0.08f : 0.08f));
      }
      double energy = 0;
      for (int d = 0; d < moved.length - 1; d++) {
        energy += (double) moved[d] * moved[d];
      }
      moved[moved.length - 1] = (float) Math.sqrt(1 - energy);
      return moved;
    }

    Evidence evidence() {
      float[] whole = embedding();
      return random.nextInt(3) == 0
          ? space.evidence(whole, Optional.empty())
          : withText(whole, near(whole), embedding(), near(whole));
    }

    Evidence withText(float[] whole, float[] masked, float[] text, float[] control) {
      lastRead = pick(WORDS);
      lastArea = random.nextBoolean() ? 0.05f : 0.2f;
      return space.evidence(
          whole,
          Optional.of(
              new TextEvidence(
                  List.of(new TextBox(0, 0, 1, lastArea, Optional.of(lastRead), 1)),
                  lastArea,
                  Optional.of(masked),
                  Optional.of(text),
                  Optional.of(control),
                  Optional.empty())));
    }

    double similarity(float[] embedding, Label label) {
      return 100.0 * embedding[axis("a " + label.id())];
    }

    /** The formulas written out, apart from the code under test. */
    boolean fires(float[] embedding, Label label, String imageId) {
      LabelGroup group = set.group(label.group()).orElseThrow();
      double own = similarity(embedding, label);
      var rivals = new ArrayList<Double>();
      rivals.add(100.0 * embedding[axis("street")]);
      rivals.add(100.0 * embedding[axis("field")]);
      label.negativePrompts().forEach(prompt -> rivals.add(100.0 * embedding[axis(prompt)]));
      double temperature = group.temperature();
      double logit;
      if (group.mode() == LabelGroup.Mode.EXCLUSIVE) {
        for (Label rival : set.labels()) {
          boolean competes =
              switch (rival.status()) {
                case ACTIVE -> true;
                case CANARY -> StableShare.holds("test/" + rival.id(), imageId, 50);
                default -> false;
              };
          if (!rival.equals(label) && rival.group().equals(label.group()) && competes) {
            rivals.add(similarity(embedding, rival));
          }
        }
        logit =
            own / temperature
                - Math.log(
                    rivals.stream()
                        .collect(Collectors.summingDouble(s -> Math.exp(s / temperature))));
      } else {
        logit =
            (own - Math.log(rivals.stream().collect(Collectors.summingDouble(Math::exp))))
                / temperature;
      }
      return 1 / (1 + Math.exp(-logit)) >= label.threshold().value();
    }

    private int axis(String name) {
      float[] probe = space.image(Map.of(name, 50.0));
      for (int d = 0; d < probe.length - 1; d++) {
        if (probe[d] != 0) {
          return d;
        }
      }
      throw new AssertionError(name);
    }
  }
}
