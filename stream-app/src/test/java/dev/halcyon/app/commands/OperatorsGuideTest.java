package dev.halcyon.app.commands;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.halcyon.app.Application;
import dev.halcyon.app.Halcyon;
import dev.halcyon.app.Home;
import dev.halcyon.app.audit.CanarySet;
import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.config.ConfigLoader;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
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
 * Runs every command of the operator's guide, and of the pages on the two checks, in order, on a
 * running stream: a page cannot say what the program does not do.
 */
class OperatorsGuideTest {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```([a-z]+)\\n(.*?)^```$");
  private static final Pattern EXIT_CODE = Pattern.compile("\\s+# exit code (\\d)$");
  private static final Pattern DAY = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");
  private static final Pattern SED = Pattern.compile("sed -i 's/(.*)/(.*)/' (\\S+)");
  private static final int BACKGROUND = 200;

  /** One in so many of the shipped canary pictures: enough for every group, few enough to wait. */
  private static final int EVERY_CANARY = 24;

  @TempDir private Path folder;
  private final Map<String, String> said = new LinkedHashMap<>();

  @Test
  void everyCommandDoesWhatThePageSays() throws IOException {
    drawExamples();
    try (DemoWorld world = DemoWorld.open(Home.resolve("starter-model/model"))) {
      Path pack = Home.resolve(DefaultPack.PATH);
      world.publish(pack, LabelSetFile.read(pack));
      String yaml = config(world);
      Files.writeString(folder.resolve("halcyon.yaml"), yaml);
      AppConfig config = new ConfigLoader().parse(yaml, "halcyon.yaml", Map.of());
      try (Application application = Application.start(config)) {
        assertThat(application.stopped()).isNotDone();
        follow("docs/operators-guide.md");
        follow("docs/bias.md");
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
    assertThat(said("--reason \"as reviewed\" --config")).contains("0 of 3 label sets change");
    assertThat(said("labels audit pets.yaml")).contains("pets").contains("cat");
    assertThat(folder.resolve("audit.html"))
        .content()
        .contains("<b>24</b><span>canary pictures</span>");
    assertThat(said("labels apply zoo.yaml --reason")).contains("a person");
    assertThat(said("--waiver-by ann")).contains("version 1 is published");
    assertThat(said("labels history zoo")).contains("ann").contains("no people on this surface");
    assertThat(said("canary replay")).contains("24 of 24 canary pictures");
    assertThat(said("labels audit label-config/packs/default.yaml")).contains("nudity");
  }

  @Test
  void theAppleIsDecidedInEveryForm() throws IOException {
    follow("docs/typographic-attacks.md");
    assertThat(said).hasSize(3);
    assertThat(said("checks apple")).contains("ipod-note.jpg").contains("its text alone");
    assertThat(said("--markdown")).contains("| plain.jpg | as it is |");
    assertThat(said("--json").lines()).hasSize(4).allMatch(line -> line.startsWith("{"));
  }

  /** Against a page that is wrong the test must fail. */
  @Test
  void whatAPageGetsWrongIsSeen() throws IOException {
    Path page = folder.resolve("page.md");
    for (String wrong :
        List.of(
            "```sh\n./halcyon labels validate missing.yaml\n```\n",
            "```sh\n./halcyon labels schema # exit code 1\n```\n",
            "```sh\n./halcyon labels schemes\n```\n",
            "```console\n./halcyon labels schema\n```\n")) {
      Files.writeString(page, wrong);
      assertThatThrownBy(() -> follow(page.toString()))
          .as(wrong)
          .isInstanceOf(AssertionError.class);
    }
    Files.writeString(page, "```sh\n./halcyon labels schema\n```\n");
    follow(page.toString());
    assertThat(said("labels schema")).contains("$schema");
  }

  /**
   * Looking for written text is not what is tested here, and takes its time; so would all canaries.
   */
  private String config(DemoWorld world) throws IOException {
    String yaml = new ConfigLoader().write(world.config());
    String without = yaml.replaceFirst("(text:\\s+enabled: )true", "$1false");
    assertThat(without).isNotEqualTo(yaml);
    String fewer = without.replaceFirst("(canaries: ).*", "$1\"" + someCanaries() + "\"");
    assertThat(fewer).isNotEqualTo(without);
    return fewer;
  }

  private Path someCanaries() throws IOException {
    Path shipped = Home.resolve("canaries");
    Path some = folder.resolve("canaries");
    ObjectMapper json = new ObjectMapper();
    ObjectNode manifest = (ObjectNode) json.readTree(shipped.resolve(CanarySet.MANIFEST).toFile());
    ArrayNode all = manifest.withArray("pictures");
    ArrayNode kept = json.createArrayNode();
    for (int i = 0; i < all.size(); i += EVERY_CANARY) {
      kept.add(all.get(i));
      String file = all.get(i).get("file").asText();
      Files.createDirectories(some.resolve(file).getParent());
      Files.copy(shipped.resolve(file), some.resolve(file));
    }
    json.writeValue(some.resolve(CanarySet.MANIFEST).toFile(), manifest.set("pictures", kept));
    return some;
  }

  private void follow(String file) throws IOException {
    Matcher block = BLOCK.matcher(Files.readString(Home.resolve(file)));
    while (block.find()) {
      String body = block.group(2);
      switch (block.group(1)) {
        case "yaml" -> {
          String name = body.substring(2, body.indexOf('\n'));
          assertThat(name).as("a pack's first line names its file").endsWith(".yaml");
          Files.writeString(folder.resolve(name), body);
        }
        case "sh" -> {
          for (String line : body.replace("\\\n", " ").lines().toList()) {
            run(line);
          }
        }
        default -> assertThat(block.group(1)).as("a block that is not run").isEqualTo("text");
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
    Matcher exit = EXIT_CODE.matcher(line);
    int expected = exit.find() ? Integer.parseInt(exit.group(1)) : ExitCode.OK;
    String command = exit.replaceFirst("").substring("./halcyon ".length());
    String[] parts = command.split(" > ");
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Halcyon.run(
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            words(parts[0]).toArray(String[]::new));
    assertThat(code).as("%s%n%s%s", line, out, err).isEqualTo(expected);
    said.putIfAbsent(line, out + (expected == ExitCode.OK ? "" : err.toString()));
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
      if (!quoted && text.matches("(samples|label-config)/.*")) {
        words.add(Home.resolve(text).toString());
      } else if (!quoted
          && text.matches("[a-z-]+\\.(yaml|html|png)|examples.*|label-sets|canaries")) {
        words.add(folder.resolve(text).toString());
      } else if (DAY.matcher(text).matches()) {
        // A day to come, whenever the test runs.
        words.add(LocalDate.now(ZoneOffset.UTC).plusDays(30).toString());
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
