package dev.halcyon.labels;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Reads label sets as people write them, YAML or JSON. Whatever the bytes are, the result is a
 * sound set or a list of problems.
 *
 * <p>Two kinds of top-level field are passed over: {@code $schema}, and names that begin with
 * {@code x-}, where YAML anchors may be kept. Stateless.
 */
public final class LabelSetReader {
  /** Most bytes of a document. */
  public static final int MAX_BYTES = 4 * 1024 * 1024;

  private enum Language {
    YAML,
    JSON,
    OF_ITS_LOOKS
  }

  private LabelSetReader() {}

  /**
   * Reads a file.
   *
   * @param file JSON where its name ends in {@code .json}, YAML where it ends in {@code .yaml} or
   *     {@code .yml}, else as its text looks
   * @throws IOException if the file cannot be read
   */
  public static ReadResult read(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    }
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".json")) {
      return read(bytes, Language.JSON);
    }
    boolean yaml = name.endsWith(".yaml") || name.endsWith(".yml");
    return read(bytes, yaml ? Language.YAML : Language.OF_ITS_LOOKS);
  }

  /** Reads the bytes of a document in UTF-8. It is JSON where its text begins with a brace. */
  public static ReadResult read(byte[] document) {
    return read(document, Language.OF_ITS_LOOKS);
  }

  /** Reads a document. It is JSON where its text begins with a brace, else YAML. */
  public static ReadResult read(String document) {
    return read(document, Language.OF_ITS_LOOKS);
  }

  private static ReadResult read(byte[] document, Language language) {
    if (document.length > MAX_BYTES) {
      return tooLong();
    }
    try {
      return read(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(document)).toString(),
          language);
    } catch (CharacterCodingException e) {
      return new ReadResult.Faulty(
          List.of(new Problem("", "is not text in UTF-8; save it in that encoding")));
    }
  }

  private static ReadResult read(String document, Language language) {
    String text = document.startsWith("\uFEFF") ? document.substring(1) : document;
    if (text.length() > MAX_BYTES) {
      return tooLong();
    }
    Problems problems = new Problems();
    boolean yaml =
        language == Language.YAML
            || (language == Language.OF_ITS_LOOKS && !text.stripLeading().startsWith("{"));
    Node root = NodeParser.parse(text, yaml, problems);
    if (root instanceof Node.Fields fields) {
      LabelSet set = bind(fields, problems);
      if (problems.isEmpty()) {
        return new ReadResult.Read(set);
      }
    } else if (root != null) {
      problems.add(
          new Problem(
                  "",
                  "is " + root.kind() + " where a map with name, owner, groups and labels belongs")
              .at(root.line()));
    }
    return new ReadResult.Faulty(Problems.capped(located(problems.list(), root)));
  }

  private static LabelSet bind(Node.Fields root, Problems problems) {
    Node.Fields known = root;
    for (String name : root.fields().keySet()) {
      if (name.equals("$schema") || name.startsWith("x-")) {
        known = known.without(name);
      }
    }
    LabelSet set = new Binder(problems).bind(LabelSet.class, Defaults.fillSet(known), "");
    LabelSetRules.check(set, problems);
    return set;
  }

  private static ReadResult tooLong() {
    return new ReadResult.Faulty(
        List.of(
            new Problem(
                "",
                "is longer than "
                    + MAX_BYTES / (1024 * 1024)
                    + " MiB; split the set by surfaces")));
  }

  /** The problems with the lines they stand on, in the document's order. */
  private static List<Problem> located(List<Problem> problems, Node root) {
    List<Problem> located = new ArrayList<>();
    for (Problem problem : problems) {
      int line = problem.line().orElseGet(() -> line(root, problem.path()));
      located.add(line > 0 ? problem.at(line) : problem);
    }
    located.sort(Comparator.comparingInt(problem -> problem.line().orElse(0)));
    return located;
  }

  /** The line of the deepest node on the path. */
  private static int line(Node root, String path) {
    int line = root == null ? 0 : root.line();
    Node at = root;
    for (String step : path.split("[.\\[]")) {
      if (at instanceof Node.Fields fields) {
        at = fields.get(step);
      } else if (at instanceof Node.Items items && step.matches("[0-9]{1,6}]")) {
        int index = Integer.parseInt(step.substring(0, step.length() - 1));
        at = index < items.items().size() ? items.items().get(index) : null;
      } else {
        break;
      }
      if (at == null) {
        break;
      }
      line = at.line();
    }
    return line;
  }
}
