package dev.halcyon.labels;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Writes a tree as YAML that is pleasant to read and to compare line by line: blocks, texts plain
 * where that is safe, short maps of plain values on one line.
 */
final class PlainYaml {
  private static final int LINE_WIDTH = 100;

  /** Texts that need no quotes, in blocks and in one-line maps alike. */
  private static final Pattern SAFE =
      Pattern.compile("[\\p{L}/][\\p{L}\\p{M}\\p{N}./_()'!+-]*( [\\p{L}\\p{M}\\p{N}./_()'!+-]+)*");

  /** Words that a YAML reader, of whatever version, may take for something other than text. */
  private static final Set<String> NOT_TEXT =
      Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf");

  private final StringBuilder out = new StringBuilder();

  private PlainYaml() {}

  static String write(Node.Fields root) {
    PlainYaml writer = new PlainYaml();
    writer.fields(root, 0, true);
    return writer.out.toString();
  }

  private void fields(Node.Fields fields, int indent, boolean indentFirst) {
    boolean first = true;
    for (var field : fields.fields().entrySet()) {
      out.append(" ".repeat(first && !indentFirst ? 0 : indent));
      out.append(scalar(field.getKey())).append(':');
      first = false;
      Node value = field.getValue();
      String inline = inline(value);
      if (inline != null && indent + field.getKey().length() + 2 + inline.length() <= LINE_WIDTH) {
        out.append(' ').append(inline).append('\n');
      } else if (value instanceof Node.Items items) {
        out.append('\n');
        items(items, indent + 2);
      } else if (value instanceof Node.Fields nested) {
        out.append('\n');
        fields(nested, indent + 2, true);
      } else {
        out.append(' ').append(scalarOf(value)).append('\n');
      }
    }
  }

  private void items(Node.Items items, int indent) {
    for (Node item : items.items()) {
      out.append(" ".repeat(indent)).append("- ");
      if (item instanceof Node.Fields fields && !fields.fields().isEmpty()) {
        fields(fields, indent + 2, false);
      } else {
        out.append(scalarOf(item)).append('\n');
      }
    }
  }

  /** The value on one line, or null where it is better written as a block. */
  private static String inline(Node value) {
    if (value instanceof Node.Fields map) {
      if (map.fields().values().stream()
          .anyMatch(item -> item instanceof Node.Items || item instanceof Node.Fields)) {
        return null;
      }
      StringBuilder text = new StringBuilder("{");
      map.fields()
          .forEach(
              (key, item) ->
                  text.append(text.length() > 1 ? ", " : "")
                      .append(scalar(key))
                      .append(": ")
                      .append(scalarOf(item)));
      return text.append('}').toString();
    }
    if (value instanceof Node.Items list) {
      return list.items().isEmpty() ? "[]" : numbers(list);
    }
    return scalarOf(value);
  }

  private static String numbers(Node.Items list) {
    if (!list.items().stream().allMatch(Node.Numeral.class::isInstance)) {
      return null;
    }
    return "[" + String.join(", ", list.items().stream().map(PlainYaml::scalarOf).toList()) + "]";
  }

  private static String scalarOf(Node node) {
    if (node instanceof Node.Text text) {
      return scalar(text.value());
    }
    if (node instanceof Node.Numeral number) {
      return number.written();
    }
    return node instanceof Node.Bool bool ? Boolean.toString(bool.value()) : inline(node);
  }

  private static String scalar(String text) {
    boolean plain =
        SAFE.matcher(text).matches() && !NOT_TEXT.contains(text.toLowerCase(Locale.ROOT));
    return plain ? text : CanonicalJson.quoted(text);
  }
}
