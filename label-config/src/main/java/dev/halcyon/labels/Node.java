package dev.halcyon.labels;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A document as a tree, before it is known to be a label set. Immutable, so that aliases share
 * subtrees. Lines count from 1; 0 where the node stands in no document.
 */
sealed interface Node {
  int line();

  /** How the node is called in a problem. */
  String kind();

  /** What stands there, for a problem: as written, shortened. */
  String shown();

  record Text(String value, int line) implements Node {
    @Override
    public String kind() {
      return "a text";
    }

    @Override
    public String shown() {
      return quote(value);
    }
  }

  /**
   * A number.
   *
   * @param value its value, infinite where it is beyond a double
   * @param written as the document has it
   */
  record Numeral(double value, String written, int line) implements Node {
    @Override
    public String kind() {
      return "a number";
    }

    @Override
    public String shown() {
      return written.length() > 40 ? written.substring(0, 40) + "…" : written;
    }
  }

  record Bool(boolean value, int line) implements Node {
    @Override
    public String kind() {
      return "true or false";
    }

    @Override
    public String shown() {
      return Boolean.toString(value);
    }
  }

  record Null(int line) implements Node {
    @Override
    public String kind() {
      return "empty";
    }

    @Override
    public String shown() {
      return "null";
    }
  }

  record Items(List<Node> items, int line) implements Node {
    public Items {
      items = List.copyOf(items);
    }

    @Override
    public String kind() {
      return "a list";
    }

    @Override
    public String shown() {
      return "[" + (items.isEmpty() ? "" : "…") + "]";
    }
  }

  record Fields(Map<String, Node> fields, int line) implements Node {
    static final Fields NONE = new Fields(Map.of(), 0);

    public Fields {
      fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    @Override
    public String kind() {
      return "a map";
    }

    @Override
    public String shown() {
      return "{" + (fields.isEmpty() ? "" : "…") + "}";
    }

    /** The field, or null where it is absent or explicitly null: both mean "left out". */
    Node get(String name) {
      Node node = fields.get(name);
      return node instanceof Null ? null : node;
    }

    Fields with(String name, Node node) {
      Map<String, Node> more = new LinkedHashMap<>(fields);
      more.put(name, node);
      return new Fields(more, line);
    }

    Fields without(String name) {
      Map<String, Node> fewer = new LinkedHashMap<>(fields);
      fewer.remove(name);
      return new Fields(fewer, line);
    }
  }

  static String quote(String text) {
    String oneLine = text.replaceAll("\\p{Cntrl}", " ");
    if (oneLine.length() <= 60) {
      return '"' + oneLine + '"';
    }
    int end = Character.isHighSurrogate(oneLine.charAt(58)) ? 58 : 59;
    return '"' + oneLine.substring(0, end) + "…\"";
  }

  /** A key of a document, fit to stand in a path. */
  static String key(String name) {
    String quoted = quote(name);
    return quoted.substring(1, quoted.length() - 1);
  }
}
