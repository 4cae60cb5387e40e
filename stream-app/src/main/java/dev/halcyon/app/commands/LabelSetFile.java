package dev.halcyon.app.commands;

import dev.halcyon.app.labels.LabelSetCompiler;
import dev.halcyon.clip.ClipModel;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetReader;
import dev.halcyon.labels.Problem;
import dev.halcyon.labels.ReadResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** A label set in a file, as a command's input. */
final class LabelSetFile {
  private LabelSetFile() {}

  /**
   * Reads a label set.
   *
   * @throws BadInputException with a line for every problem in it
   */
  static LabelSet read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new BadInputException(file + ": no such file");
    }
    ReadResult result;
    try {
      result = LabelSetReader.read(file);
    } catch (IOException e) {
      throw new BadInputException(file + ": cannot be read: " + e.getMessage());
    }
    if (result instanceof ReadResult.Faulty faulty) {
      throw refused(file.toString(), faulty.problems().stream().map(Problem::toString).toList());
    }
    return ((ReadResult.Read) result).labelSet();
  }

  /**
   * Checks that a model can read the prompts.
   *
   * @throws BadInputException with a line for every prompt over the model's context
   */
  static void requirePrompts(Path file, LabelSet set, ClipModel model) {
    List<String> problems =
        new LabelSetCompiler(model.textEncoder(), model.identity()).promptProblems(set);
    if (!problems.isEmpty()) {
      throw refused(file.toString(), problems);
    }
  }

  /** All problems of a label set, as one error. */
  static BadInputException refused(String source, List<String> problems) {
    return new BadInputException(
        problems.stream()
            .map(problem -> source + ": " + problem)
            .collect(Collectors.joining(System.lineSeparator())));
  }
}
