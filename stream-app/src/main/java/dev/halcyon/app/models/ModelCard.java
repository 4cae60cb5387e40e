package dev.halcyon.app.models;

import dev.halcyon.clip.ModelDescription;
import dev.halcyon.clip.model.ModelDirectory.Family;
import dev.halcyon.clip.model.Reading;
import dev.halcyon.clip.preprocess.PreprocessingSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A model described for people.
 *
 * @param title its name
 * @param subtitle what it is, in a sentence
 * @param madeBy who made the page
 * @param facts what it is
 * @param files what it is made of
 * @param advice what to mind when thresholds are set on its scores
 */
public record ModelCard(
    String title,
    String subtitle,
    String madeBy,
    List<Fact> facts,
    List<Part> files,
    List<String> advice) {

  /**
   * A fact.
   *
   * @param from where it was read, or why it is taken to be so
   * @param chip class of its mark: quiet, or warn where nobody states it
   */
  public record Fact(String name, String value, String from, String chip) {}

  /** A file. */
  public record Part(String path, String size, String sha256) {}

  public ModelCard {
    facts = List.copyOf(facts);
    files = List.copyOf(files);
    advice = List.copyOf(advice);
  }

  /** Describes a loaded model. */
  public static ModelCard of(ModelDescription model) {
    List<Fact> facts = new ArrayList<>();
    facts.add(fact("model hash", model.identity().hash(), "over the hashes of all files"));
    facts.add(
        fact(
            "preprocessing id",
            model.identity().preprocessingId(),
            "evidence made with another is never compared"));
    facts.add(fact("preprocessing", words(model.preprocessing()), "preprocessing file"));
    facts.add(
        fact(
            "normalisation",
            "mean " + model.preprocessing().mean() + ", std " + model.preprocessing().std(),
            "preprocessing file"));
    facts.add(
        fact(
            "longest prompt",
            model.contextLength() + " tokens",
            "configuration files and text graph, the lesser"));
    facts.add(fact("image graph", model.imagePorts(), "the graph"));
    facts.add(fact("text graph", model.textPorts(), "the graph"));
    for (Reading reading : model.readings()) {
      facts.add(
          new Fact(
              reading.what(),
              reading.value(),
              reading.from(),
              reading.assumed() ? "warn" : "quiet"));
    }
    List<Part> files =
        model.files().stream()
            .map(
                file ->
                    new Part(
                        file.path(),
                        String.format(Locale.ROOT, "%.1f MB", file.bytes() / 1e6),
                        file.sha256()))
            .toList();
    String subtitle =
        String.format(
            Locale.ROOT,
            "%s, %d dimensions, pictures of %dx%d, %.0f MB in all; ONNX Runtime %s on %s.",
            model.family() == Family.SIGLIP ? "A sigmoid model" : "A softmax model",
            model.identity().dimensions(),
            model.preprocessing().width(),
            model.preprocessing().height(),
            model.bytes() / 1e6,
            model.runtime(),
            model.provider().settingName());
    return new ModelCard(
        model.identity().id(), subtitle, "halcyon models card", facts, files, advice(model));
  }

  private static Fact fact(String name, String value, String from) {
    return new Fact(name, value, from, "quiet");
  }

  private static String words(PreprocessingSpec spec) {
    String size = spec.resizeWidth() + "x" + spec.resizeHeight();
    String how =
        switch (spec.resize()) {
          case SHORTEST -> "the shorter side to " + spec.resizeWidth() + " pixels, centre crop";
          case LONGEST -> "the longer side to " + spec.resizeWidth() + " pixels, padded black";
          case SQUASH -> "squashed to " + size;
        };
    return how
        + " to "
        + spec.width()
        + "x"
        + spec.height()
        + ", "
        + spec.filter().name().toLowerCase(Locale.ROOT)
        + " with antialiasing";
  }

  private static List<String> advice(ModelDescription model) {
    List<String> advice = new ArrayList<>();
    advice.add(
        "Thresholds belong to this model, this preprocessing and one label set. Carry none over"
            + " from another model: calibrate with 'halcyon labels calibrate'.");
    advice.add(
        model.family() == Family.SIGLIP
            ? "Similarities are logits of a sigmoid: published medians of SigLIP B/16 are 11.2"
                + " where the label is there and -1.3 where it is not. A fall of 3 under masking"
                + " counts as inflated by text."
            : "Similarities are scaled cosines: published medians of OpenAI's L/14-336 are 25.5"
                + " where the label is there and 16.0 where it is not, and only their distance to a"
                + " background means anything. A fall of 4 under masking counts as inflated by"
                + " text.");
    if (model.preprocessing().resize() == PreprocessingSpec.Resize.SHORTEST) {
      advice.add(
          "The model sees a centre crop. Keep images.tileAspect at 1.5, so that nothing hides at"
              + " the edge of a wide picture.");
    }
    model
        .assumptions()
        .forEach(
            assumed ->
                advice.add(
                    "The "
                        + assumed.what()
                        + " is taken to be "
                        + assumed.value()
                        + ": "
                        + assumed.from()
                        + ". Every score depends on it."));
    return advice;
  }
}
