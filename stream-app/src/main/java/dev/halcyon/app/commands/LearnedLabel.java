package dev.halcyon.app.commands;

import dev.halcyon.app.Home;
import dev.halcyon.app.decision.LabelScores;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.app.labels.LabelSetCompiler;
import dev.halcyon.app.labels.LabelSetRefusedException;
import dev.halcyon.clip.ClipModel;
import dev.halcyon.clip.Evidence;
import dev.halcyon.labels.Label;
import dev.halcyon.labels.LabelGroup;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetReader;
import dev.halcyon.labels.LabelStatus;
import dev.halcyon.labels.Probe;
import dev.halcyon.labels.ReadResult;
import dev.halcyon.labels.Threshold;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * A label that is learned, and the set it stands in: that of the file it is put into, else the
 * default pack, for its prompts and background alone.
 */
final class LearnedLabel {
  private static final String NEW =
      """
      name: new
      owner: new
      groups: [{id: "%s", background: [a photo]}]
      labels: [{id: "%s", prompts: ["a photo of a %s"], status: shadow}]
      """;

  private final LabelSet set;
  private final Label label;
  private final boolean isNew;

  private LearnedLabel(LabelSet set, Label label, boolean isNew) {
    this.set = set;
    this.label = label;
    this.isNew = isNew;
  }

  /**
   * The label of an id, as it stands in a set or as a new one.
   *
   * @param group where a new label goes; the first independent group if absent
   * @param file the set; the default pack if absent
   * @throws BadInputException if the file cannot be read, or the id or the group cannot be used
   */
  static LearnedLabel named(String id, Optional<String> group, Optional<Path> file) {
    Path source = file.orElseGet(() -> Home.resolve(DefaultPack.PATH));
    LabelSet set = LabelSetFile.read(source);
    Optional<Label> known = set.label(id);
    if (known.isPresent()) {
      LabelGroup own = set.group(known.get().group()).orElseThrow();
      if (own.mode() == LabelGroup.Mode.EXCLUSIVE && file.isPresent()) {
        throw new BadInputException(
            source
                + ": "
                + id
                + " is in the exclusive group "
                + own.id()
                + ", where a learned label cannot compete; move it to an independent group");
      }
      return new LearnedLabel(set, known.get(), false);
    }
    LabelGroup own = group(set, source, group);
    ReadResult read =
        LabelSetReader.read(NEW.formatted(own.id(), id, id.replace('-', ' ').replace('_', ' ')));
    if (read instanceof ReadResult.Faulty faulty) {
      throw LabelSetFile.refused(id, faulty.problems().stream().map(Object::toString).toList());
    }
    return new LearnedLabel(set, ((ReadResult.Read) read).labelSet().labels().get(0), true);
  }

  private static LabelGroup group(LabelSet set, Path source, Optional<String> wanted) {
    List<LabelGroup> independent =
        set.groups().stream().filter(group -> group.mode() == LabelGroup.Mode.INDEPENDENT).toList();
    return independent.stream()
        .filter(group -> wanted.isEmpty() || group.id().equals(wanted.get()))
        .findFirst()
        .orElseThrow(
            () ->
                new BadInputException(
                    source
                        + ": has no independent group"
                        + wanted.map(id -> " " + id).orElse("")
                        + " for a learned label; there are: "
                        + independent.stream()
                            .map(LabelGroup::id)
                            .collect(Collectors.joining(", "))));
  }

  /** The label scored by a probe, from 0.5 on. */
  Label with(Probe probe) {
    return label.with(Optional.of(probe)).with(Threshold.manual(0.5), OptionalDouble.empty());
  }

  /** The set with the learned label in its place, or at its end where it is new. */
  LabelSet into(Label learned) {
    List<Label> labels = new ArrayList<>(set.labels());
    if (isNew) {
      labels.add(learned);
    } else {
      labels.set(labels.indexOf(label), learned);
    }
    return set.with(set.calibration(), labels);
  }

  /**
   * What the label's prompts score.
   *
   * @throws BadInputException if they cannot be compiled for the model
   */
  PromptScores promptScores(ClipModel model) {
    Label prompted = label.with(Optional.empty()).with(LabelStatus.ACTIVE);
    if (label.prompts().isEmpty()) {
      throw new BadInputException(
          label.id() + " has no prompts to compare with; write some into its label set");
    }
    LabelSet alone = set.with(Optional.empty(), List.of(prompted)).with(LabelStatus.ACTIVE);
    try {
      return new PromptScores(
          label.prompts(),
          new LabelScores(
              new LabelSetCompiler(model.textEncoder(), model.identity())
                  .compile(
                      alone,
                      new LabelSetVersion(set.name(), 0, ""),
                      LocalDate.now(ZoneOffset.UTC))));
    } catch (LabelSetRefusedException e) {
      throw LabelSetFile.refused(set.name(), e.problems());
    }
  }

  /** Scores by prompts. */
  record PromptScores(List<String> prompts, LabelScores scores) {
    double of(Evidence evidence) {
      return scores.of(evidence)[0];
    }

    String described() {
      return prompts.stream()
          .limit(3)
          .map(prompt -> "\"" + prompt + "\"")
          .collect(Collectors.joining(", ", "", prompts.size() > 3 ? ", …" : ""));
    }
  }
}
