package dev.halcyon.labels;

import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tree to records. What has the wrong shape is reported and replaced by a placeholder, so that the
 * rest can be judged as well.
 */
final class Binder {
  private final Problems problems;

  Binder(Problems problems) {
    this.problems = problems;
  }

  /** Binds a map to a record. */
  <T extends Record> T bind(Class<T> type, Node.Fields node, String path) {
    List<Shape.Member> members = Shape.members(type);
    List<String> names = members.stream().map(Shape.Member::name).toList();
    node.fields()
        .forEach(
            (name, value) -> {
              if (!names.contains(name)) {
                problems.add(
                    new Problem(
                            join(path, Node.key(name)),
                            "is no field here" + Spelling.remedy(name, names))
                        .at(value.line()));
              }
            });
    Object[] arguments = new Object[members.size()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = member(members.get(i), type, node, path);
    }
    return Shape.construct(type, arguments);
  }

  private Object member(
      Shape.Member member, Class<? extends Record> holder, Node.Fields node, String path) {
    Shorthand shorthand = holder.getAnnotation(Shorthand.class);
    boolean plain = shorthand != null && shorthand.value().equals(member.name());
    String at = plain ? path : join(path, member.name());
    Node value = node.get(member.name());
    if (value == null) {
      value = member.fallback();
    }
    if (value == null) {
      if (!member.optional()) {
        String fallback = member.field().fallbackInWords();
        String choice = fallback.isEmpty() ? "" : "; where it is left out, it is " + fallback;
        problems.addUnlessFaulty(
            new Problem(at, "is missing (" + member.field().value() + choice + ")")
                .at(node.line()));
        return member.wrap(placeholder(member.shape()));
      }
      return member.wrap(null);
    }
    Object bound = value(member.shape(), value, at, member.field());
    return member.wrap(bound);
  }

  static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private Object value(Shape shape, Node node, String path, Field field) {
    if (shape instanceof Shape.Words && node instanceof Node.Text text) {
      return text.value().strip();
    }
    if (shape instanceof Shape.Numeric numeric && node instanceof Node.Numeral number) {
      return number(numeric, number, path);
    }
    if (shape instanceof Shape.Truth && node instanceof Node.Bool bool) {
      return bool.value();
    }
    if (shape instanceof Shape.Day && node instanceof Node.Text text) {
      try {
        return LocalDate.parse(text.value().strip());
      } catch (DateTimeParseException e) {
        return wrong(shape, node, path, "is no day; write it as 2026-12-31");
      }
    }
    if (shape instanceof Shape.Choice choice && node instanceof Node.Text text) {
      int index = choice.names().indexOf(text.value().strip());
      return index >= 0
          ? choice.type().getEnumConstants()[index]
          : wrong(
              shape,
              node,
              path,
              "is not one of "
                  + String.join(", ", choice.names())
                  + Spelling.nearest(text.value(), choice.names())
                      .map(near -> "; did you mean \"" + near + "\"?")
                      .orElse(""));
    }
    if (shape instanceof Shape.ListOf list) {
      if (node instanceof Node.Items items) {
        return items(list, items, path, field);
      }
      if (list.item() instanceof Shape.Words && node instanceof Node.Text text) {
        return List.of(text.value().strip());
      }
    }
    if (shape instanceof Shape.MapOf map && node instanceof Node.Fields fields) {
      Map<String, Object> values = new LinkedHashMap<>();
      fields
          .fields()
          .forEach(
              (key, item) ->
                  values.put(
                      key.strip(), value(map.value(), item, join(path, Node.key(key)), field)));
      return values;
    }
    if (shape instanceof Shape.Nested nested) {
      if (node instanceof Node.Fields fields) {
        return bind(nested.type(), fields, path);
      }
      if (nested.plain().isPresent() && !(node instanceof Node.Items)) {
        return bind(
            nested.type(),
            new Node.Fields(Map.of(nested.plain().get().name(), node), node.line()),
            path);
      }
    }
    return wrong(shape, node, path, misfit(shape, node));
  }

  private Object number(Shape.Numeric numeric, Node.Numeral number, String path) {
    double value = number.value();
    if (!Double.isFinite(value) || (numeric.single() && !Float.isFinite((float) value))) {
      return wrong(numeric, number, path, "is no finite number");
    }
    if (numeric.single()) {
      return (float) value == 0 ? 0f : (float) value;
    }
    if (!numeric.whole()) {
      return value == 0 ? 0.0 : value;
    }
    if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
      return wrong(numeric, number, path, "is no whole number");
    }
    return (int) value;
  }

  private List<Object> items(Shape.ListOf list, Node.Items items, String path, Field field) {
    if (items.items().size() > field.maxItems()) {
      problems.add(
          new Problem(
                  path,
                  "has "
                      + items.items().size()
                      + " items, more than the "
                      + field.maxItems()
                      + " it may have")
              .at(items.line()));
      return List.of();
    }
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < items.items().size(); i++) {
      values.add(value(list.item(), items.items().get(i), path + "[" + i + "]", field));
    }
    return values;
  }

  private Object wrong(Shape shape, Node node, String path, String message) {
    Problem problem =
        node instanceof Node.Null
            ? new Problem(path, message)
            : new Problem(path, node.shown(), message);
    problems.add(problem.at(node.line()));
    return placeholder(shape);
  }

  private static String misfit(Shape shape, Node node) {
    if (node instanceof Node.Null) {
      return "is empty; write " + wanted(shape);
    }
    String quote =
        shape instanceof Shape.Words && (node instanceof Node.Numeral || node instanceof Node.Bool)
            ? "; put it in quotes: \"" + node.shown() + "\""
            : "";
    return "is " + node.kind() + " where " + wanted(shape) + " belongs" + quote;
  }

  private static String wanted(Shape shape) {
    if (shape instanceof Shape.Words) {
      return "a text";
    }
    if (shape instanceof Shape.Numeric numeric) {
      return numeric.whole() ? "a whole number" : "a number";
    }
    if (shape instanceof Shape.Truth) {
      return "true or false";
    }
    if (shape instanceof Shape.Day) {
      return "a day, as 2026-12-31,";
    }
    if (shape instanceof Shape.Choice choice) {
      return "one of " + String.join(", ", choice.names());
    }
    if (shape instanceof Shape.ListOf list) {
      return list.item() instanceof Shape.Words ? "a text or a list of texts" : "a list";
    }
    return "a map";
  }

  /** Something of the shape, where what was written has another. */
  private Object placeholder(Shape shape) {
    if (shape instanceof Shape.Words) {
      return "";
    }
    if (shape instanceof Shape.Numeric numeric) {
      return numeric.single() ? (Object) 0f : numeric.whole() ? (Object) 0 : (Object) 0.0;
    }
    if (shape instanceof Shape.Truth) {
      return false;
    }
    if (shape instanceof Shape.Day) {
      return LocalDate.MAX;
    }
    if (shape instanceof Shape.Choice choice) {
      return choice.type().getEnumConstants()[0];
    }
    if (shape instanceof Shape.ListOf) {
      return List.of();
    }
    if (shape instanceof Shape.MapOf) {
      return Map.of();
    }
    return new Binder(new Problems())
        .bind(((Shape.Nested) shape).type(), new Node.Fields(Map.of(), 0), "");
  }
}
