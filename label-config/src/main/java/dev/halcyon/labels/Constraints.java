package dev.halcyon.labels;

import java.util.IllformedLocaleException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Holds records against the {@link Field}s they declare: ranges, patterns, lengths, counts. */
final class Constraints {
  private static final Pattern CONTROL =
      Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}\\uFEFF\\uFFFE\\uFFFF]");

  private final Problems problems;

  Constraints(Problems problems) {
    this.problems = problems;
  }

  void check(Record holder, String path) {
    Shorthand shorthand = holder.getClass().getAnnotation(Shorthand.class);
    for (Shape.Member member : Shape.members(holder.getClass())) {
      Object value = member.valueIn(holder);
      if (value != null) {
        boolean plain = shorthand != null && shorthand.value().equals(member.name());
        check(value, member.field(), plain ? path : Binder.join(path, member.name()));
      }
    }
  }

  private void check(Object value, Field field, String path) {
    if (value instanceof String text) {
      text(text, field, path);
    } else if (value instanceof java.lang.Number number) {
      number(number, field, path);
    } else if (value instanceof List<?> list) {
      list(list, field, path);
    } else if (value instanceof Map<?, ?> map) {
      map(map, field, path);
    } else if (value instanceof Record nested) {
      check(nested, path);
    }
  }

  private void text(String text, Field field, String path) {
    String shown = Node.quote(text);
    if (text.isBlank()) {
      add(new Problem(path, "is blank; write a text, or remove it"));
    } else if (text.length() > field.maxLength()) {
      add(
          new Problem(
              path,
              shown,
              "is " + text.length() + " characters long, more than " + field.maxLength()));
    } else if (!text.equals(text.strip())) {
      add(new Problem(path, shown, "has blanks around it; remove them"));
    } else if (CONTROL.matcher(text).find()) {
      add(new Problem(path, shown, "holds a line break or control character; write one line"));
    } else if (hasLoneSurrogate(text)) {
      add(new Problem(path, shown, "holds half a surrogate pair; write whole characters"));
    } else if (!field.pattern().isEmpty() && !text.matches(field.pattern())) {
      add(new Problem(path, shown, "is not allowed; write " + field.patternInWords()));
    } else if (field.languageTag()) {
      languageTag(text, path);
    } else if (field.oneOf().length > 0 && !List.of(field.oneOf()).contains(text)) {
      List<String> known = List.of(field.oneOf());
      add(
          new Problem(
              path,
              shown,
              "is not one of "
                  + String.join(", ", known)
                  + Spelling.nearest(text, known)
                      .map(near -> "; did you mean \"" + near + "\"?")
                      .orElse("")));
    }
  }

  private void languageTag(String tag, String path) {
    try {
      if (!new Locale.Builder().setLanguageTag(tag).build().getLanguage().isEmpty()) {
        return;
      }
    } catch (IllformedLocaleException e) {
      // Reported below, with a remedy.
    }
    String remedy =
        tag.contains("_")
            ? "write " + Node.quote(tag.replace('_', '-'))
            : "write one, as en or pt-BR";
    add(new Problem(path, Node.quote(tag), "is no language tag; " + remedy));
  }

  private void number(java.lang.Number number, Field field, String path) {
    double value = number.doubleValue();
    String shown = Numbers.canonical(number);
    if (!Double.isFinite(value)) {
      add(new Problem(path, shown, "is no finite number"));
      return;
    }
    boolean low = field.exclusive() ? value <= field.min() : value < field.min();
    boolean high = field.exclusive() ? value >= field.max() : value > field.max();
    if (!low && !high) {
      return;
    }
    double limit = low ? field.min() : field.max();
    String fault;
    if (value == limit) {
      fault = "is not " + (low ? "above " : "below ") + show(limit);
    } else if (low && limit == Double.MIN_VALUE) {
      fault = value == 0 ? "is not above 0" : "is below 0";
    } else {
      fault = "is " + (low ? "below " : "above ") + show(limit);
    }
    add(new Problem(path, shown, fault + "; write a number " + range(field)));
  }

  /** The range in words, as "from 0 to 6" or "above 0 and below 1". */
  static String range(Field field) {
    boolean bottomless = field.min() == Double.NEGATIVE_INFINITY;
    boolean topless = field.max() == Double.POSITIVE_INFINITY;
    boolean justAboveZero = field.min() == Double.MIN_VALUE;
    if (topless) {
      return bottomless ? "" : "of " + show(field.min()) + " or more";
    }
    if (field.exclusive()) {
      return "above " + show(field.min()) + " and below " + show(field.max());
    }
    return (justAboveZero ? "above 0, up to " : "from " + show(field.min()) + " to ")
        + show(field.max());
  }

  private static String show(double value) {
    return Numbers.canonical(value);
  }

  private void list(List<?> list, Field field, String path) {
    if (list.size() < field.min()) {
      add(new Problem(path, "is empty; write at least one (" + field.value() + ")"));
    } else if (list.size() > field.maxItems()) {
      add(
          new Problem(
              path,
              "has " + list.size() + " items, more than the " + field.maxItems() + " it may have"));
    } else {
      for (int i = 0; i < list.size(); i++) {
        String at = path + "[" + i + "]";
        if (list.get(i) instanceof java.lang.Number number) {
          if (!Double.isFinite(number.doubleValue())) {
            add(new Problem(at, Numbers.canonical(number), "is no finite number"));
          }
        } else {
          check(list.get(i), field, at);
        }
      }
    }
  }

  private void map(Map<?, ?> map, Field field, String path) {
    map.forEach(
        (key, value) -> {
          String at = Binder.join(path, Node.key((String) key));
          if (field.languageTag()) {
            languageTag((String) key, at);
          } else {
            mapValue((String) key, field, at);
          }
          if (value instanceof String text) {
            mapValue(text, field, at);
          }
        });
  }

  private void mapValue(String text, Field field, String path) {
    if (text.isBlank()) {
      add(new Problem(path, "is blank; write a text or leave it out"));
    } else if (text.length() > field.maxLength()
        || !text.equals(text.strip())
        || CONTROL.matcher(text).find()
        || hasLoneSurrogate(text)) {
      add(
          new Problem(
              path,
              Node.quote(text),
              "is not allowed; write one line of at most " + field.maxLength() + " characters"));
    }
  }

  private static boolean hasLoneSurrogate(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        return true;
      }
    }
    return false;
  }

  private void add(Problem problem) {
    problems.addUnlessFaulty(problem);
  }
}
