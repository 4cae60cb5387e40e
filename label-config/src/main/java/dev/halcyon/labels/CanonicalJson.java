package dev.halcyon.labels;

import java.util.TreeMap;

/** Writes a tree as RFC 8785 has it: no blanks, keys in UTF-16 order, one form for each number. */
final class CanonicalJson {
  private final StringBuilder out = new StringBuilder();

  private CanonicalJson() {}

  static String write(Node node) {
    CanonicalJson writer = new CanonicalJson();
    writer.value(node);
    return writer.out.toString();
  }

  /** A text as a JSON string, quotes included. */
  static String quoted(String text) {
    CanonicalJson writer = new CanonicalJson();
    writer.text(text);
    return writer.out.toString();
  }

  private void value(Node node) {
    if (node instanceof Node.Text text) {
      text(text.value());
    } else if (node instanceof Node.Numeral number) {
      out.append(number.written());
    } else if (node instanceof Node.Bool bool) {
      out.append(bool.value());
    } else if (node instanceof Node.Null) {
      out.append("null");
    } else if (node instanceof Node.Items items) {
      char separator = '[';
      for (Node item : items.items()) {
        out.append(separator);
        value(item);
        separator = ',';
      }
      out.append(items.items().isEmpty() ? "[]" : "]");
    } else if (node instanceof Node.Fields fields) {
      char separator = '{';
      for (var field : new TreeMap<>(fields.fields()).entrySet()) {
        out.append(separator);
        text(field.getKey());
        out.append(':');
        value(field.getValue());
        separator = ',';
      }
      out.append(fields.fields().isEmpty() ? "{}" : "}");
    }
  }

  private void text(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
