package dev.halcyon.app.models;

import dev.halcyon.app.decision.LabelScores;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.app.labels.LabelSetCompiler;
import dev.halcyon.app.labels.LabelSetRefusedException;
import dev.halcyon.app.pictures.PictureLooker;
import dev.halcyon.clip.AnalyzerSettings;
import dev.halcyon.clip.ClipModel;
import dev.halcyon.clip.EngineSettings;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ImageAnalyzer;
import dev.halcyon.clip.ModelDescription;
import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * What one model makes of pictures by a label set.
 *
 * @param model the model
 * @param labels ids of the labels, in the order of the scores
 * @param scores in [0, 1] by picture and label
 * @param imagesPerSecond from file to evidence, all threads
 * @param loadSeconds time to load the model
 */
public record ModelLook(
    ModelDescription model,
    List<String> labels,
    Map<Path, double[]> scores,
    double imagesPerSecond,
    double loadSeconds) {
  private static final int WARM_UP = 16;

  /**
   * Looks at pictures. Text is not looked for: what the model makes of the pixels is compared.
   *
   * @param progress is told how many pictures are done
   * @param rejects receives the pictures that cannot be used
   * @throws LabelSetRefusedException if the set does not suit the model
   */
  public static ModelLook at(
      Path directory,
      EngineSettings engine,
      AnalyzerSettings images,
      LabelSet set,
      List<Path> pictures,
      LongConsumer progress,
      Consumer<PictureLooker.Looked> rejects)
      throws LabelSetRefusedException {
    long opening = System.nanoTime();
    try (ClipModel model = ClipModel.open(directory, engine);
        ImageAnalyzer analyzer = model.analyzer(images)) {
      double loadSeconds = (System.nanoTime() - opening) / 1e9;
      LabelScores scorer = scorer(model, set);
      warmUp(model, images, pictures);
      Map<Path, double[]> scores = new LinkedHashMap<>();
      long began = System.nanoTime();
      new PictureLooker(analyzer, TextAnalysis.OFF, progress)
          .look(
              pictures,
              looked -> {
                if (looked.outcome() instanceof Evidence evidence) {
                  scores.put(looked.file(), scorer.of(evidence));
                } else {
                  rejects.accept(looked);
                }
              });
      double seconds = (System.nanoTime() - began) / 1e9;
      return new ModelLook(
          model.description(), scorer.labels(), scores, pictures.size() / seconds, loadSeconds);
    }
  }

  /** The first batches of a program are slow, whichever model comes first. */
  private static void warmUp(ClipModel model, AnalyzerSettings images, List<Path> pictures) {
    try (ImageAnalyzer other = model.analyzer(images)) {
      new PictureLooker(other, TextAnalysis.OFF, done -> {})
          .look(pictures.subList(0, Math.min(WARM_UP, pictures.size())), looked -> {});
    }
  }

  /** Scores by a set as this model understands its prompts. */
  public static LabelScores scorer(ClipModel model, LabelSet set) throws LabelSetRefusedException {
    return new LabelScores(
        new LabelSetCompiler(model.textEncoder(), model.identity())
            .compile(
                set,
                new LabelSetVersion(set.name(), 0, LabelSetWriter.contentHash(set)),
                LocalDate.now(ZoneOffset.UTC)));
  }
}
