package dev.halcyon.labels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class LabelSetWriterTest {
  static LongStream seeds() {
    return LongStream.range(0, 300);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatIsWrittenReadsBackAsTheSameSet(long seed) {
    LabelSet set = RandomLabelSets.of(seed);
    assertThat(LabelSetValidator.problems(set)).isEmpty();

    String json = LabelSetWriter.canonicalJson(set);
    LabelSet fromJson = LabelSetReaderTest.read(json);
    assertThat(fromJson).isEqualTo(set);
    assertThat(LabelSetWriter.canonicalJson(fromJson)).isEqualTo(json);

    String yaml = LabelSetWriter.yaml(set);
    LabelSet fromYaml = LabelSetReaderTest.read(yaml);
    assertThat(fromYaml).as(yaml).isEqualTo(set);
    assertThat(LabelSetWriter.yaml(fromYaml)).isEqualTo(yaml);
    assertThat(LabelSetWriter.contentHash(fromYaml)).isEqualTo(LabelSetWriter.hashOf(json));
  }

  @Test
  void differentSetsHaveDifferentHashes() {
    assertThat(seeds().mapToObj(RandomLabelSets::of).distinct().map(LabelSetWriter::contentHash))
        .doesNotHaveDuplicates()
        .hasSizeGreaterThan(290);
  }

  @Test
  void theCanonicalFormOfASetNeverChanges() {
    LabelSet set = LabelSetReaderTest.read(LabelSetReaderTest.MINIMAL);
    assertThat(LabelSetWriter.canonicalJson(set))
        .isEqualTo(
            "{\"alertQuota\":0.3,\"groups\":[{\"background\":[\"an empty"
                + " room\"],\"id\":\"animals\",\"mode\":\"independent\",\"temperature\":1}],"
                + "\"labels\":[{\"action\":\"tag\",\"actionBySurface\":{},\"bias\":{\"axes\":[],"
                + "\"requiredAlternatives\":[],\"sensitive\":false},\"canaryPercent\":100,"
                + "\"display\":{},\"group\":\"animals\",\"id\":\"cat\",\"negativePrompts\":[],"
                + "\"prompts\":[\"a cat\"],\"severity\":0,\"status\":\"active\",\"threshold\":"
                + "{\"method\":\"manual\",\"value\":0.5},\"typographic\":{\"lexicon\":[],"
                + "\"mode\":\"always\",\"onInflated\":\"tag\",\"onSuppressed\":\"tag\","
                + "\"polarity\":\"neutral\",\"textIsViolation\":false}}],\"locale\":\"en\","
                + "\"name\":\"pets\",\"owner\":\"trust-and-safety\",\"rolloutPercent\":100,"
                + "\"status\":\"active\",\"surfaces\":[],\"templates\":[],\"title\":\"pets\"}");
    assertThat(LabelSetWriter.contentHash(set))
        .isEqualTo("e13552fd35929d8125802e944b4081b75588b3867cdce2340e4a4799c77c0dbf");
  }

  @Test
  void yamlLeavesOutWhatIsAtItsDefault() {
    LabelSet set = LabelSetReaderTest.read(LabelSetReaderTest.MINIMAL);
    assertThat(LabelSetWriter.yaml(set))
        .isEqualTo(
            """
            name: pets
            owner: trust-and-safety
            groups:
              - id: animals
                background:
                  - an empty room
            labels:
              - id: cat
                prompts:
                  - a cat
            """);
  }

  @ParameterizedTest
  @CsvSource({
    // Vectors of RFC 8785, appendix B.
    "0000000000000000, 0",
    "8000000000000000, 0",
    "0000000000000001, 5e-324",
    "8000000000000001, -5e-324",
    "7fefffffffffffff, 1.7976931348623157e+308",
    "4340000000000000, 9007199254740992",
    "4430000000000000, 295147905179352830000",
    "44b52d02c7e14af5, 9.999999999999997e+22",
    "44b52d02c7e14af6, 1e+23",
    "44b52d02c7e14af7, 1.0000000000000001e+23",
    "444b1ae4d6e2ef4e, 999999999999999700000",
    "444b1ae4d6e2ef4f, 999999999999999900000",
    "444b1ae4d6e2ef50, 1e+21",
    "3eb0c6f7a0b5ed8c, 9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d, 0.000001",
    "41b3de4355555553, 333333333.3333332",
    "41b3de4355555554, 333333333.33333325",
    "becbf647612f3696, -0.0000033333333333333333",
    "43143ff3c1cb0959, 1424953923781206.2",
  })
  void numbersAreWrittenAsEcmaScriptDoes(String bits, String written) {
    assertThat(Numbers.canonical(Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16))))
        .isEqualTo(written);
  }

  @Test
  void everyFloatReadsBack() {
    Random random = new Random(1);
    for (int i = 0; i < 200_000; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      if (Float.isFinite(value) && (float) Double.parseDouble(Numbers.canonical(value)) != value) {
        assertThat(Numbers.canonical(value)).isEqualTo(Float.toString(value));
      }
    }
  }
}
