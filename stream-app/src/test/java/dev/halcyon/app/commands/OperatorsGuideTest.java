package dev.halcyon.app.commands;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.app.Application;
import dev.halcyon.app.Halcyon;
import dev.halcyon.app.Home;
import dev.halcyon.app.config.ConfigLoader;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs every command of the operator's guide, in order, on a running stream: the page cannot say
 * what the program does not do.
 */
class OperatorsGuideTest {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(sh|yaml)\\n(.*?)^```$");
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");
  private static final Pattern SED = Pattern.compile("sed -i 's/(.*)/(.*)/' (\\S+)");
  private static final int BACKGROUND = 200;

  @TempDir private Path folder;
  private final Map<String, String> said = new LinkedHashMap<>();

  @Test
  void everyCommandDoesWhatThePageSays() throws IOException {
    drawExamples();
    try (DemoWorld world = DemoWorld.open(Home.resolve("starter-model/model"))) {
      Path pack = Home.resolve(DefaultPack.PATH);
      world.publish(pack, LabelSetFile.read(pack));
      Files.writeString(folder.resolve("halcyon.yaml"), config(world));
      try (Application application = Application.start(world.config())) {
        assertThat(application.stopped()).isNotDone();
        follow(Files.readString(Home.resolve("docs/operators-guide.md")));
      }
    }
    assertThat(said("labels validate pets.yaml")).contains("sound, 2 labels");
    assertThat(said("labels calibrate")).contains("cat").contains("200");
    assertThat(folder.resolve("calibration.html")).exists();
    assertThat(said("labels shadow pets")).contains("3 decisions").contains("cat");
    assertThat(said("labels diff")).contains("active");
    List<String> uploads =
        said.keySet().stream().filter(line -> line.contains("upload --wait")).toList();
    assertThat(said.get(uploads.get(0))).doesNotContain("review cat");
    assertThat(said.get(uploads.get(1))).contains("review cat");
    assertThat(said("labels preview")).contains("3 images").contains("newly alerted");
    assertThat(folder.resolve("preview.html")).exists();
    assertThat(said("redecide --label-set pets --since 1h --config")).contains("Would write: ");
    assertThat(said("--emit --reason")).contains("Written: ").contains("raised");
    assertThat(said("labels rollback")).contains("version 3 is published").contains("active");
    assertThat(said("--version 2")).contains("method: quantile").doesNotContain("status: shadow");
    assertThat(said("--compare")).contains("prompts").contains("1-shot");
    assertThat(folder.resolve("label-sets/pets.yaml")).exists();
    assertThat(said("--reason \"as reviewed\" --config")).contains("0 of 2 label sets change");
  }

  /** Looking for written text is not what is tested here, and takes its time. */
  private static String config(DemoWorld world) {
    String yaml = new ConfigLoader().write(world.config());
    String without = yaml.replaceFirst("(text:\\s+enabled: )true", "$1false");
    assertThat(without).isNotEqualTo(yaml);
    return without;
  }

  private void follow(String page) throws IOException {
    Matcher block = BLOCK.matcher(page);
    while (block.find()) {
      String body = block.group(2);
      if (block.group(1).equals("yaml")) {
        String name = body.substring(2, body.indexOf('\n'));
        assertThat(name).as("a pack's first line names its file").endsWith(".yaml");
        Files.writeString(folder.resolve(name), body);
      } else {
        for (String line : body.replace("\\\n", " ").lines().toList()) {
          run(line);
        }
      }
    }
  }

  private void run(String line) throws IOException {
    Matcher sed = SED.matcher(line);
    if (sed.matches()) {
      Path file = folder.resolve(sed.group(3));
      Pattern what = Pattern.compile(sed.group(1), Pattern.MULTILINE);
      String before = Files.readString(file);
      String after = what.matcher(before).replaceAll(sed.group(2));
      assertThat(after).as(line).isNotEqualTo(before);
      Files.writeString(file, after);
      return;
    }
    assertThat(line).startsWith("./halcyon ");
    if (line.equals("./halcyon demo --keep")) {
      return;
    }
    String[] parts = line.substring("./halcyon ".length()).split(" > ");
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Halcyon.run(
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            words(parts[0]).toArray(String[]::new));
    assertThat(code).as("%s%n%s%s", line, out, err).isZero();
    said.putIfAbsent(line, out.toString());
    if (parts.length > 1) {
      Files.writeString(folder.resolve(parts[1].strip()), out.toString(), UTF_8);
    }
  }

  /** A command line's words; files are those of the test's folder, samples those that ship. */
  private List<String> words(String line) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(line);
    while (word.find()) {
      String text =
          word.group(1) != null
              ? word.group(1)
              : word.group(2) != null ? word.group(2) : word.group(3);
      boolean quoted = word.group(3) == null;
      if (!quoted && text.startsWith("samples/")) {
        words.add(Home.resolve(text).toString());
      } else if (!quoted && text.matches("[a-z-]+\\.(yaml|html|png)|examples.*|label-sets")) {
        words.add(folder.resolve(text).toString());
      } else {
        words.add(text);
      }
    }
    return words;
  }

  private String said(String part) {
    return said.entrySet().stream()
        .filter(entry -> entry.getKey().contains(part))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow(() -> new AssertionError("the page has no command with " + part));
  }

  /** Ordinary drawings for a background, and the sample cats. */
  private void drawExamples() throws IOException {
    Path background = Files.createDirectories(folder.resolve("examples/background"));
    Random random = new Random(4);
    for (int i = 0; i < BACKGROUND; i++) {
      BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
      Graphics2D canvas = image.createGraphics();
      for (int shape = 0; shape < 4; shape++) {
        canvas.setColor(new Color(random.nextInt(1 << 24)));
        canvas.fillRect(
            random.nextInt(64), random.nextInt(64), random.nextInt(64), random.nextInt(64));
        canvas.fillOval(
            random.nextInt(64), random.nextInt(64), random.nextInt(40), random.nextInt(40));
      }
      canvas.dispose();
      ImageIO.write(image, "png", background.resolve(i + ".png").toFile());
    }
    Path cats = Files.createDirectories(folder.resolve("examples/cat/positive"));
    for (String cat : List.of("cat.jpg", "kitten.webp")) {
      Files.copy(Home.resolve("samples").resolve(cat), cats.resolve(cat));
    }
  }
}
