package dev.halcyon.app.decision;

import dev.halcyon.labels.Label;
import dev.halcyon.labels.LabelGroup;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.PromptTemplate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Whether words read in an image name a label, with room for one slip of the hand or of the reader.
 *
 * <p>A term of three letters or fewer must be read exactly: within one edit of "gun" stand sun, run
 * and fun, and a page of text holds one of them nearly always.
 */
final class ReadWords {
  private static final int SHORTEST_TERM_WITH_SLIP = 4;
  private static final int SHORTEST_PROMPT_WORD = 3;
  private static final Pattern NOT_A_LETTER = Pattern.compile("[^\\p{L}\\p{N}]+");

  /** Words any prompt may hold, which name nothing. */
  private static final Set<String> FUNCTION_WORDS =
      Set.of(
          "and",
          "any",
          "are",
          "for",
          "from",
          "has",
          "have",
          "her",
          "his",
          "holding",
          "image",
          "into",
          "its",
          "like",
          "not",
          "one",
          "other",
          "out",
          "over",
          "people",
          "person",
          "photo",
          "photograph",
          "picture",
          "showing",
          "some",
          "someone",
          "that",
          "the",
          "their",
          "them",
          "this",
          "two",
          "under",
          "very",
          "view",
          "wearing",
          "who",
          "with",
          "without");

  private ReadWords() {}

  /**
   * What names a label.
   *
   * @param terms letters and digits only, lower case, without spaces
   * @param mostWords how many read words may have to be joined to make the longest term
   */
  record Terms(Set<String> terms, int mostWords) {
    Terms {
      terms = Set.copyOf(terms);
    }
  }

  /**
   * The terms of a label: its id, its display names, its lexicon, its prompts, and those single
   * words of its prompts that neither its background, its negatives nor any template use.
   */
  static Terms termsOf(LabelSet set, Label label) {
    Set<String> terms = new LinkedHashSet<>();
    int mostWords = 1;
    var phrases = new ArrayList<String>();
    phrases.add(label.id());
    phrases.addAll(label.display().values());
    phrases.addAll(label.typographic().lexicon());
    phrases.addAll(label.prompts());
    for (String phrase : phrases) {
      List<String> words = words(phrase);
      terms.add(String.join("", words));
      mostWords = Math.max(mostWords, words.size());
    }
    Set<String> common = new HashSet<>(FUNCTION_WORDS);
    set.templates().stream().map(PromptTemplate::prompts).forEach(p -> addWords(p, common));
    addWords(label.negativePrompts(), common);
    set.groups().stream()
        .filter(group -> group.id().equals(label.group()))
        .map(LabelGroup::background)
        .forEach(prompts -> addWords(prompts, common));
    for (String prompt : label.prompts()) {
      for (String word : words(prompt)) {
        if (word.length() >= SHORTEST_PROMPT_WORD && !common.contains(word)) {
          terms.add(word);
        }
      }
    }
    terms.remove("");
    return new Terms(terms, mostWords);
  }

  /** Whether the texts hold a term, or one that is an edit away. */
  static boolean name(Terms terms, Collection<String> texts) {
    for (String text : texts) {
      List<String> words = words(text);
      for (int from = 0; from < words.size(); from++) {
        StringBuilder joined = new StringBuilder();
        int last = Math.min(words.size(), from + terms.mostWords());
        for (int to = from; to < last; to++) {
          joined.append(words.get(to));
          if (namesOne(terms, joined.toString())) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static boolean namesOne(Terms terms, String read) {
    if (terms.terms().contains(read)) {
      return true;
    }
    for (String term : terms.terms()) {
      if (term.length() >= SHORTEST_TERM_WITH_SLIP && withinOneEdit(term, read)) {
        return true;
      }
    }
    return false;
  }

  /** Whether at most one insertion, deletion or substitution turns one into the other. */
  static boolean withinOneEdit(String a, String b) {
    if (a.length() > b.length()) {
      return withinOneEdit(b, a);
    }
    if (b.length() - a.length() > 1) {
      return false;
    }
    int at = 0;
    while (at < a.length() && a.charAt(at) == b.charAt(at)) {
      at++;
    }
    if (a.length() == b.length()) {
      return at == a.length() || a.substring(at + 1).equals(b.substring(at + 1));
    }
    return a.substring(at).equals(b.substring(at + 1));
  }

  private static List<String> words(String text) {
    return NOT_A_LETTER
        .splitAsStream(text.toLowerCase(Locale.ROOT))
        .filter(word -> !word.isEmpty())
        .toList();
  }

  private static void addWords(Collection<String> prompts, Set<String> into) {
    for (String prompt : prompts) {
      into.addAll(words(prompt));
    }
  }
}
