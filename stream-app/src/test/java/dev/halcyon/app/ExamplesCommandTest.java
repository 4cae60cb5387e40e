package dev.halcyon.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halcyon.labels.Label;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetReader;
import dev.halcyon.labels.LabelStatus;
import dev.halcyon.labels.ReadResult;
import dev.halcyon.labels.Threshold;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calibrating and learning from pictures, with the model that ships; no Kafka. */
class ExamplesCommandTest {
  private static final int BACKGROUND = 100;
  private static final String PACK =
      """
      x-based-on: 4
      name: shapes
      owner: tests
      groups:
        - {id: g, background: [a blue square, a photo]}
      labels:
        - {id: circle, prompts: [a red circle], threshold: 0.97}
        - {id: cat, prompts: [a cat]}
      """;

  @TempDir private static Path folder;

  @TempDir private Path work;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void draw() throws IOException {
    Random random = new Random(1);
    for (int i = 0; i < BACKGROUND; i++) {
      picture("examples/background", i, Color.BLUE, false, random);
    }
    for (int i = 0; i < 12; i++) {
      picture("examples/circle/positive", i, Color.RED, true, random);
    }
    Files.writeString(folder.resolve("examples/background/broken.jpg"), "no picture");
  }

  @Test
  void aThresholdIsMeasuredAndBoundToTheModel() throws IOException {
    Path pack = Files.writeString(work.resolve("shapes.yaml"), PACK);
    Path into = work.resolve("calibrated.yaml");
    Path report = work.resolve("report.html");

    int code =
        labels(
            "calibrate",
            pack.toString(),
            "--examples",
            folder.resolve("examples").toString(),
            "--target-fpr",
            "0.1",
            "--into",
            into.toString(),
            "--report",
            report.toString(),
            "--plots",
            work.resolve("plots").toString(),
            "--json");

    assertThat(err.toString()).contains("broken.jpg");
    assertThat(code).as(err.toString()).isZero();
    JsonNode circle = new ObjectMapper().readTree(out.toString().lines().findFirst().get());
    assertThat(circle.get("background").asInt()).isEqualTo(BACKGROUND);
    assertThat(circle.get("falsePositives").asInt()).isLessThanOrEqualTo(10);
    assertThat(circle.get("falsePositiveRateHigh").asDouble()).isBetween(0.0, 0.2);
    LabelSet set = read(into);
    assertThat(set.calibration()).isPresent();
    assertThat(set.label("circle").orElseThrow().threshold().method())
        .isEqualTo(Threshold.Method.QUANTILE);
    assertThat(Files.readString(into)).startsWith("x-based-on: 4\n");
    assertThat(Files.readString(report))
        .contains("a false-positive rate of 10%")
        .contains("circle")
        .contains("data:image/png;base64")
        .doesNotContain("{{")
        .doesNotContain("}}");
    assertThat(ImageIO.read(work.resolve("plots/circle.png").toFile()).getWidth()).isPositive();
  }

  @Test
  void tooFewExamplesAreRefusedAndNothingIsWritten() throws IOException {
    Path pack = Files.writeString(work.resolve("shapes.yaml"), PACK);
    Path into = work.resolve("calibrated.yaml");
    int code =
        labels(
            "calibrate",
            pack.toString(),
            "--examples",
            folder.resolve("examples").toString(),
            "--label",
            "circle",
            "--into",
            into.toString());
    assertThat(code).isEqualTo(2);
    assertThat(err.toString())
        .contains("labels.circle: too few background examples: have 100, need 1000")
        .contains("1%");
    assertThat(into).doesNotExist();
  }

  @Test
  void aFolderOfNoLabelIsNamed() throws IOException {
    Path pack = Files.writeString(work.resolve("shapes.yaml"), PACK);
    Files.createDirectories(work.resolve("examples/circel/positive"));
    assertThat(
            labels("calibrate", pack.toString(), "--examples", work.resolve("examples").toString()))
        .isEqualTo(2);
    assertThat(err.toString()).contains("circel: is neither background nor the id of a label");
    assertThat(labels("calibrate", pack.toString(), "--examples", "no/such")).isEqualTo(2);
    assertThat(labels("calibrate", pack.toString(), "--examples", "x", "--target-fpr", "5"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("write 0.01 for 1%");
  }

  @Test
  void aLabelIsLearnedFromPicturesAndPutIntoASet() throws IOException {
    Path pack = Files.writeString(work.resolve("shapes.yaml"), PACK);
    Path plot = work.resolve("shots.png");
    int code =
        labels(
            "learn",
            "red-thing",
            "--positive",
            folder.resolve("examples/circle/positive").toString(),
            "--negative",
            folder.resolve("examples/background").toString(),
            "--into",
            pack.toString(),
            "--target-fpr",
            "0.1",
            "--compare",
            "--plot",
            plot.toString());

    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("prompts")
        .contains("1-shot")
        .contains("4-shot")
        .contains("learned from 12 positive and 100 negative pictures");
    Label learned = read(pack).label("red-thing").orElseThrow();
    assertThat(learned.probe().orElseThrow().positives()).isEqualTo(12);
    assertThat(learned.status()).isEqualTo(LabelStatus.SHADOW);
    assertThat(learned.threshold().method()).isEqualTo(Threshold.Method.QUANTILE);
    assertThat(Files.readString(pack)).startsWith("x-based-on: 4\n");
    assertThat(ImageIO.read(plot.toFile()).getWidth()).isPositive();
    assertThat(labels("validate", pack.toString())).isZero();
    Path unseen = picture("unseen", 1, Color.RED, true, new Random(99));
    assertThat(score(pack, unseen)).isGreaterThan(0.5);
  }

  /** The learned label decides like any other. */
  private double score(Path pack, Path image) throws IOException {
    Files.writeString(
        pack, Files.readString(pack).replace("    status: shadow\n", "    status: active\n"));
    PrintStream before = System.out;
    ByteArrayOutputStream caught = new ByteArrayOutputStream();
    System.setOut(new PrintStream(caught, true, UTF_8));
    String found;
    try {
      run(
          "classify",
          image.toString(),
          "--labels",
          pack.toString(),
          "--json",
          "--config",
          work.resolve("halcyon.yaml").toString());
      found = caught.toString(UTF_8);
    } finally {
      System.setOut(before);
    }
    for (JsonNode tag : new ObjectMapper().readTree(found).get("tags")) {
      if (tag.get("label").asText().equals("red-thing")) {
        return tag.get("score").asDouble();
      }
    }
    throw new AssertionError("red-thing did not fire: " + found);
  }

  private static LabelSet read(Path file) throws IOException {
    return ((ReadResult.Read) LabelSetReader.read(file)).labelSet();
  }

  private static Path picture(String where, int number, Color colour, boolean round, Random random)
      throws IOException {
    BufferedImage image = new BufferedImage(96, 96, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = image.createGraphics();
    canvas.setColor(new Color(200 + random.nextInt(56), 200 + random.nextInt(56), 220));
    canvas.fillRect(0, 0, 96, 96);
    canvas.setColor(colour);
    int size = 30 + random.nextInt(50);
    int x = random.nextInt(96 - size);
    int y = random.nextInt(96 - size);
    if (round) {
      canvas.fillOval(x, y, size, size);
    } else {
      canvas.fillRect(x, y, size, size);
    }
    canvas.dispose();
    Path file = folder.resolve(where).resolve(number + ".png");
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  /** Looking for written text is not what is tested here, and takes its time. */
  private int labels(String... arguments) throws IOException {
    Path config =
        Files.writeString(
            work.resolve("halcyon.yaml"), "images: {text: {enabled: false}}\n", UTF_8);
    List<String> line = new ArrayList<>(List.of("labels"));
    line.addAll(List.of(arguments));
    line.addAll(List.of("--config", config.toString()));
    return run(line.toArray(String[]::new));
  }

  private int run(String... line) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Halcyon.run(new PrintWriter(out, true), new PrintWriter(err, true), line);
  }
}
