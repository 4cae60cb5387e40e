package dev.halcyon.labels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the bytes are, reading them gives a set or problems, soon, and never an exception. */
final class HostileDocumentsTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  private static List<Problem> faults(byte[] document) {
    ReadResult result =
        Assertions.assertTimeoutPreemptively(SOON, () -> LabelSetReader.read(document));
    assertThat(result).isInstanceOf(ReadResult.Faulty.class);
    List<Problem> problems = ((ReadResult.Faulty) result).problems();
    assertThat(problems).isNotEmpty().hasSizeLessThanOrEqualTo(101);
    assertThat(problems)
        .allSatisfy(
            problem ->
                assertThat(problem.toString())
                    .hasSizeLessThan(1500)
                    .doesNotContain("\n", "\u0000"));
    return problems;
  }

  private static List<Problem> faults(String document) {
    return faults(document.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "\n",
        "---",
        "--- \n...\n",
        "# only a comment",
        "null",
        "~",
        "42",
        "true",
        "text",
        "[]",
        "[1, 2]",
        "{}",
        "{",
        "}",
        "{\"name\":",
        "\"",
        "name: [",
        "a: b: c",
        "- a\n- b",
        "\tname: x",
        "? [complex, key]\n: value",
        "!!binary aGVsbG8=",
        "!!java.lang.Runtime {}",
        "name: !!set {a, b}",
        "name: !local x",
        "&a name: &b x\nowner: *c",
        "&a [*a]",
        "*a",
        "<<: 1",
        "<<: *x",
        "<<: [1, {a: b}]",
        "name: x\nname: y",
        "%YAML 9.9\n---\nname: x",
        "a: 1\n---\nb: 2",
        "\ufeff",
        "{\"a\":1}{\"b\":2}",
        "{\"name\":\"\\ud800\"}",
        "name: \"\\x00\"",
        "labels: labels",
        "labels: {a: b}",
        "labels: [null]",
        "labels: [[[[]]]]",
        "groups: [1, x, null]",
        "labels: [{prompts: {a: b}}]",
        "name: .nan",
        "alertQuota: .inf",
        "alertQuota: 1e999",
        "alertQuota: 0x10",
        "labels: [{severity: 99999999999999999999999}]",
        "labels: [{expires: 2026-13-45}]",
        "? \n: \n",
        "\"\": \"\"",
        "\u0000",
        "\u0007",
        "x-a: &a\n",
        "calibration: x",
        "labels: [{display: [x]}]",
        "labels: [{display: {'': x}}]",
        "{\"$schema\": []}",
        "key with spaces and a very odd ] name[0].x: 1",
        "'': 1",
        "|\n a",
        "@"
      })
  void oddDocumentsAreProblems(String document) {
    faults(document);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 31, 33, 100, 5_000, 200_000})
  void deepNestingIsAProblem(int depth) {
    faults("[".repeat(depth));
    faults("[".repeat(depth) + "]".repeat(depth));
    faults("name: " + "[".repeat(depth) + "]".repeat(depth));
    faults("{\"a\":".repeat(depth) + "1" + "}".repeat(depth));
    faults("- ".repeat(depth) + "a");
    faults("a: {".repeat(Math.min(depth, 5_000)));
    StringBuilder stairs = new StringBuilder();
    for (int i = 0; i < Math.min(depth, 1_000); i++) {
      stairs.append(" ".repeat(i)).append("a:\n");
    }
    faults(stairs.toString());
  }

  @Test
  void aliasesCannotGrowWithoutBound() {
    StringBuilder laughs =
        new StringBuilder("x-a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for (int i = 1; i < 30; i++) {
      laughs.append("x-a%d: &a%d [".formatted(i, i));
      laughs.append("*a%d, ".formatted(i - 1).repeat(9)).append("]\n");
    }
    assertThat(faults(laughs + "name: x\n"))
        .singleElement()
        .satisfies(
            problem ->
                assertThat(problem.message())
                    .isEqualTo("has more than 500000 values with its aliases written out"));
  }

  @Test
  void aliasesOfPromptsCountAsOftenAsTheyAreUsed() {
    StringBuilder document = new StringBuilder("x-p: &p\n");
    for (int i = 0; i < 190; i++) {
      document.append("  - prompt ").append(i).append('\n');
    }
    document.append("name: x\nowner: y\ngroups: [{id: g, background: z}]\nlabels:\n");
    for (int i = 0; i < 4_000; i++) {
      document.append("  - {id: l").append(i).append(", prompts: *p}\n");
    }
    assertThat(faults(document.toString())).hasSize(1);
  }

  @Test
  void hugeDocumentsAreProblems() {
    faults("a".repeat(LabelSetReader.MAX_BYTES + 1));
    faults("name: \"" + "a".repeat(LabelSetReader.MAX_BYTES - 20) + "\"");
    faults("#" + "a".repeat(LabelSetReader.MAX_BYTES - 20));
    faults(("#" + "a".repeat(60_000) + "\n").repeat(20));
    faults("name: >\n" + ("  " + "a".repeat(60_000) + "\n").repeat(20));
    faults("- a\n".repeat(LabelSetReader.MAX_BYTES / 4));
    faults("&a ".repeat(LabelSetReader.MAX_BYTES / 4));
    faults("[".repeat(LabelSetReader.MAX_BYTES));
    faults("{\"a\":\"" + "\\".repeat(LabelSetReader.MAX_BYTES - 20));
    faults("alertQuota: " + "9".repeat(1_000_000));
    faults("{\"alertQuota\": 1e" + "9".repeat(1_000_000) + "}");
    StringBuilder wrong = new StringBuilder("labels:\n");
    for (int i = 0; i < 4_900; i++) {
      wrong.append("  - {id: BAD, nonsense: 1, prompts: ['', '{}']}\n");
    }
    assertThat(faults(wrong.toString()))
        .last()
        .satisfies(problem -> assertThat(problem.message()).endsWith("more problems of the like"));
  }

  @Test
  void aFileThatIsTooLongIsNotReadToItsEnd(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("long.yaml");
    Files.write(file, new byte[LabelSetReader.MAX_BYTES + 10]);
    assertThat(LabelSetReader.read(file))
        .isEqualTo(
            new ReadResult.Faulty(
                List.of(new Problem("", "is longer than 4 MiB; split the set by surfaces"))));
  }

  @Test
  void bytesThatAreNoTextAreAProblem() {
    assertThat(faults(new byte[] {'n', (byte) 0xff, (byte) 0xfe}))
        .containsExactly(new Problem("", "is not text in UTF-8; save it in that encoding"));
    Random random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      LabelSetReader.read(noise);
    }
  }

  @Test
  void damagedPacksNeverThrow() throws IOException {
    Random random = new Random(11);
    List<String> sources = new ArrayList<>();
    for (Path pack : ShippedPacksTest.packs()) {
      sources.add(Files.readString(pack));
    }
    sources.add(LabelSetReaderTest.MINIMAL);
    for (long seed = 0; seed < 5; seed++) {
      sources.add(LabelSetWriter.canonicalJson(RandomLabelSets.of(seed)));
      sources.add(LabelSetWriter.yaml(RandomLabelSets.of(seed)));
    }
    int faulty = 0;
    for (int round = 0; round < 1_500; round++) {
      String source = sources.get(random.nextInt(sources.size()));
      String damaged = damaged(source, random);
      ReadResult result = LabelSetReader.read(damaged);
      if (result instanceof ReadResult.Read read) {
        assertThat(LabelSetReaderTest.read(LabelSetWriter.canonicalJson(read.labelSet())))
            .as(damaged)
            .isEqualTo(read.labelSet());
      } else {
        faulty++;
      }
    }
    assertThat(faulty).isBetween(300, 1_499);
  }

  private static String damaged(String source, Random random) {
    String[] inserts = {
      "",
      "\n",
      ":",
      "- ",
      "{",
      "}",
      "[",
      "]",
      "\"",
      "'",
      "*a",
      "&a ",
      "<<: *a\n",
      "!!x ",
      "|",
      "\t",
      "null",
      "true",
      "1e9",
      "-1",
      ".nan",
      "#",
      "\u0000",
      "\ud83d",
      "\u2028",
      "  ",
      "---\n",
      "%",
      ","
    };
    StringBuilder text = new StringBuilder(source);
    for (int edits = 1 + random.nextInt(3); edits > 0 && text.length() > 0; edits--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(4)) {
        case 0 -> text.insert(at, inserts[random.nextInt(inserts.length)]);
        case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(20)));
        case 2 -> text.setCharAt(at, inserts[1 + random.nextInt(inserts.length - 1)].charAt(0));
        default -> {
          int end = Math.min(text.length(), at + random.nextInt(200));
          text.insert(random.nextInt(text.length()), text.substring(at, end));
        }
      }
    }
    return text.toString();
  }
}
