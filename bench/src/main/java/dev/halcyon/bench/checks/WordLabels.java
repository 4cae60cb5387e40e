package dev.halcyon.bench.checks;

import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.decision.Decision;
import dev.halcyon.app.decision.Flag;
import dev.halcyon.app.decision.LabelDecision;
import dev.halcyon.app.decision.LabelSetDecider;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.app.labels.LabelSetCompiler;
import dev.halcyon.app.labels.LabelSetRefusedException;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.clip.TextEncoder;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetReader;
import dev.halcyon.labels.ReadResult;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A label for each of some words, decided by the program's own classes. */
final class WordLabels {
  private final LabelSetDecider decider;

  /** What one image came to: which labels fire, and which are claimed to be written. */
  record Outcome(Map<String, Set<Flag>> flags, Set<String> fired, Set<Flag> all) {
    boolean fires(String word) {
      return fired.contains(id(word));
    }

    boolean has(String word, Flag flag) {
      return flags.getOrDefault(id(word), Set.of()).contains(flag);
    }

    /** Whether anything is claimed about any label; that text covers the image is no claim. */
    boolean claims() {
      return all.stream()
          .anyMatch(
              flag -> flag == Flag.INFLATED || flag == Flag.SUPPRESSED || flag == Flag.TOP1_FLIP);
    }
  }

  private WordLabels(LabelSetDecider decider) {
    this.decider = decider;
  }

  /**
   * Labels of one independent group.
   *
   * @param background prompts they are weighed against
   * @param template sentence with {} for the word
   * @param threshold score from which a label fires
   * @param temperature of the group
   * @param delta least fall that counts as inflation; the program's default where absent
   */
  static WordLabels of(
      Collection<String> words,
      List<String> background,
      String template,
      double threshold,
      double temperature,
      Optional<Double> delta,
      TextEncoder encoder,
      ModelIdentity model) {
    StringBuilder yaml = new StringBuilder();
    yaml.append("name: words\nowner: bench\n");
    yaml.append("templates: [{id: t, prompts: [").append(quoted(template)).append("]}]\n");
    yaml.append("groups: [{id: g, template: t, temperature: ").append(temperature);
    yaml.append(", background: [");
    yaml.append(background.stream().map(WordLabels::quoted).collect(Collectors.joining(", ")));
    yaml.append("]}]\nlabels:\n");
    for (String word : new TreeSet<>(words)) {
      yaml.append("  - {id: ").append(id(word)).append(", group: g, prompts: [");
      yaml.append(quoted(word)).append("], threshold: ").append(threshold);
      yaml.append(", action: review, typographic: {mode: always, polarity: harm");
      delta.ifPresent(least -> yaml.append(", delta: ").append(least));
      yaml.append("}}\n");
    }
    return new WordLabels(decider(read(yaml.toString()), encoder, model));
  }

  /** Labels that compete with each other and with one background prompt. */
  static WordLabels competing(
      List<String> words, String background, TextEncoder encoder, ModelIdentity model) {
    StringBuilder yaml = new StringBuilder();
    yaml.append("name: words\nowner: bench\n");
    yaml.append("groups: [{id: g, mode: exclusive, background: [");
    yaml.append(quoted(background)).append("]}]\nlabels:\n");
    for (String word : words) {
      yaml.append("  - {id: ").append(id(word)).append(", group: g, prompts: [");
      yaml.append(quoted(word)).append("], threshold: 0.5, action: review, ");
      yaml.append("typographic: {mode: always, polarity: neutral}}\n");
    }
    return new WordLabels(decider(read(yaml.toString()), encoder, model));
  }

  Outcome decide(Evidence evidence) {
    return outcome(decider.decide(evidence, new Decider.Context("picture", Optional.empty())));
  }

  static Outcome outcome(Decision decision) {
    return new Outcome(
        decision.labels().stream()
            .collect(Collectors.toMap(LabelDecision::label, LabelDecision::flags)),
        decision.labels().stream()
            .filter(label -> label.standing() == LabelDecision.Standing.FIRED)
            .map(LabelDecision::label)
            .collect(Collectors.toSet()),
        decision.flags());
  }

  static LabelSetDecider decider(LabelSet set, TextEncoder encoder, ModelIdentity model) {
    try {
      return new LabelSetDecider(
          new LabelSetCompiler(encoder, model)
              .compile(
                  set, new LabelSetVersion(set.name(), 1, "bench"), LocalDate.now(ZoneOffset.UTC)));
    } catch (LabelSetRefusedException e) {
      throw new IllegalStateException("the bench's own labels are refused: " + e.problems(), e);
    }
  }

  static LabelSet read(String yaml) {
    ReadResult result = LabelSetReader.read(yaml);
    if (result instanceof ReadResult.Read read) {
      return read.labelSet();
    }
    throw new IllegalStateException(
        "the bench's own labels are faulty: " + ((ReadResult.Faulty) result).problems());
  }

  static String id(String word) {
    return "w-" + word.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
  }

  private static String quoted(String text) {
    return "\"" + text + "\"";
  }
}
