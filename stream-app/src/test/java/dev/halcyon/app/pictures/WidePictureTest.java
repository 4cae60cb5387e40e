package dev.halcyon.app.pictures;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.app.Home;
import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.decision.LabelDecision;
import dev.halcyon.app.decision.LabelDecision.Standing;
import dev.halcyon.app.decision.LabelSetDecider;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.app.labels.LabelSetCompiler;
import dev.halcyon.clip.AnalyzerSettings;
import dev.halcyon.clip.ClipModel;
import dev.halcyon.clip.EngineSettings;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ImageAnalyzer;
import dev.halcyon.clip.ImageSource;
import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.labels.LabelSetReader;
import dev.halcyon.labels.ReadResult;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Evasion by width, with the model and the label set that ship: harm at the edge of a picture. */
class WidePictureTest {
  private static final Set<String> STICKERS =
      Set.of("cigarette", "pill", "knife", "bomb", "syringe");

  private static final int SIDE = 256;

  @Test
  void harmAtTheEdgeIsMissedInTheCropAndFoundInATile() throws Exception {
    AnalyzerSettings usual = AnalyzerSettings.defaults();
    try (ClipModel model =
            ClipModel.open(Home.resolve("starter-model/model"), EngineSettings.defaults());
        ImageAnalyzer tiling = model.analyzer(usual)) {
      LabelSetDecider decider = decider(model);
      int alone = 0;
      int inTile = 0;
      int inCrop = 0;
      for (String sticker : STICKERS) {
        BufferedImage picture = sample(sticker);
        Set<String> harm = fired(decider, look(tiling, picture));
        Evidence wide = look(tiling, atTheEdge(picture));
        assertThat(wide.parts()).hasSize(4);
        Evidence cropped =
            new Evidence(
                wide.model(),
                wide.embedding(),
                wide.text(),
                wide.widthPixels(),
                wide.heightPixels(),
                wide.format(),
                wide.contentSha256(),
                false);
        alone += harm.isEmpty() ? 0 : 1;
        inTile += meets(harm, fired(decider, wide)) ? 1 : 0;
        inCrop += meets(harm, fired(decider, cropped)) ? 1 : 0;
      }
      assertThat(alone)
          .as("stickers that are found when they fill the picture")
          .isGreaterThanOrEqualTo(3);
      assertThat(inCrop).as("found in the centre crop of a wide picture").isZero();
      assertThat(inTile).as("found in its tiles").isGreaterThanOrEqualTo(alone - 1);
    }
  }

  private static boolean meets(Set<String> harm, Set<String> found) {
    return found.stream().anyMatch(harm::contains);
  }

  private static Set<String> fired(LabelSetDecider decider, Evidence evidence) {
    return decider
        .decide(evidence, new Decider.Context("image", Optional.empty()))
        .labels()
        .stream()
        .filter(label -> label.standing() == Standing.FIRED && label.severity() >= 2)
        .map(LabelDecision::label)
        .collect(Collectors.toSet());
  }

  private static LabelSetDecider decider(ClipModel model) throws Exception {
    ReadResult read = LabelSetReader.read(Home.resolve("label-config/packs/default.yaml"));
    return new LabelSetDecider(
        new LabelSetCompiler(model.textEncoder(), model.identity())
            .compile(
                ((ReadResult.Read) read).labelSet(),
                new LabelSetVersion("default", 1, "hash"),
                LocalDate.of(2026, 3, 1)));
  }

  private static Evidence look(ImageAnalyzer analyzer, BufferedImage picture) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(picture, "png", png);
    return (Evidence)
        analyzer
            .analyze(new ImageSource.Inline(ByteBuffer.wrap(png.toByteArray())), TextAnalysis.OFF)
            .join();
  }

  /** The picture as the rightmost square of one four times as wide, sky above grass. */
  private static BufferedImage atTheEdge(BufferedImage picture) {
    BufferedImage wide = new BufferedImage(4 * SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = wide.createGraphics();
    canvas.setColor(new Color(135, 190, 235));
    canvas.fillRect(0, 0, 4 * SIDE, SIDE / 2);
    canvas.setColor(new Color(90, 150, 70));
    canvas.fillRect(0, SIDE / 2, 4 * SIDE, SIDE / 2);
    canvas.drawImage(picture, 3 * SIDE, 0, SIDE, SIDE, null);
    canvas.dispose();
    return wide;
  }

  private static BufferedImage sample(String sticker) throws IOException {
    for (String ending : new String[] {".png", ".jpg", ".webp"}) {
      var file = Home.resolve("samples/" + sticker + "-sticker" + ending).toFile();
      if (file.isFile()) {
        BufferedImage read = ImageIO.read(file);
        if (read != null) {
          BufferedImage square = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
          Graphics2D canvas = square.createGraphics();
          canvas.setColor(Color.WHITE);
          canvas.fillRect(0, 0, SIDE, SIDE);
          canvas.drawImage(read, 0, 0, SIDE, SIDE, null);
          canvas.dispose();
          return square;
        }
      }
    }
    return new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
  }
}
