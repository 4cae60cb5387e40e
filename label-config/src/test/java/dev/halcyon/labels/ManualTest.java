package dev.halcyon.labels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the manual to the program. */
final class ManualTest {
  private static final Path MANUAL = Path.of("../docs/label-packs.md");
  private static final String BEGIN = "<!-- generated: fields -->\n";
  private static final String END = "<!-- end -->\n";

  @Test
  void theReferenceIsUpToDate() throws IOException {
    String manual = Files.readString(MANUAL);
    String before = manual.substring(0, manual.indexOf(BEGIN) + BEGIN.length());
    String after = manual.substring(manual.indexOf(END));
    String wanted = before + PackReference.markdown() + "\n" + after;
    if (Boolean.getBoolean("halcyon.regenerate")) {
      Files.writeString(MANUAL, wanted);
    }
    assertThat(Files.readString(MANUAL))
        .as("mvn -pl label-config test -Dtest=ManualTest -Dhalcyon.regenerate=true writes it anew")
        .isEqualTo(wanted);
  }

  @Test
  void everyPackInTheManualIsSound() throws IOException {
    List<String> packs = new ArrayList<>();
    Matcher blocks =
        Pattern.compile("```yaml\n(name:.*?)```", Pattern.DOTALL).matcher(Files.readString(MANUAL));
    while (blocks.find()) {
      packs.add(blocks.group(1));
    }
    assertThat(packs).hasSizeGreaterThanOrEqualTo(5).allSatisfy(LabelSetReaderTest::read);
  }

  @Test
  void theProblemsInTheManualAreThoseTheProgramGives() throws IOException {
    String manual = Files.readString(MANUAL);
    String pack =
        """
        name: weapons
        owner: me
        groups:
          - {id: g, background: []}
        labels:
          - id: knife
            promts: a knife
            threshold: 1.7
            prompts: a knife
          - id: weapon
            prompts: a weapon
            parent: wepon
        """;
    assertThat(LabelSetReader.read(pack)).isInstanceOf(ReadResult.Faulty.class);
    assertThat(((ReadResult.Faulty) LabelSetReader.read(pack)).problems())
        .hasSize(4)
        .allSatisfy(problem -> assertThat(manual).contains(problem.render("weapons.yaml") + "\n"));
  }
}
