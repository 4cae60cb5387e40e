package dev.halcyon.app.labels;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * The groups of people as {@code groups-of-people.yaml} names them, by axis; the file says where
 * they come from.
 *
 * @param paraphrases sentences in which a term stands, with {@code %s} in its place
 * @param axes the axes by the name that label sets use
 */
record GroupTerms(List<String> paraphrases, Map<String, Axis> axes) {
  private static final String FILE = "groups-of-people.yaml";

  /** The file's contents; read once. */
  static final GroupTerms SHIPPED = read();

  /**
   * One axis.
   *
   * @param source where its groups come from
   * @param groups the term of each group, by the group's name, in the order of the file
   */
  record Axis(String source, Map<String, String> groups) {}

  private static GroupTerms read() {
    try (InputStream file = GroupTerms.class.getResourceAsStream(FILE)) {
      return new ObjectMapper(new YAMLFactory()).readValue(file, GroupTerms.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
