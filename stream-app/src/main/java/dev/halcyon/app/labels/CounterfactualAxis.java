package dev.halcyon.app.labels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An axis along which a decision must not turn, and the groups of people on it as prompts name
 * them. The groups are those of the data sets such audits are run on (FairFace for ethnicity); the
 * words are English whatever the set's locale, as the projection is of the model's space and not of
 * the operator's language.
 */
enum CounterfactualAxis {
  GENDER("a man", "a woman"),
  AGE("a child", "a teenager", "a young adult", "a middle-aged person", "an elderly person"),
  SKIN_TONE("a light-skinned person", "a brown-skinned person", "a dark-skinned person"),
  RELIGION(
      "a Christian person",
      "a Muslim person",
      "a Jewish person",
      "a Hindu person",
      "a Buddhist person",
      "a Sikh person"),
  ETHNICITY(
      "a White person",
      "a Black person",
      "an East Asian person",
      "a Southeast Asian person",
      "an Indian person",
      "a Middle Eastern person",
      "a Latino person");

  private static final List<String> PARAPHRASES =
      List.of("%s", "a photo of %s", "a photo of the face of %s", "a portrait of %s");
  private static final Pattern PERSON =
      Pattern.compile(
          "\\b(?:(?:an?|the|one) )?(?:person|human being|human|individual|adult|man|woman)\\b"
              + "|\\b(?:someone|somebody|anyone)\\b",
          Pattern.CASE_INSENSITIVE);

  private final List<String> groups;

  CounterfactualAxis(String... groups) {
    this.groups = List.of(groups);
  }

  /** The axis of a name as label sets write it. */
  static Optional<CounterfactualAxis> of(String name) {
    return Arrays.stream(values()).filter(axis -> axis.id().equals(name)).findFirst();
  }

  /** Name as label sets write it. */
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** For each group, the prompts whose mean stands for it. */
  List<List<String>> groupPrompts() {
    return groups.stream()
        .map(group -> PARAPHRASES.stream().map(phrase -> phrase.formatted(group)).toList())
        .toList();
  }

  /**
   * A prompt once for each group, the group's term put in the place of its person, or added where
   * it has none.
   */
  List<String> counterfactuals(String prompt) {
    var result = new ArrayList<String>();
    for (String group : groups) {
      Matcher person = PERSON.matcher(prompt);
      result.add(
          person.find()
              ? person.replaceFirst(Matcher.quoteReplacement(group))
              : prompt + " with " + group);
    }
    return result;
  }
}
