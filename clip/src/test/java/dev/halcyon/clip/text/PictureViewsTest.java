package dev.halcyon.clip.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.clip.decode.RgbImage;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PictureViewsTest {
  private static final List<TextLine> LINE = List.of(new TextLine(40, 30, 40, 12, 0.2, 1));

  @Test
  void maskingNothingChangesNothing() {
    RgbImage picture = noise(61, 47, 3);
    TextMask nothing = TextMask.of(List.of(), 61, 47);
    assertThat(PictureViews.masked(picture, nothing).rgb()).isEqualTo(picture.rgb());
    assertThat(nothing.areaFraction()).isZero();
    assertThat(ControlArea.of(List.of(), nothing)).isEmpty();
  }

  @Test
  void onlyTheMaskChanges() {
    RgbImage picture = noise(120, 90, 5);
    TextMask text = TextMask.of(LINE, 120, 90);
    RgbImage masked = PictureViews.masked(picture, text);
    int changed = 0;
    for (int i = 0; i < picture.rgb().length; i++) {
      boolean covered = text.pixels().get(i / 3);
      if (!covered) {
        assertThat(masked.rgb()[i]).isEqualTo(picture.rgb()[i]);
      } else {
        changed += masked.rgb()[i] == picture.rgb()[i] ? 0 : 1;
      }
    }
    assertThat(changed).as("the noise under the mask is gone").isGreaterThan(1000);
  }

  @Test
  void theWritingAloneStandsOnGrey() {
    RgbImage picture = noise(120, 90, 5);
    TextMask text = TextMask.of(LINE, 120, 90);
    RgbImage alone = PictureViews.textOnly(picture, text);
    TextMask.Box box = text.box();
    assertThat(alone.width()).isEqualTo(alone.height()).isBetween(box.width() + 2, 70);
    int grey = 0;
    for (int at = 0; at < alone.rgb().length; at += 3) {
      grey += alone.rgb()[at] == -128 && alone.rgb()[at + 1] == -128 ? 1 : 0;
    }
    assertThat(alone.width() * alone.height() - grey)
        .isBetween(text.pixels().cardinality() - 5, text.pixels().cardinality());
    int first = text.pixels().nextSetBit(0);
    int left = (alone.width() - box.width()) / 2 - box.left();
    int top = (alone.height() - box.height()) / 2 - box.top();
    int to = (first / 120 + top) * alone.width() + first % 120 + left;
    for (int channel = 0; channel < 3; channel++) {
      assertThat(alone.rgb()[3 * to + channel]).isEqualTo(picture.rgb()[3 * first + channel]);
    }
  }

  @Test
  void strokesOnPaperLeaveNoTrace() {
    byte[] rgb = new byte[3 * 120 * 90];
    java.util.Arrays.fill(rgb, (byte) 230);
    TextMask text = TextMask.of(LINE, 120, 90);
    for (int at = text.pixels().nextSetBit(0); at >= 0; at = text.pixels().nextSetBit(at + 2)) {
      rgb[3 * at] = 10;
    }
    byte[] filled = PictureViews.masked(new RgbImage(120, 90, rgb), text).rgb();
    for (byte value : filled) {
      assertThat(value & 0xFF).isEqualTo(230);
    }
  }

  @Test
  void anEdgeUnderTheMaskKeepsItsSides() {
    // Left half dark, right half bright: the fill goes from one to the other.
    byte[] rgb = new byte[3 * 120 * 90];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i / 3 % 120 < 60 ? 20 : 220);
    }
    TextMask text = TextMask.of(List.of(new TextLine(60, 45, 60, 10, 0, 1)), 120, 90);
    byte[] filled = PictureViews.masked(new RgbImage(120, 90, rgb), text).rgb();
    assertThat(filled[3 * (45 * 120 + 34)] & 0xFF).isLessThan(60);
    assertThat(filled[3 * (45 * 120 + 86)] & 0xFF).isGreaterThan(180);
  }

  @Test
  void aPictureThatIsAllMaskBecomesGrey() {
    BitSet all = new BitSet();
    all.set(0, 20 * 10);
    RgbImage filled = PictureViews.masked(noise(20, 10, 1), new TextMask(20, 10, all));
    assertThat(filled.rgb()).containsOnly((byte) 128);
  }

  @Test
  void theControlIsAsLargeAndElsewhere() {
    Random random = new Random(11);
    int found = 0;
    for (int round = 0; round < 60; round++) {
      int width = 60 + random.nextInt(300);
      int height = 60 + random.nextInt(300);
      List<TextLine> lines =
          List.of(line(random, width, height, 0.35), line(random, width, height, 0.2));
      TextMask text = TextMask.of(lines, width, height);
      Optional<TextMask> control = ControlArea.of(lines, text);
      if (control.isPresent()) {
        found++;
        assertThat(control.get().pixels().intersects(text.pixels())).isFalse();
        assertThat(control.get().areaFraction() / text.areaFraction()).isBetween(0.9f, 1.15f);
      }
    }
    assertThat(found).isGreaterThan(40);
  }

  @Test
  void whereThereIsNoRoomThereIsNoControl() {
    List<TextLine> large = List.of(new TextLine(50, 50, 96, 60, 0, 1));
    assertThat(ControlArea.of(large, TextMask.of(large, 100, 100))).isEmpty();
  }

  @Test
  void theMirrorImageOfTheMirrorImageIsThePicture() {
    RgbImage picture = noise(33, 21, 9);
    RgbImage mirror = PictureViews.mirrored(picture);
    assertThat(mirror.rgb()).isNotEqualTo(picture.rgb());
    assertThat(PictureViews.mirrored(mirror).rgb()).isEqualTo(picture.rgb());
  }

  @Test
  void largePicturesAreReducedByMeans() {
    RgbImage picture = noise(100, 64, 2);
    assertThat(PictureViews.reduced(picture, 40)).isSameAs(picture);
    RgbImage half = PictureViews.reduced(picture, 32);
    assertThat(half.width()).isEqualTo(50);
    assertThat(half.height()).isEqualTo(32);
    int sum = 0;
    for (int at : new int[] {0, 1, 100, 101}) {
      sum += picture.rgb()[3 * at] & 0xFF;
    }
    assertThat(half.rgb()[0] & 0xFF).isEqualTo((sum + 2) / 4);
  }

  private static TextLine line(Random random, int width, int height, double share) {
    return new TextLine(
        width * (0.2 + 0.6 * random.nextDouble()),
        height * (0.2 + 0.6 * random.nextDouble()),
        width * share,
        height * 0.08,
        random.nextDouble() - 0.5,
        1);
  }

  private static RgbImage noise(int width, int height, long seed) {
    byte[] rgb = new byte[3 * width * height];
    new Random(seed).nextBytes(rgb);
    return new RgbImage(width, height, rgb);
  }
}
