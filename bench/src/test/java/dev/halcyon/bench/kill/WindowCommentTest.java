package dev.halcyon.bench.kill;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tests the comment on the pending window names are there. */
class WindowCommentTest {
  private static final Path WINDOW =
      Path.of("../stream-app/src/main/java/dev/halcyon/app/topology/PendingWindow.java");
  private static final List<Path> TESTS =
      List.of(
          Path.of("../stream-app/src/test/java/dev/halcyon/app/topology"),
          Path.of("src/test/java/dev/halcyon/bench/kill"));
  private static final Pattern TEST = Pattern.compile("@\\w*Test\\b[^;]*?void (\\w+)\\(");

  @Test
  void everyTestTheWindowNamesIsThere() throws IOException {
    Set<String> named = named(Files.readString(WINDOW));
    assertThat(named).hasSizeGreaterThan(15);
    assertThat(tests()).containsAll(named);
    assertThat(named("<b>Shown by</b> {@code aTestThatIsGone} */"))
        .as("what is not there would be seen")
        .isNotEmpty()
        .doesNotContainAnyElementsOf(tests());
  }

  private static Set<String> named(String source) {
    String shown = source.substring(source.indexOf("<b>Shown by</b>"));
    shown = shown.substring(0, shown.indexOf("*/"));
    return Pattern.compile("\\{@code[\\s*]+(\\w+)}")
        .matcher(shown)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> tests() throws IOException {
    Set<String> names = new TreeSet<>();
    for (Path folder : TESTS) {
      List<Path> files = new ArrayList<>();
      try (Stream<Path> found = Files.list(folder)) {
        found.filter(file -> file.toString().endsWith("Test.java")).forEach(files::add);
      }
      for (Path file : files) {
        TEST.matcher(Files.readString(file))
            .results()
            .map(MatchResult::group)
            .forEach(
                match -> {
                  String name = match.substring(match.lastIndexOf("void ") + 5, match.length() - 1);
                  names.add(name);
                });
      }
    }
    return names;
  }
}
