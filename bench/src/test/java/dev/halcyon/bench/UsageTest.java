package dev.halcyon.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.app.Halcyon;
import java.util.ArrayList;
import java.util.IllegalFormatException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** What every command of both programs prints for {@code --help}: a per cent sign formats there. */
class UsageTest {
  @ParameterizedTest
  @ValueSource(classes = {Halcyon.class, Bench.class})
  void everyUsageIsFormatted(Class<?> program) {
    List<CommandLine> tree = tree(new CommandLine(program)).toList();

    assertThat(tree).hasSizeGreaterThan(8);
    assertThat(tree.stream().flatMap(command -> complaints(command).stream())).isEmpty();
  }

  @Test
  void aStraySignIsFound() {
    assertThat(complaints(new CommandLine(new Unescaped())))
        .singleElement()
        .asString()
        .contains("cannot format");
    assertThat(complaints(new CommandLine(new Twice()))).singleElement().asString().contains("%%");
    assertThat(complaints(new CommandLine(new Sound()))).isEmpty();
  }

  private static Stream<CommandLine> tree(CommandLine command) {
    return Stream.concat(
        Stream.of(command), command.getSubcommands().values().stream().flatMap(UsageTest::tree));
  }

  private static List<String> complaints(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    List<String> found = new ArrayList<>();
    for (String text : texts(spec)) {
      try {
        if (String.format(text).contains("%n")) {
          found.add(spec.qualifiedName() + " breaks no line: " + text);
        }
      } catch (IllegalFormatException e) {
        found.add(spec.qualifiedName() + " cannot format: " + text);
      }
    }
    for (String line : command.getUsageMessage(CommandLine.Help.Ansi.OFF).lines().toList()) {
      if (line.contains("%%") || line.contains("%n")) {
        found.add(spec.qualifiedName() + ": " + line);
      }
    }
    return found;
  }

  private static List<String> texts(CommandSpec spec) {
    UsageMessageSpec usage = spec.usageMessage();
    List<String> texts = new ArrayList<>();
    texts.addAll(List.of(usage.header()));
    texts.addAll(List.of(usage.description()));
    texts.addAll(List.of(usage.footer()));
    texts.addAll(List.of(usage.headerHeading(), usage.descriptionHeading(), usage.footerHeading()));
    spec.args().forEach(arg -> texts.addAll(List.of(arg.description())));
    return texts;
  }

  @Command(name = "unescaped", description = "Latency at 70% load.")
  private static final class Unescaped {}

  @Command(name = "twice", description = "Latency at 70%%%% load.")
  private static final class Twice {}

  @Command(name = "sound", description = "Latency at 70%% load.%n")
  private static final class Sound {}
}
