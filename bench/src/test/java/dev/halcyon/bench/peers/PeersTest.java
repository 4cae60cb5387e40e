package dev.halcyon.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halcyon.bench.JsonFigures;
import dev.halcyon.bench.PythonEnvironment;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The bench in small, each peer in a process of its own as in the whole one. */
class PeersTest {
  @Test
  void oursAndDjlHaveTheirShareOfTheCeiling() throws Exception {
    List<JsonNode> figures = measure("halcyon,halcyon-tags-alone,djl");
    assertThat(figures)
        .extracting(figure -> figure.get("case").asText())
        .containsExactly("ceiling", "halcyon", "halcyon-tags-alone", "djl");
    Map<String, JsonNode> byPeer =
        figures.stream()
            .collect(Collectors.toMap(f -> f.get("case").asText(), Function.identity()));
    JsonNode ours = byPeer.get("halcyon");
    assertThat(ours.get("versions").asText()).contains("onnxruntime 1.", "Java ");
    assertThat(byPeer.get("djl").get("versions").asText()).contains("DJL 0.", "onnxruntime 1.");
    assertThat(ours.get("oursOverThis").asDouble()).isEqualTo(1);
  }

  @Test
  void thePythonConsumersHaveThemToo() throws Exception {
    assumeTrue(
        PythonEnvironment.forPeers("python3").isReady(),
        "the Python consumer's packages are not installed; bench/peers does it");
    assertThat(measure("python,python-processes,python-one-by-one"))
        .extracting(figure -> figure.get("case").asText())
        .containsExactly("ceiling", "python", "python-processes", "python-one-by-one");
  }

  private static List<JsonNode> measure(String peers) throws Exception {
    List<JsonNode> figures =
        JsonFigures.of(
            new Peers(),
            "--only=" + peers,
            "--json",
            "--rounds=1",
            "--backlog=40",
            "--trickle=5",
            "--batch=4");
    JsonNode ceiling = figures.get(0);
    assertThat(ceiling.get("value").asDouble()).isPositive();
    for (JsonNode peer : figures.subList(1, figures.size())) {
      double speed = peer.get("value").asDouble();
      assertThat(speed).isPositive();
      assertThat(peer.get("ratio").asDouble() * ceiling.get("value").asDouble())
          .isBetween(0.99 * speed, 1.01 * speed);
      for (String latency : List.of("written", "readable")) {
        double median = peer.get(latency + "P50Millis").asDouble();
        assertThat(median).isPositive();
        assertThat(peer.get(latency + "P99Millis").asDouble()).isGreaterThanOrEqualTo(median);
      }
    }
    return figures;
  }

  @Test
  void whatIsNoPeerIsBadInput() {
    for (String wrong : List.of("--only=infinity", "--backlog=3", "--rounds=0")) {
      int code =
          new CommandLine(new Peers()).setErr(new PrintWriter(Writer.nullWriter())).execute(wrong);
      assertThat(code).as(wrong).isEqualTo(2);
    }
  }
}
