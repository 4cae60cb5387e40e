package dev.halcyon.labels;

import dev.halcyon.labels.Change.Added;
import dev.halcyon.labels.Change.Changed;
import dev.halcyon.labels.Change.FieldChange;
import dev.halcyon.labels.Change.Part;
import dev.halcyon.labels.Change.Removed;
import java.util.List;
import java.util.Locale;

/** Changes as lines for a terminal of 100 columns. */
public final class ChangeText {
  private static final int WIDTH = 100;
  private static final int FIELD_WIDTH = 26;
  private static final String GREEN = "32";
  private static final String RED = "31";
  private static final String YELLOW = "33";

  private final StringBuilder out = new StringBuilder();
  private final boolean colour;

  private ChangeText(boolean colour) {
    this.colour = colour;
  }

  /**
   * Renders changes.
   *
   * @param colour whether to use ANSI colours, for terminals
   * @return lines, each ended by a line feed; {@code no changes} where there are none
   */
  public static String render(List<Change> changes, boolean colour) {
    ChangeText text = new ChangeText(colour);
    if (changes.isEmpty()) {
      return "no changes\n";
    }
    changes.forEach(text::change);
    return text.out.toString();
  }

  /**
   * Renders what two people did to the same parts.
   *
   * @param colour whether to use ANSI colours, for terminals
   */
  public static String renderConflicts(List<LabelSetDiff.Conflict> conflicts, boolean colour) {
    ChangeText text = new ChangeText(colour);
    for (LabelSetDiff.Conflict conflict : conflicts) {
      text.line("theirs:", null);
      text.change(conflict.theirs());
      text.line("ours:", null);
      text.change(conflict.ours());
    }
    return text.out.toString();
  }

  private void change(Change change) {
    if (change instanceof Added added) {
      line("+ " + name(added.part()), GREEN);
      added.fields().forEach(this::field);
    } else if (change instanceof Removed removed) {
      line("- " + name(removed.part()), RED);
    } else {
      Changed changed = (Changed) change;
      line("~ " + name(changed.part()), YELLOW);
      changed.fields().forEach(this::field);
    }
  }

  private static String name(Part part) {
    return part.kind().name().toLowerCase(Locale.ROOT) + " " + part.id();
  }

  private void field(FieldChange change) {
    String label = "    " + pad(change.field()) + " ";
    if (change instanceof FieldChange.Value value) {
      if (value.before().isEmpty()) {
        line(label + value.after().orElse("none"), null);
      } else {
        int room = (WIDTH - label.length() - 3) / 2;
        String before = shortened(value.before().get(), room);
        String after = value.after().map(text -> shortened(text, room)).orElse("(left out)");
        line(label + before + " → " + after, null);
      }
    } else if (change instanceof FieldChange.Order) {
      line(label + "in another order", null);
    } else if (change instanceof FieldChange.Texts texts) {
      for (String added : texts.added()) {
        line(label + "+ " + added, GREEN);
        label = " ".repeat(label.length());
      }
      for (String removed : texts.removed()) {
        line(label + "- " + removed, RED);
        label = " ".repeat(label.length());
      }
    }
  }

  private static String pad(String field) {
    return field.length() >= FIELD_WIDTH ? field : field + " ".repeat(FIELD_WIDTH - field.length());
  }

  private void line(String text, String code) {
    String line = shortened(text, WIDTH);
    out.append(colour && code != null ? "\u001b[" + code + "m" + line + "\u001b[0m" : line)
        .append('\n');
  }

  private static String shortened(String text, int most) {
    if (text.codePointCount(0, text.length()) <= most) {
      return text;
    }
    return text.substring(0, text.offsetByCodePoints(0, Math.max(1, most) - 1)) + "…";
  }
}
