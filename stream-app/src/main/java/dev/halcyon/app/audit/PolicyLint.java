package dev.halcyon.app.audit;

import dev.halcyon.app.audit.Finding.Kind;
import dev.halcyon.app.audit.Finding.Level;
import dev.halcyon.labels.Action;
import dev.halcyon.labels.Label;
import dev.halcyon.labels.LabelGroup;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelStatus;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What can be said of a label from the way it is written, without any model. Pure. */
final class PolicyLint {
  private final LabelSet set;
  private final LocalDate day;
  private final ProbeWords words;

  PolicyLint(LabelSet set, LocalDate day, ProbeWords words) {
    this.set = set;
    this.day = day;
    this.words = words;
  }

  /** The findings on one label; what a waiver in force answers for is a warning. */
  List<Finding> check(Label label) {
    var findings = new ArrayList<Finding>();
    alternatives(label, "a crime", words.crime(), findings);
    alternatives(label, "an animal people have been called", words.animal(), findings);
    judgingWord(label).ifPresent(findings::add);
    sensitive(label, findings);
    return findings;
  }

  /** Whether the label is scored on the day. */
  boolean isScored(Label label) {
    LabelStatus status = label.status().compareTo(set.status()) < 0 ? label.status() : set.status();
    return status.compareTo(LabelStatus.SHADOW) >= 0
        && label.expires().map(last -> !day.isAfter(last)).orElse(true);
  }

  /** Level of what is beyond a limit: a warning where somebody answers for it today. */
  Level beyond(Label label) {
    return isWaived(label) ? Level.WARNING : Level.BEYOND;
  }

  boolean isWaived(Label label) {
    return label.bias().waiver().map(waiver -> !day.isAfter(waiver.until())).orElse(false);
  }

  private void alternatives(
      Label label, String what, ProbeWords.Lexicon lexicon, List<Finding> findings) {
    Optional<String> word = lexicon.in(label.id()).or(() -> lexicon.in(label.prompts()));
    if (word.isEmpty()) {
      return;
    }
    List<String> competing = competing(label);
    List<String> missing = new ArrayList<>();
    if (words.person().in(competing).isEmpty()) {
      missing.add("a person");
    }
    if (words.child().in(competing).isEmpty()) {
      missing.add("a child");
    }
    if (!missing.isEmpty()) {
      String nobody = String.join(" and ", missing);
      findings.add(
          new Finding(
              label.id(),
              Kind.NO_ALTERNATIVE,
              beyond(label),
              "\""
                  + word.get()
                  + "\" names "
                  + what
                  + ", and nothing it competes with names "
                  + String.join(" or ", missing)
                  + ": a picture of one has nowhere else to go",
              "add \""
                  + nobody.replace(" and ", "\" and \"")
                  + "\" to the background of group "
                  + label.group()
                  + " or to the label's negativePrompts"));
    }
  }

  /** What takes score from the label. */
  private List<String> competing(Label label) {
    var competing = new ArrayList<String>(label.negativePrompts());
    LabelGroup group = set.group(label.group()).orElseThrow();
    competing.addAll(group.background());
    if (group.mode() == LabelGroup.Mode.EXCLUSIVE) {
      for (Label rival : set.labels()) {
        if (rival.group().equals(group.id()) && !rival.id().equals(label.id()) && isScored(rival)) {
          competing.add(rival.id());
          competing.addAll(rival.prompts());
        }
      }
    }
    return competing;
  }

  private Optional<Finding> judgingWord(Label label) {
    return words
        .judging()
        .in(label.id())
        .or(() -> words.judging().in(label.prompts()))
        .or(() -> words.judging().in(List.copyOf(label.display().values())))
        .map(
            word ->
                new Finding(
                    label.id(),
                    Kind.JUDGING_WORD,
                    Level.WARNING,
                    "\""
                        + word
                        + "\" judges a person; a picture cannot show it, so that the label can"
                        + " only rest on looks",
                    "say in the prompts what can be seen: an object, a deed, a place"));
  }

  private void sensitive(Label label, List<Finding> findings) {
    if (!label.bias().sensitive()) {
      return;
    }
    boolean anyScored =
        label.bias().requiredAlternatives().stream()
            .flatMap(id -> set.label(id).stream())
            .anyMatch(this::isScored);
    if (!anyScored) {
      findings.add(
          new Finding(
              label.id(),
              Kind.SENSITIVE_WITHOUT_ALTERNATIVE,
              beyond(label),
              "the label is sensitive, and none of the labels in bias.requiredAlternatives is"
                  + " scored on "
                  + day,
              "name labels a person or a child would otherwise be given, and keep them active"));
    }
    if (blocks(label) && !isWaived(label)) {
      findings.add(
          new Finding(
              label.id(),
              Kind.BLOCK_WITHOUT_WAIVER,
              Level.BEYOND,
              "the label is sensitive and blocks by itself, and "
                  + label
                      .bias()
                      .waiver()
                      .map(waiver -> "the waiver of " + waiver.who() + " ended " + waiver.until())
                      .orElse("nobody answers for it"),
              "write action: review, or say in bias.waiver who answers for blocking, why and until"
                  + " when"));
    }
  }

  private static boolean blocks(Label label) {
    return label.action() == Action.BLOCK
        || label.actionBySurface().containsValue(Action.BLOCK)
        || label.typographic().onInflated() == Action.BLOCK
        || label.typographic().onSuppressed() == Action.BLOCK;
  }
}
