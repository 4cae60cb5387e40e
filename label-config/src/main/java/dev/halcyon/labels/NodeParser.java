package dev.halcyon.labels;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;

/**
 * Text to tree, for YAML and JSON. Anchors, aliases and merge keys of YAML are resolved; an alias
 * shares its subtree, so that nested aliases cannot grow in memory, and the size they would have
 * written out is bounded.
 */
final class NodeParser {
  /** Deepest nesting; a label set needs seven levels. */
  private static final int MAX_DEPTH = 32;

  /** Most nodes with all aliases written out. */
  private static final int MAX_NODES = 500_000;

  /**
   * Longest line of YAML: the time its scanner takes grows with the square of a token's length on
   * one line.
   */
  private static final int MAX_LINE = 64 * 1024;

  private static final String MERGE = "<<";

  private static final StreamReadConstraints LIMITS =
      StreamReadConstraints.builder()
          .maxNestingDepth(MAX_DEPTH)
          .maxStringLength(LabelSetReader.MAX_BYTES)
          .maxNumberLength(400)
          .build();

  private final Problems problems;
  private final boolean yaml;
  private final Map<String, Sized> anchors = new HashMap<>();
  private JsonParser parser;

  /** A node and how many nodes it has with all aliases written out. */
  private record Sized(Node node, long size) {}

  private NodeParser(boolean yaml, Problems problems) {
    this.yaml = yaml;
    this.problems = problems;
  }

  /**
   * Parses one document.
   *
   * @return the tree, or null where the text is no document at all, with the problem reported
   */
  static Node parse(String text, boolean yaml, Problems problems) {
    return new NodeParser(yaml, problems).document(text);
  }

  private Node document(String text) {
    if (yaml && hasOverlongLine(text)) {
      problems.add(
          new Problem("", "has a line of more than " + MAX_LINE / 1024 + " KiB; break it"));
      return null;
    }
    try (JsonParser opened = factory(text.length()).createParser(text)) {
      parser = opened;
      if (parser.nextToken() == null) {
        problems.add(new Problem("", "is empty; write a label set"));
        return null;
      }
      Node root = node("").node();
      if (parser.nextToken() != null) {
        problems.add(
            new Problem("", "holds more than one document; write each set to its own file")
                .at(line()));
      }
      return root;
    } catch (Malformed e) {
      problems.add(e.problem);
      return null;
    } catch (JsonProcessingException e) {
      Problem problem = new Problem("", "is not " + language() + ": " + reason(e));
      problems.add(e.getLocation() == null ? problem : problem.at(e.getLocation().getLineNr()));
      return null;
    } catch (IOException | RuntimeException e) {
      // The parsers throw more than they declare on hostile input; whatever they throw, the
      // document is what is wrong.
      problems.add(new Problem("", "is not " + language() + ": " + e.getMessage()));
      return null;
    }
  }

  private static boolean hasOverlongLine(String text) {
    int start = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      if (end - start > MAX_LINE) {
        return true;
      }
      start = end + 1;
    }
    return text.length() - start > MAX_LINE;
  }

  private JsonFactory factory(int length) {
    if (!yaml) {
      return new JsonFactoryBuilder().streamReadConstraints(LIMITS).build();
    }
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(length + 1);
    options.setNestingDepthLimit(MAX_DEPTH);
    return YAMLFactory.builder()
        .streamReadConstraints(LIMITS)
        .loaderOptions(options)
        // "off" is a mode of a check, not a truth value.
        .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
        .build();
  }

  private String language() {
    return yaml ? "YAML" : "JSON";
  }

  private static String reason(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    return message == null ? "cannot be parsed" : message.strip().replaceAll("\\s+", " ");
  }

  private int line() {
    return parser.currentTokenLocation().getLineNr();
  }

  private Sized node(String path) throws IOException {
    String anchor = yaml ? (String) parser.getObjectId() : null;
    Sized node =
        switch (parser.currentToken()) {
          case START_OBJECT -> fields(path);
          case START_ARRAY -> items(path);
          default -> new Sized(scalar(path), 1);
        };
    if (yaml && parser.currentToken() == JsonToken.VALUE_STRING && isAlias()) {
      return aliased(((Node.Text) node.node()).value(), path);
    }
    if (anchor != null) {
      anchors.put(anchor, node);
    }
    return node;
  }

  private boolean isAlias() {
    return ((YAMLParser) parser).isCurrentAlias();
  }

  private Sized aliased(String name, String path) {
    Sized target = anchors.get(name);
    if (target == null) {
      throw new Malformed(
          new Problem(path, "*" + name, "names no anchor written above it; define &" + name)
              .at(line()));
    }
    return bounded(target);
  }

  private Sized bounded(Sized node) {
    if (node.size() > MAX_NODES) {
      throw new Malformed(
          new Problem("", "has more than " + MAX_NODES + " values with its aliases written out")
              .at(line()));
    }
    return node;
  }

  private Sized items(String path) throws IOException {
    int line = line();
    List<Node> items = new ArrayList<>();
    long size = 1;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      Sized item = node(path + "[" + items.size() + "]");
      items.add(item.node());
      size += item.size();
    }
    return bounded(new Sized(new Node.Items(items, line), size));
  }

  private Sized fields(String path) throws IOException {
    int line = line();
    Map<String, Node> fields = new LinkedHashMap<>();
    Map<String, Node> merged = new LinkedHashMap<>();
    long size = 1;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      int nameLine = line();
      parser.nextToken();
      String at = Binder.join(path, Node.key(name));
      Sized value = node(at);
      size += value.size();
      if (yaml && name.equals(MERGE)) {
        merge(value.node(), at, merged);
      } else if (fields.putIfAbsent(name, value.node()) != null) {
        problems.add(new Problem(at, "is written twice; keep one").at(nameLine));
      }
    }
    merged.forEach(fields::putIfAbsent);
    return bounded(new Sized(new Node.Fields(fields, line), size));
  }

  private void merge(Node from, String path, Map<String, Node> into) {
    if (from instanceof Node.Fields map) {
      map.fields().forEach(into::putIfAbsent);
    } else if (from instanceof Node.Items list
        && list.items().stream().allMatch(Node.Fields.class::isInstance)) {
      list.items().forEach(item -> merge(item, path, into));
    } else {
      problems.add(
          new Problem(path, from.shown(), "cannot be merged; name an anchored map, as <<: *harm")
              .at(from.line()));
    }
  }

  private Node scalar(String path) throws IOException {
    int line = line();
    return switch (parser.currentToken()) {
      case VALUE_STRING -> new Node.Text(parser.getText(), line);
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
          new Node.Numeral(parser.getDoubleValue(), parser.getText(), line);
      case VALUE_TRUE -> new Node.Bool(true, line);
      case VALUE_FALSE -> new Node.Bool(false, line);
      case VALUE_NULL -> new Node.Null(line);
      default ->
          throw new Malformed(
              new Problem(path, "has a YAML tag; write plain texts, numbers, lists and maps")
                  .at(line));
    };
  }

  /** The document cannot be read any further. */
  private static final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Problem problem;

    Malformed(Problem problem) {
      super(problem.toString(), null, false, false);
      this.problem = problem;
    }
  }
}
