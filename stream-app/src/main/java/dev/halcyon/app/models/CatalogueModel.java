package dev.halcyon.app.models;

import dev.halcyon.clip.EngineSettings.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * A model that can be fetched by name.
 *
 * @param name what {@code models pull} calls it
 * @param title its name for people
 * @param architecture {@code clip}, {@code siglip}, {@code siglip2}
 * @param licence licence of the weights
 * @param parametersMillions parameters of both encoders
 * @param inputPixels side of its pictures
 * @param accuracyPercent zero-shot accuracy on ImageNet
 * @param accuracySource who reports it
 * @param note what to know before choosing it, one line
 * @param weights the files of each precision
 * @param files files that every precision needs
 * @param contextLength most tokens a prompt may take, where its own files do not say
 * @param logits factor and bias from cosine to similarity
 */
public record CatalogueModel(
    String name,
    String title,
    String architecture,
    String licence,
    int parametersMillions,
    int inputPixels,
    OptionalDouble accuracyPercent,
    String accuracySource,
    String note,
    Map<Weights, List<CatalogueFile>> weights,
    List<CatalogueFile> files,
    OptionalInt contextLength,
    Logits logits) {

  /** Factor and bias from cosine to similarity. */
  public sealed interface Logits {
    /**
     * They are known.
     *
     * @param from who says so
     */
    record Stated(float scale, float bias, String from) implements Logits {}

    /** They are two numbers of the original weights, in a safetensors file. */
    record InWeights(String repository, String revision, String path) implements Logits {}
  }

  public CatalogueModel {
    if (!name.matches("[a-z0-9][a-z0-9.-]{0,62}")) {
      throw new IllegalArgumentException(
          "name \"" + name + "\" is not of a-z, 0-9, '.' and '-', at most 63");
    }
    Objects.requireNonNull(logits, "logits");
    weights = Map.copyOf(weights);
    files = List.copyOf(files);
    if (weights.isEmpty()) {
      throw new IllegalArgumentException(name + ": no weights");
    }
  }

  /** All files of a precision, the small ones first so that a wrong address is found early. */
  public List<CatalogueFile> filesOf(Weights precision) {
    List<CatalogueFile> all = new ArrayList<>(files);
    all.addAll(weights.get(precision));
    return all;
  }

  /** The precisions there are, the default first. */
  public List<Weights> precisions() {
    return List.copyOf(new TreeMap<>(weights).keySet());
  }

  /** Name of the folder of a precision: {@code NAME} or {@code NAME-fp16}. */
  public String folder(Weights precision) {
    return precision == Weights.DEFAULT
        ? name
        : name + "-" + precision.name().toLowerCase(Locale.ROOT);
  }
}
