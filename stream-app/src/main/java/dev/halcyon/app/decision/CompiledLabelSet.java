package dev.halcyon.app.decision;

import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.labels.LabelSet;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * One version of a label set, ready to score the embeddings of one model. Immutable, and safe for
 * use by any thread.
 *
 * <p>Every vector a decision may need on the way to a score is one column of a single matrix: label
 * ensembles, learned probes, background, negatives, and their projected twins. The matrix is laid
 * out dimension by dimension, so that {@link LabelScorer} runs along contiguous memory. The vectors
 * of single prompts, which only explanations need, are kept apart.
 *
 * <p>Labels stand in the order of their ids within their group, whatever order they were written
 * in: sums over a group are then the same to the last bit.
 */
public final class CompiledLabelSet {
  /** Vectors are padded to a multiple of this many rows, one cache line of floats. */
  private static final int ROW_BLOCK = 16;

  private final LabelSet labelSet;
  private final LabelSetVersion version;
  private final ModelIdentity model;
  private final Optional<LocalDate> lastDay;
  private final List<String> warnings;
  private final List<CompiledLabel> labels;
  private final List<CompiledGroup> groups;
  private final List<float[]> rows = new ArrayList<>();
  private int frameCount;
  private final List<PromptVector> rowPrompts = new ArrayList<>();
  private final float[][] matrix;
  private final float[] scales;
  private final float[] offsets;

  /**
   * Lays out a compiled label set.
   *
   * @param labelSet the set as written
   * @param version its version
   * @param model the model the vectors belong to
   * @param groups the scored labels by group, in the set's order
   * @param lastDay last day the compilation holds, because a label expires with it
   * @param warnings what the operator should know, though it can be used
   */
  public CompiledLabelSet(
      LabelSet labelSet,
      LabelSetVersion version,
      ModelIdentity model,
      List<GroupVectors> groups,
      Optional<LocalDate> lastDay,
      List<String> warnings) {
    this.labelSet = labelSet;
    this.version = version;
    this.model = model;
    this.lastDay = lastDay;
    this.warnings = List.copyOf(warnings);
    var probes = new ArrayList<Integer>();
    var probeOffsets = new ArrayList<Double>();
    var compiledGroups = new ArrayList<CompiledGroup>();
    var compiledLabels = new ArrayList<CompiledLabel>();
    for (GroupVectors written : groups) {
      GroupVectors group = inOrderOfIds(written);
      int firstLabel = compiledLabels.size();
      Frame asWritten = layOut(group, group.background(), group.labels());
      Frame[] twins = new Frame[group.labels().size()];
      for (GroupVectors.Counterfactual counterfactual : group.counterfactuals()) {
        Frame twin = layOut(group, counterfactual.background(), counterfactual.labels());
        for (int k = 0; k < twins.length; k++) {
          if (counterfactual.decides().contains(group.labels().get(k).label().id())) {
            twins[k] = twin;
          }
        }
      }
      CompiledGroup compiled =
          new CompiledGroup(group.group(), asWritten, firstLabel, group.labels().size());
      compiledGroups.add(compiled);
      for (int k = 0; k < twins.length; k++) {
        LabelVectors vectors = group.labels().get(k);
        boolean learned = vectors.label().probe().isPresent();
        if (learned) {
          probes.add(asWritten.labelRows()[k]);
          probeOffsets.add(vectors.label().probe().get().bias());
        }
        compiledLabels.add(
            new CompiledLabel(
                compiledLabels.size(),
                vectors,
                compiled,
                k,
                learned,
                Optional.ofNullable(twins[k]),
                ReadWords.termsOf(labelSet, vectors.label()),
                Bar.at(vectors.label().threshold().value()),
                Bar.at(
                    vectors
                        .label()
                        .reviewThreshold()
                        .orElse(vectors.label().threshold().value()))));
      }
    }
    this.groups = List.copyOf(compiledGroups);
    this.labels = List.copyOf(compiledLabels);
    this.scales = new float[rows.size()];
    this.offsets = new float[rows.size()];
    Arrays.fill(scales, model.logitScale());
    Arrays.fill(offsets, model.logitBias());
    for (int i = 0; i < probes.size(); i++) {
      scales[probes.get(i)] = 1;
      offsets[probes.get(i)] = probeOffsets.get(i).floatValue();
    }
    this.matrix = transpose(rows, model.dimensions());
  }

  /** The set as written. */
  public LabelSet labelSet() {
    return labelSet;
  }

  /** The version compiled. */
  public LabelSetVersion version() {
    return version;
  }

  /** The model whose evidence it scores. */
  public ModelIdentity model() {
    return model;
  }

  /**
   * Checks that evidence can be scored by the set.
   *
   * @param seen the model that looked
   * @throws IllegalArgumentException if it is another than the set was compiled for
   */
  void requireSameModel(ModelIdentity seen) {
    if (!seen.hash().equals(model.hash())
        || !seen.preprocessingId().equals(model.preprocessingId())
        || seen.dimensions() != model.dimensions()) {
      throw new IllegalArgumentException(
          "evidence of model "
              + seen.id()
              + " ("
              + seen.hash()
              + ", "
              + seen.preprocessingId()
              + ") cannot be decided by label set "
              + version.name()
              + " compiled for "
              + model.id()
              + " ("
              + model.hash()
              + ", "
              + model.preprocessingId()
              + "); analyze the image again");
    }
  }

  /** Last day (UTC) this compilation holds; the day after, a label has expired. */
  public Optional<LocalDate> lastDay() {
    return lastDay;
  }

  /** What the operator should know, though the set can be used. */
  public List<String> warnings() {
    return warnings;
  }

  /** How many labels are scored. */
  public int labelCount() {
    return labels.size();
  }

  /** How many vectors each image is compared with. */
  public int rowCount() {
    return rows.size();
  }

  /** How many readings of groups there are. */
  int frameCount() {
    return frameCount;
  }

  List<CompiledLabel> labels() {
    return labels;
  }

  List<CompiledGroup> groups() {
    return groups;
  }

  /** The vectors themselves, one a row; not written to. */
  float[][] rowVectors() {
    return rows.toArray(float[][]::new);
  }

  /** By dimension, then row; rows are padded with zeros. */
  float[][] matrix() {
    return matrix;
  }

  /** Factor from the product with a row to its similarity, one a row; not written to. */
  float[] scales() {
    return scales;
  }

  /** Added to the scaled product, one a row; not written to. */
  float[] offsets() {
    return offsets;
  }

  /** What a row of the background or the negatives says. */
  String prompt(int row) {
    return rowPrompts.get(row).prompt();
  }

  private static GroupVectors inOrderOfIds(GroupVectors group) {
    var sorted = new ArrayList<>(group.labels());
    sorted.sort(Comparator.comparing(vectors -> vectors.label().id()));
    return new GroupVectors(group.group(), group.background(), sorted, group.counterfactuals());
  }

  private Frame layOut(
      GroupVectors group, List<PromptVector> background, List<LabelVectors> labels) {
    int count = group.labels().size();
    int[] labelRows = new int[count];
    int[] negativesFrom = new int[count];
    int[] negativesTo = new int[count];
    Arrays.fill(labelRows, Frame.ABSENT);
    int backgroundFrom = rows.size();
    background.forEach(this::addRow);
    int backgroundTo = rows.size();
    for (LabelVectors label : labels) {
      int k = position(group, label.label().id());
      labelRows[k] = rows.size();
      addRow(new PromptVector(label.label().id(), label.direction()));
      negativesFrom[k] = rows.size();
      label.negatives().forEach(this::addRow);
      negativesTo[k] = rows.size();
    }
    return new Frame(
        frameCount++,
        group.group().mode(),
        group.group().temperature(),
        backgroundFrom,
        backgroundTo,
        labelRows,
        negativesFrom,
        negativesTo);
  }

  private static int position(GroupVectors group, String id) {
    for (int k = 0; k < group.labels().size(); k++) {
      if (group.labels().get(k).label().id().equals(id)) {
        return k;
      }
    }
    throw new IllegalArgumentException("label " + id + " is not in group " + group.group().id());
  }

  private void addRow(PromptVector row) {
    if (row.vector().length != model.dimensions()) {
      throw new IllegalArgumentException(
          "the vector of \""
              + row.prompt()
              + "\" has "
              + row.vector().length
              + " values, the model "
              + model.dimensions());
    }
    rows.add(row.vector());
    rowPrompts.add(row);
  }

  private static float[][] transpose(List<float[]> rows, int dimensions) {
    int padded = (rows.size() + ROW_BLOCK - 1) / ROW_BLOCK * ROW_BLOCK;
    float[][] matrix = new float[dimensions][padded];
    for (int row = 0; row < rows.size(); row++) {
      float[] vector = rows.get(row);
      for (int d = 0; d < dimensions; d++) {
        matrix[d][row] = vector[d];
      }
    }
    return matrix;
  }
}
