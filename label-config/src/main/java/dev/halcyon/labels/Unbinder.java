package dev.halcyon.labels;

import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Records to tree: every field that has a value, in the order of the records. */
final class Unbinder {
  private Unbinder() {}

  static Node.Fields unbind(Record holder) {
    Map<String, Node> fields = new LinkedHashMap<>();
    for (Shape.Member member : Shape.members(holder.getClass())) {
      Object value = member.valueIn(holder);
      if (value != null) {
        fields.put(member.name(), node(value));
      }
    }
    return new Node.Fields(fields, 0);
  }

  private static Node node(Object value) {
    if (value instanceof String text) {
      return new Node.Text(text, 0);
    }
    if (value instanceof Number number) {
      return new Node.Numeral(number.doubleValue(), Numbers.canonical(number), 0);
    }
    if (value instanceof Boolean bool) {
      return new Node.Bool(bool, 0);
    }
    if (value instanceof LocalDate day) {
      return new Node.Text(day.toString(), 0);
    }
    if (value instanceof Enum<?> choice) {
      return new Node.Text(Defaults.name(choice), 0);
    }
    if (value instanceof List<?> list) {
      return new Node.Items(list.stream().map(Unbinder::node).toList(), 0);
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Node> fields = new LinkedHashMap<>();
      map.forEach((key, item) -> fields.put((String) key, node(item)));
      return new Node.Fields(fields, 0);
    }
    return unbind((Record) value);
  }
}
