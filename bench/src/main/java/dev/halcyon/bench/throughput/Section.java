package dev.halcyon.bench.throughput;

import dev.halcyon.bench.Pictures;
import dev.halcyon.clip.EngineSettings;
import java.nio.file.Path;

/** A part of the bench that can be run alone. */
interface Section {
  /**
   * What all sections are told.
   *
   * @param rounds measured rounds of each case, after one that is not
   * @param quick whether to measure little, to see that everything works
   * @param images pictures for the sections with a model
   * @param model folder of the model
   * @param labels label set of the sections with a model
   * @param engine how the model runs
   * @param uploads uploads of a round with a model
   * @param memoryImages images of the memory section
   */
  record Settings(
      int rounds,
      boolean quick,
      Pictures images,
      Path model,
      Path labels,
      EngineSettings engine,
      int uploads,
      int memoryImages) {

    Settings with(Path otherModel) {
      return new Settings(rounds, quick, images, otherModel, labels, engine, uploads, memoryImages);
    }
  }

  /** Its name, as {@code --only} takes it and figures show it. */
  String name();

  void measure(Settings settings, Cluster cluster, Report report) throws Exception;
}
