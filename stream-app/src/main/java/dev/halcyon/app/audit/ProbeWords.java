package dev.halcyon.app.audit;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words the audit works with, as {@code probe-words.yaml} states them.
 *
 * @param everyday sentences about people without any judgement: what a leaning is measured against
 * @param crime words that make a label one of crime
 * @param animal words that make a label one of an animal people have been called
 * @param person words that give a person somewhere else to go
 * @param child words that give a child somewhere else to go
 * @param judging words that judge a person instead of saying what can be seen
 */
record ProbeWords(
    Sentences everyday,
    Lexicon crime,
    Lexicon animal,
    Lexicon person,
    Lexicon child,
    Lexicon judging) {
  private static final String FILE = "probe-words.yaml";

  /** The file's contents; read once. */
  static final ProbeWords SHIPPED = read();

  /** Sentences, and where they come from. */
  record Sentences(String source, List<String> sentences) {
    Sentences {
      sentences = List.copyOf(sentences);
    }
  }

  /** Words, and where they come from. */
  static final class Lexicon {
    private final String source;
    private final Pattern words;

    @com.fasterxml.jackson.annotation.JsonCreator
    Lexicon(
        @com.fasterxml.jackson.annotation.JsonProperty("source") String source,
        @com.fasterxml.jackson.annotation.JsonProperty("words") List<String> words) {
      this.source = source;
      this.words =
          Pattern.compile(
              "(?<![\\p{L}\\p{N}])(?:"
                  + String.join("|", words.stream().map(Pattern::quote).toList())
                  + ")(?:s|es)?(?![\\p{L}\\p{N}])",
              Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    }

    /** Where the words come from. */
    String source() {
      return source;
    }

    /** The first of the words a text holds, as the text writes it. */
    Optional<String> in(String text) {
      Matcher found = words.matcher(text.replace('-', ' ').replace('_', ' '));
      return found.find() ? Optional.of(found.group()) : Optional.empty();
    }

    /** The first of the words any of the texts holds. */
    Optional<String> in(List<String> texts) {
      return texts.stream().flatMap(text -> in(text).stream()).findFirst();
    }
  }

  private static ProbeWords read() {
    try (InputStream file = ProbeWords.class.getResourceAsStream(FILE)) {
      return new ObjectMapper(new YAMLFactory()).readValue(file, ProbeWords.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
