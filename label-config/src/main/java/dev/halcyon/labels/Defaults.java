package dev.halcyon.labels;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Writes into a document the values that follow from other fields, so that what is bound afterwards
 * has each field spelled out. What has the wrong shape is left as it is: the binder reports it.
 */
final class Defaults {
  private static final List<String> SENSITIVE_AXES = List.of("gender", "age", "skin_tone");

  /** What the defaults of a label depend on outside of it. */
  record Context(String locale, Optional<String> onlyGroup) {
    static Context of(Node.Fields set) {
      String locale = set.get("locale") instanceof Node.Text text ? text.value().strip() : "en";
      Optional<String> onlyGroup =
          set.get("groups") instanceof Node.Items groups
                  && groups.items().size() == 1
                  && groups.items().get(0) instanceof Node.Fields group
                  && group.get("id") instanceof Node.Text id
              ? Optional.of(id.value())
              : Optional.empty();
      return new Context(locale, onlyGroup);
    }
  }

  private Defaults() {}

  static Node.Fields fillSet(Node.Fields set) {
    Node.Fields filled = set;
    if (set.get("name") instanceof Node.Text name) {
      filled = orElse(filled, "title", name);
    }
    if (set.get("labels") instanceof Node.Items labels) {
      Context context = Context.of(set);
      List<Node> filledLabels = new ArrayList<>();
      for (Node label : labels.items()) {
        filledLabels.add(label instanceof Node.Fields fields ? fillLabel(fields, context) : label);
      }
      filled = filled.with("labels", new Node.Items(filledLabels, labels.line()));
    }
    return filled;
  }

  static Node.Fields fillLabel(Node.Fields label, Context context) {
    int line = label.line();
    Node.Fields filled = label;
    if (label.get("display") instanceof Node.Text name) {
      filled = filled.with("display", Node.Fields.NONE.with(context.locale(), name));
    }
    if (context.onlyGroup().isPresent()) {
      filled = orElse(filled, "group", new Node.Text(context.onlyGroup().get(), line));
    }
    boolean harmful =
        label.get("severity") instanceof Node.Numeral severity && severity.value() >= 2;
    filled = orElse(filled, "action", text(harmful ? Action.REVIEW : Action.TAG, line));
    String action = filled.get("action") instanceof Node.Text written ? written.value() : "";
    String flagged = name(action.equals(name(Action.TAG)) ? Action.TAG : Action.REVIEW);

    Node typographic = filled.get("typographic");
    if (typographic instanceof Node.Text mode) {
      typographic = Node.Fields.NONE.with("mode", mode);
    }
    if (typographic == null) {
      typographic = Node.Fields.NONE;
    }
    if (typographic instanceof Node.Fields policy) {
      policy =
          orElse(
              policy,
              "polarity",
              text(
                  harmful ? TypographicPolicy.Polarity.HARM : TypographicPolicy.Polarity.NEUTRAL,
                  line));
      policy = orElse(policy, "onInflated", new Node.Text(flagged, line));
      policy = orElse(policy, "onSuppressed", new Node.Text(flagged, line));
      filled = filled.with("typographic", policy);
    }

    Node bias = filled.get("bias");
    if (bias == null) {
      bias = Node.Fields.NONE;
    }
    if (bias instanceof Node.Fields policy) {
      boolean sensitive = policy.get("sensitive") instanceof Node.Bool written && written.value();
      List<Node> axes =
          sensitive
              ? SENSITIVE_AXES.stream().<Node>map(axis -> new Node.Text(axis, line)).toList()
              : List.of();
      filled = filled.with("bias", orElse(policy, "axes", new Node.Items(axes, line)));
    }
    return filled;
  }

  /** An enum constant as documents write it. */
  static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static Node.Text text(Enum<?> constant, int line) {
    return new Node.Text(name(constant), line);
  }

  private static Node.Fields orElse(Node.Fields fields, String name, Node fallback) {
    return fields.get(name) == null ? fields.with(name, fallback) : fields;
  }
}
