package dev.halcyon.app.decision;

import dev.halcyon.app.labels.LabelSetCompiler;
import dev.halcyon.app.labels.LabelSetRefusedException;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.clip.TextBox;
import dev.halcyon.clip.TextEncoder;
import dev.halcyon.clip.TextEvidence;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetReader;
import dev.halcyon.labels.ReadResult;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An embedding space in which a test says each similarity outright: every sentence is an axis of
 * its own, unless defined otherwise, and an image is given by its similarities to them.
 */
final class AxisSpace implements TextEncoder {
  static final int DIMENSIONS = 128;
  private static final int REST = DIMENSIONS - 1;
  private static final String HASH = "a".repeat(64);

  private final ModelIdentity model;
  private final Map<String, Integer> axes = new LinkedHashMap<>();
  private final Map<String, Map<String, Double>> defined = new HashMap<>();

  AxisSpace() {
    this(new ModelIdentity("axes", HASH, "none", DIMENSIONS, 100, 0));
  }

  AxisSpace(ModelIdentity model) {
    this.model = model;
  }

  ModelIdentity model() {
    return model;
  }

  /** Gives a sentence a direction of several axes. */
  AxisSpace define(String sentence, Map<String, Double> direction) {
    defined.put(sentence, direction);
    return this;
  }

  CompiledLabelSet compile(String body) {
    ReadResult result = LabelSetReader.read("name: test\nowner: team\n" + body);
    if (result instanceof ReadResult.Faulty faulty) {
      throw new AssertionError(faulty.problems());
    }
    return compile(((ReadResult.Read) result).labelSet());
  }

  CompiledLabelSet compile(LabelSet set) {
    try {
      return new LabelSetCompiler(this, model)
          .compile(set, new LabelSetVersion(set.name(), 3, "c0ffee"), LocalDate.of(2026, 3, 1));
    } catch (LabelSetRefusedException e) {
      throw new AssertionError(e);
    }
  }

  LabelSetDecider decider(String body) {
    return new LabelSetDecider(compile(body));
  }

  /** The unit embedding with these similarities to the axes, what is left along none of them. */
  float[] image(Map<String, Double> similarities) {
    float[] embedding = new float[DIMENSIONS];
    double energy = 0;
    for (var entry : similarities.entrySet()) {
      double cosine = (entry.getValue() - model.logitBias()) / model.logitScale();
      embedding[axis(entry.getKey())] = (float) cosine;
      energy += cosine * cosine;
    }
    if (energy > 1) {
      throw new IllegalArgumentException("no unit vector has the similarities " + similarities);
    }
    embedding[REST] = (float) Math.sqrt(1 - energy);
    return embedding;
  }

  Evidence evidence(float[] embedding, Optional<TextEvidence> text) {
    return new Evidence(model, embedding, text, 640, 480, "jpeg", "0".repeat(64), false);
  }

  Evidence seen(Map<String, Double> whole) {
    return evidence(image(whole), Optional.empty());
  }

  /** Evidence with text that reads so, covering a tenth of the image. */
  Evidence written(
      String read,
      Map<String, Double> whole,
      Map<String, Double> masked,
      Map<String, Double> textOnly,
      Map<String, Double> control) {
    return written(read, 0.1f, image(whole), image(masked), image(textOnly), image(control));
  }

  Evidence written(
      String read, float area, float[] whole, float[] masked, float[] textOnly, float[] control) {
    return evidence(
        whole,
        Optional.of(
            new TextEvidence(
                List.of(new TextBox(0.1f, 0.1f, 0.4f, 0.3f, Optional.of(read), 0.9f)),
                area,
                Optional.of(masked),
                Optional.of(textOnly),
                Optional.ofNullable(control),
                Optional.empty())));
  }

  @Override
  public float[][] encode(List<String> prompts) {
    return prompts.stream().map(this::embed).toArray(float[][]::new);
  }

  private float[] embed(String sentence) {
    float[] vector = new float[DIMENSIONS];
    Map<String, Double> direction = defined.getOrDefault(sentence, Map.of(sentence, 1.0));
    double energy = 0;
    for (double weight : direction.values()) {
      energy += weight * weight;
    }
    for (var entry : direction.entrySet()) {
      vector[axis(entry.getKey())] = (float) (entry.getValue() / Math.sqrt(energy));
    }
    return vector;
  }

  private int axis(String name) {
    Integer axis = axes.computeIfAbsent(name, unknown -> axes.size());
    if (axis >= REST) {
      throw new IllegalStateException("more than " + REST + " axes");
    }
    return axis;
  }

  @Override
  public int countTokens(String prompt) {
    return prompt.split(" ").length + 2;
  }

  @Override
  public int contextLength() {
    return 77;
  }
}
