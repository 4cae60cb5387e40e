package dev.halcyon.app.commands;

import dev.halcyon.app.Home;
import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.labels.LabelSetCompiler;
import dev.halcyon.app.labels.StoredVersion;
import dev.halcyon.clip.ClipModel;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetReader;
import dev.halcyon.labels.LabelSetValidator;
import dev.halcyon.labels.LabelSetWriter;
import dev.halcyon.labels.Problem;
import dev.halcyon.labels.ReadResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A label set in a file, as a command's input and output. */
final class LabelSetFile {
  /** A field the reader passes over: the version a file was made from. */
  private static final String BASED_ON = "x-based-on";

  private static final Pattern BASED_ON_LINE =
      Pattern.compile("(?m)^\\s*\"?" + BASED_ON + "\"?\\s*:\\s*(\\d{1,9})\\b");

  /** The first line that is no comment, directive or mark of YAML. */
  private static final Pattern FIRST_CONTENT = Pattern.compile("(?m)^(?!\\s*$|\\s*#|---|%)");

  private LabelSetFile() {}

  /**
   * Reads a label set.
   *
   * @throws BadInputException with a line for every problem in it
   */
  static LabelSet read(Path file) {
    ReadResult result = open(file);
    if (result instanceof ReadResult.Faulty faulty) {
      throw refused(file.toString(), faulty.problems().stream().map(Problem::toString).toList());
    }
    return ((ReadResult.Read) result).labelSet();
  }

  private static ReadResult open(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new BadInputException(file + ": no such file");
    }
    try {
      return LabelSetReader.read(file);
    } catch (IOException e) {
      throw new BadInputException(file + ": cannot be read: " + e.getMessage());
    }
  }

  /**
   * Everything that is wrong with a label set, for the configured model too; nothing where it is
   * sound.
   *
   * @throws BadInputException if there is no such file
   */
  static List<Problem> problems(Path file, AppConfig app) {
    ReadResult result = open(file);
    if (result instanceof ReadResult.Faulty faulty) {
      return faulty.problems();
    }
    LabelSet set = ((ReadResult.Read) result).labelSet();
    try (ClipModel model =
        ClipModel.open(Home.resolve(app.engine().modelDirectory()), app.engine().settings())) {
      return promptProblems(set, model);
    }
  }

  /**
   * Checks that a model can read the prompts.
   *
   * @throws BadInputException with a line for every prompt over the model's context
   */
  static void requirePrompts(Path file, LabelSet set, ClipModel model) {
    List<Problem> problems = promptProblems(set, model);
    if (!problems.isEmpty()) {
      throw refused(file.toString(), problems.stream().map(Problem::toString).toList());
    }
  }

  private static List<Problem> promptProblems(LabelSet set, ClipModel model) {
    return new LabelSetCompiler(model.textEncoder(), model.identity()).promptProblems(set);
  }

  /**
   * Checks a set that was made, not read.
   *
   * @throws BadInputException with a line for every problem in it
   */
  static void requireSound(Path file, LabelSet set) {
    List<Problem> problems = LabelSetValidator.problems(set);
    if (!problems.isEmpty()) {
      throw refused(file.toString(), problems.stream().map(Problem::toString).toList());
    }
  }

  /**
   * Reads a label set and checks that the configured model can read its prompts.
   *
   * @throws BadInputException with a line for every problem
   */
  static LabelSet checked(Path file, AppConfig app) {
    LabelSet set = read(file);
    try (ClipModel model =
        ClipModel.open(Home.resolve(app.engine().modelDirectory()), app.engine().settings())) {
      requirePrompts(file, set, model);
    }
    return set;
  }

  /** A stored version as a file to be edited: YAML that remembers the version it was made from. */
  static String write(StoredVersion stored) {
    return write(StoredLabelSets.labelSet(stored), Optional.of(stored.version()));
  }

  /**
   * A set as a file to be edited.
   *
   * @param basedOn the version it was made from, remembered in its first line
   */
  static String write(LabelSet set, Optional<Integer> basedOn) {
    return basedOn.map(version -> BASED_ON + ": " + version + "\n").orElse("")
        + LabelSetWriter.yaml(set);
  }

  /**
   * Writes a set to a file to be edited or applied.
   *
   * @param basedOn the version it was made from
   * @throws BadInputException if the file cannot be written
   */
  static void write(Path file, LabelSet set, Optional<Integer> basedOn) {
    try {
      Files.writeString(file, write(set, basedOn));
    } catch (IOException e) {
      throw new BadInputException(file + ": cannot be written: " + e);
    }
  }

  /** Lets a file say that it was made from another version, and leaves the rest of it as it is. */
  static void rebase(Path file, Optional<Integer> from, int to) {
    try {
      String text = Files.readString(file);
      if (from.isPresent()) {
        Matcher line = BASED_ON_LINE.matcher(text);
        if (line.find()) {
          text = text.substring(0, line.start(1)) + to + text.substring(line.end(1));
        }
      } else if (text.stripLeading().startsWith("{")) {
        text = text.replaceFirst("\\{", "{\"" + BASED_ON + "\": " + to + ",");
      } else {
        Matcher content = FIRST_CONTENT.matcher(text);
        int at = content.find() ? content.start() : 0;
        text = text.substring(0, at) + BASED_ON + ": " + to + "\n" + text.substring(at);
      }
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new BadInputException(file + ": cannot be written: " + e);
    }
  }

  /** The version a file says it was made from. */
  static Optional<Integer> basedOnVersion(Path file) {
    try {
      Matcher line = BASED_ON_LINE.matcher(Files.readString(file));
      return line.find() ? Optional.of(Integer.parseInt(line.group(1))) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
