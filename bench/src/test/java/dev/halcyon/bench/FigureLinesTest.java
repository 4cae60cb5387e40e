package dev.halcyon.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.halcyon.app.console.Table;
import dev.halcyon.app.speed.Spread;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FigureLinesTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final ByteArrayOutputStream saved = new ByteArrayOutputStream();

  @Test
  void aTableIsHeadedOnceAndAnotherSetApart() {
    FigureLines lines = lines(false);
    for (int i = 0; i < 2; i++) {
      lines.table(Table.Column.left("what", 5), Table.Column.right("ms", 4));
      lines.add(figure(lines), "one", FigureLines.number(12));
    }
    lines.table(Table.Column.left("", 4));
    lines.add(figure(lines), FigureLines.verdict(false));
    lines.add(figure(lines));
    assertThat(printed.toString(UTF_8))
        .isEqualTo(
            """
            what     ms
            ─────  ────
            one    12.0
            one    12.0


            ────
            below
            """);
    assertThat(saved.toString(UTF_8).lines()).hasSize(4);
  }

  @Test
  void jsonHasARangeOnlyOfSeveralRounds() {
    FigureLines lines = lines(true);
    lines.say("not for programs");
    lines.table(Table.Column.left("what", 5));
    ObjectNode line = figure(lines);
    FigureLines.put(line, "value", Spread.of(List.of(1.0, 2.00004, 4.0)));
    FigureLines.put(line, "ratio", Spread.of(0.5));
    lines.add(line, "one");
    String wanted = "{\"bench\":\"some\",\"value\":2.0,\"valueRange\":[1.0,4.0],\"ratio\":0.5}\n";
    assertThat(printed.toString(UTF_8)).isEqualTo(wanted).isEqualTo(saved.toString(UTF_8));
  }

  @Test
  void numbersHaveThreeDigitsAndLargeOnesAll() {
    assertThat(List.of(0.1234, 12.34, 123.4, 12_345.6))
        .extracting(FigureLines::number)
        .containsExactly("0.12", "12.3", "123", "12,346");
    assertThat(FigureLines.range(Spread.of(1))).isEmpty();
    assertThat(FigureLines.range(Spread.of(List.of(1.0, 10.0)))).isEqualTo("1.00 to 10.0");
  }

  private FigureLines lines(boolean json) {
    return new FigureLines(
        "some",
        new PrintStream(printed, true, UTF_8),
        json,
        false,
        Optional.of(new PrintStream(saved, true, UTF_8)));
  }

  private static ObjectNode figure(FigureLines lines) {
    return lines.line();
  }
}
