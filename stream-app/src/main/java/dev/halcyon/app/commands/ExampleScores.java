package dev.halcyon.app.commands;

import dev.halcyon.app.calibration.CalibratedSet.Sample;
import dev.halcyon.app.decision.CompiledLabelSet;
import dev.halcyon.app.decision.LabelScores;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.app.labels.LabelSetCompiler;
import dev.halcyon.app.labels.LabelSetRefusedException;
import dev.halcyon.app.pictures.ExampleFolders;
import dev.halcyon.app.pictures.PictureLooker;
import dev.halcyon.clip.ClipModel;
import dev.halcyon.clip.Evidence;
import dev.halcyon.labels.Label;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelStatus;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** What the labels of a set score on example pictures. Each picture is looked at once. */
final class ExampleScores {
  private final LabelScores scores;
  private final ExampleFolders folders;

  /**
   * Scores by a set as it would be decided by, its drafts included: they are calibrated before they
   * are tried.
   *
   * @param source the set's file or name, for errors
   * @throws BadInputException if the set cannot be compiled for the model
   */
  ExampleScores(String source, LabelSet set, ClipModel model, ExampleFolders folders) {
    this.scores = new LabelScores(compiled(source, set, model));
    this.folders = folders;
  }

  /** Ids of the labels that are scored and have pictures. */
  List<String> labels() {
    return scores.labels().stream()
        .filter(label -> !folders.background(label).isEmpty() || !folders.positive(label).isEmpty())
        .toList();
  }

  /** The pictures of some labels, each once. */
  List<Path> pictures(List<String> labels) {
    Set<Path> files = new LinkedHashSet<>();
    for (String label : labels) {
      files.addAll(folders.background(label));
      files.addAll(folders.positive(label));
    }
    return List.copyOf(files);
  }

  /**
   * The scores of some labels on their pictures.
   *
   * @param rejects receives the pictures that cannot be used
   */
  Map<String, Sample> of(
      List<String> labels, PictureLooker looker, Consumer<PictureLooker.Looked> rejects) {
    Map<Path, double[]> byFile = new HashMap<>();
    looker.look(
        pictures(labels),
        looked -> {
          if (looked.outcome() instanceof Evidence evidence) {
            byFile.put(looked.file(), scores.of(evidence));
          } else {
            rejects.accept(looked);
          }
        });
    Map<String, Sample> samples = new LinkedHashMap<>();
    for (String label : labels) {
      int index = scores.labels().indexOf(label);
      samples.put(
          label,
          new Sample(
              scoresOf(folders.background(label), index, byFile),
              scoresOf(folders.positive(label), index, byFile)));
    }
    return samples;
  }

  private static double[] scoresOf(List<Path> files, int index, Map<Path, double[]> byFile) {
    return files.stream()
        .filter(byFile::containsKey)
        .mapToDouble(file -> byFile.get(file)[index])
        .toArray();
  }

  private static CompiledLabelSet compiled(String source, LabelSet set, ClipModel model) {
    List<Label> labels =
        set.labels().stream()
            .map(
                label ->
                    label.status() == LabelStatus.DRAFT ? label.with(LabelStatus.SHADOW) : label)
            .toList();
    LabelSet scored = set.with(set.calibration(), labels).with(LabelStatus.ACTIVE);
    try {
      return new LabelSetCompiler(model.textEncoder(), model.identity())
          .compile(scored, new LabelSetVersion(set.name(), 0, ""), LocalDate.now(ZoneOffset.UTC));
    } catch (LabelSetRefusedException e) {
      throw LabelSetFile.refused(source, e.problems());
    }
  }
}
