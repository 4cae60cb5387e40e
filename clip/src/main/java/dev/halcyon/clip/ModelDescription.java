package dev.halcyon.clip;

import dev.halcyon.clip.model.ModelDirectory.Family;
import dev.halcyon.clip.model.ModelFile;
import dev.halcyon.clip.model.Reading;
import dev.halcyon.clip.preprocess.PreprocessingSpec;
import java.util.List;

/**
 * What a loaded model is and where each fact about it was read.
 *
 * @param identity which model
 * @param family how image and text are compared
 * @param files the files it is made of
 * @param readings facts and their sources
 * @param preprocessing what is done to a picture
 * @param imagePorts input and output of the image encoder, as its graph states them
 * @param textPorts inputs and output of the text encoder
 * @param contextLength most tokens a prompt may take
 * @param provider where it runs
 * @param runtime version of ONNX Runtime
 */
public record ModelDescription(
    ModelIdentity identity,
    Family family,
    List<ModelFile> files,
    List<Reading> readings,
    PreprocessingSpec preprocessing,
    String imagePorts,
    String textPorts,
    int contextLength,
    ExecutionProvider provider,
    String runtime) {
  public ModelDescription {
    files = List.copyOf(files);
    readings = List.copyOf(readings);
  }

  /** The facts that no file states. */
  public List<Reading> assumptions() {
    return readings.stream().filter(Reading::assumed).toList();
  }

  /** Length of all files. */
  public long bytes() {
    return files.stream().mapToLong(ModelFile::bytes).sum();
  }
}
