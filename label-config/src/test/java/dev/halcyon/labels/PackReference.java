package dev.halcyon.labels;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Writes the tables of fields in the manual from the records. */
final class PackReference {
  private final StringBuilder page = new StringBuilder();
  private final Set<Class<? extends Record>> waiting = new LinkedHashSet<>();

  private PackReference() {}

  static String markdown() {
    PackReference reference = new PackReference();
    reference.record(LabelSet.class, "Label set");
    reference.record(PromptTemplate.class, "Template");
    reference.record(LabelGroup.class, "Group");
    reference.record(Label.class, "Label");
    reference.record(Threshold.class, "Threshold");
    reference.record(Threshold.Interval.class, "Interval");
    reference.record(TypographicPolicy.class, "Typographic policy");
    reference.record(BiasPolicy.class, "Bias policy");
    reference.record(BiasPolicy.Waiver.class, "Waiver");
    reference.record(Calibration.class, "Calibration");
    reference.record(Probe.class, "Probe");
    if (!reference.waiting.isEmpty()) {
      throw new IllegalStateException("not in the reference: " + reference.waiting);
    }
    return reference.page.toString();
  }

  private void record(Class<? extends Record> type, String title) {
    waiting.remove(type);
    page.append("\n### ").append(title).append("\n\n");
    Shorthand shorthand = type.getAnnotation(Shorthand.class);
    if (shorthand != null) {
      page.append("A plain value stands for its `").append(shorthand.value()).append("`.\n\n");
    }
    page.append("| field | takes | default | meaning |\n|---|---|---|---|\n");
    for (Shape.Member member : Shape.members(type)) {
      page.append(
          String.format(
              Locale.ROOT,
              "| `%s` | %s | %s | %s |\n",
              member.name(),
              takes(member.shape(), member.field()),
              fallback(member),
              meaning(member)));
    }
  }

  private static String meaning(Shape.Member member) {
    StringBuilder text = new StringBuilder(member.field().value());
    if (member.shape() instanceof Shape.Choice choice) {
      for (Enum<?> constant : choice.type().getEnumConstants()) {
        text.append("<br>`")
            .append(Defaults.name(constant))
            .append("`: ")
            .append(Shape.meaning(constant));
      }
    }
    return text.toString();
  }

  private static String fallback(Shape.Member member) {
    if (!member.field().fallback().isEmpty()) {
      return switch (member.field().fallback()) {
        case "[]" -> "none";
        case "{}" -> member.shape() instanceof Shape.Nested ? "its defaults" : "none";
        default -> "`" + member.field().fallback() + "`";
      };
    }
    if (!member.field().fallbackInWords().isEmpty()) {
      return member.field().fallbackInWords();
    }
    return member.optional() ? "none" : "**required**";
  }

  private String takes(Shape shape, Field field) {
    if (shape instanceof Shape.Words) {
      if (field.oneOf().length > 0) {
        return "`" + String.join("`, `", field.oneOf()) + "`";
      }
      return field.languageTag() ? "language tag" : "text";
    }
    if (shape instanceof Shape.Numeric numeric) {
      String range = Constraints.range(field);
      return (numeric.whole() ? "whole number" : "number") + (range.isEmpty() ? "" : " " + range);
    }
    if (shape instanceof Shape.Truth) {
      return "`true`, `false`";
    }
    if (shape instanceof Shape.Day) {
      return "day";
    }
    if (shape instanceof Shape.Choice) {
      return "one of";
    }
    if (shape instanceof Shape.ListOf list) {
      return list.item() instanceof Shape.Words
          ? "text or list of texts"
              + (field.oneOf().length > 0 ? ": " + takes(list.item(), field) : "")
          : list.item() instanceof Shape.Numeric
              ? "list of numbers"
              : "list: " + nested(list.item());
    }
    if (shape instanceof Shape.MapOf map) {
      return "map of "
          + (field.languageTag() ? "language tag" : "text")
          + " to "
          + (map.value() instanceof Shape.Choice choice
              ? "`" + String.join("`, `", choice.names()) + "`"
              : "text")
          + (field.languageTag() ? ", or text" : "");
    }
    return nested(shape);
  }

  private String nested(Shape shape) {
    Class<? extends Record> type = ((Shape.Nested) shape).type();
    if (!page.toString().contains("\n### " + title(type) + "\n")) {
      waiting.add(type);
    }
    return "[" + title(type) + "](#" + title(type).toLowerCase(Locale.ROOT).replace(' ', '-') + ")";
  }

  private static String title(Class<? extends Record> type) {
    return List.of("PromptTemplate", "LabelGroup").contains(type.getSimpleName())
        ? type.getSimpleName().replaceAll("Prompt|Label", "").replaceFirst("^t", "T")
        : type.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", " ").replace("Policy", "policy");
  }
}
