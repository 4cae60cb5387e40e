package dev.halcyon.app.labels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An axis along which a decision must not turn, and the groups of people on it as prompts name them
 * ({@code groups-of-people.yaml}).
 */
public enum CounterfactualAxis {
  GENDER,
  AGE,
  SKIN_TONE,
  RELIGION,
  ETHNICITY;

  private static final Pattern PERSON =
      Pattern.compile(
          "\\b(?:(?:an?|the|one) )?(?:person|human being|human|individual|adult|man|woman)\\b"
              + "|\\b(?:someone|somebody|anyone)\\b",
          Pattern.CASE_INSENSITIVE);

  /**
   * A group on an axis.
   *
   * @param id its name in reports and manifests
   * @param term how a sentence names one of its people
   */
  public record Group(String id, String term) {
    /** The sentences whose mean stands for the group. */
    public List<String> sentences() {
      return GroupTerms.SHIPPED.paraphrases().stream()
          .map(phrase -> phrase.formatted(term))
          .toList();
    }
  }

  /** The axis of a name as label sets write it. */
  public static Optional<CounterfactualAxis> of(String name) {
    return Arrays.stream(values()).filter(axis -> axis.id().equals(name)).findFirst();
  }

  /** Name as label sets write it. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The groups on the axis, in the order of the file. */
  public List<Group> groups() {
    return GroupTerms.SHIPPED.axes().get(id()).groups().entrySet().stream()
        .map(group -> new Group(group.getKey(), group.getValue()))
        .toList();
  }

  /** For each group, the prompts whose mean stands for it. */
  List<List<String>> groupPrompts() {
    return groups().stream().map(Group::sentences).toList();
  }

  /**
   * A prompt once for each group, the group's term put in the place of its person, or added where
   * it has none.
   */
  List<String> counterfactuals(String prompt) {
    var result = new ArrayList<String>();
    for (Group group : groups()) {
      Matcher person = PERSON.matcher(prompt);
      result.add(
          person.find()
              ? person.replaceFirst(Matcher.quoteReplacement(group.term()))
              : prompt + " with " + group.term());
    }
    return result;
  }
}
