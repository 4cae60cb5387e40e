package dev.halcyon.clip.text;

import dev.halcyon.clip.EngineBrokenException;
import dev.halcyon.clip.EngineObserver;
import dev.halcyon.clip.EngineObserver.TextFinding;
import dev.halcyon.clip.ModelException;
import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.clip.TextBox;
import dev.halcyon.clip.TextEvidence;
import dev.halcyon.clip.TextSettings;
import dev.halcyon.clip.analyze.PictureEncoder;
import dev.halcyon.clip.analyze.TextLooker;
import dev.halcyon.clip.decode.DecodedImage;
import dev.halcyon.clip.decode.RgbImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Finds writing with PP-OCR, reads it, and embeds the picture without it, the writing alone, and
 * the picture with as much taken away elsewhere; where it finds none, the mirror image.
 *
 * <p>The graphs are loaded when a label set first asks for text: a program that never does holds
 * none. A look waits for its detector run on the preprocessing thread that called; so there are as
 * many pictures in here as such threads, and the encoder goes on with the pictures of the others.
 */
public final class OcrTextLooker implements TextLooker {
  /**
   * Side on which a picture is first glanced at where text need only be likely: two fifths of the
   * work of a look at 512, with thresholds low enough to keep most of what a look would find.
   */
  private static final int GLANCE_SIDE = 320;

  private static final float GLANCE_PIXEL_THRESHOLD = 0.15f;
  private static final float GLANCE_LINE_THRESHOLD = 0.25f;

  private final TextSettings settings;
  private final int keptShortSide;
  private final OcrBatches batches;
  private final EngineObserver observer;
  private volatile Loaded loaded;
  private volatile TextDetector glance;

  private record Loaded(TextDetector detector, LineReader reader) {}

  /**
   * A looker that has loaded nothing yet.
   *
   * @param encoderShortSide what the shorter side of a picture must keep for the encoder
   * @param batches where its graphs run
   * @throws ModelException if its graphs are not on the class path
   */
  public OcrTextLooker(
      TextSettings settings, int encoderShortSide, OcrBatches batches, EngineObserver observer) {
    OcrModels.require();
    this.settings = settings;
    this.keptShortSide = Math.max(encoderShortSide, settings.sidePixels());
    this.batches = batches;
    this.observer = observer;
  }

  @Override
  public TextAnalysis effective(TextAnalysis asked) {
    return asked;
  }

  @Override
  public int decodeShortSidePixels() {
    return settings.sidePixels();
  }

  @Override
  public CompletableFuture<Optional<TextEvidence>> look(
      DecodedImage image, TextAnalysis how, PictureEncoder encoder) throws InterruptedException {
    long startedNanos = System.nanoTime();
    try {
      if (how == TextAnalysis.LIKELY && glance().find(image).isEmpty()) {
        observer.textLooked(TextFinding.UNLIKELY, System.nanoTime() - startedNanos);
        return CompletableFuture.completedFuture(Optional.empty());
      }
      Loaded ocr = loaded();
      RgbImage picture = PictureViews.reduced(image.image(), keptShortSide);
      List<TextLine> lines = ocr.detector().find(new DecodedImage(picture, image.format()));
      TextMask text = TextMask.of(lines, picture.width(), picture.height());
      CompletableFuture<Optional<TextEvidence>> evidence;
      if (text.pixels().isEmpty()) {
        evidence = mirror(picture, encoder);
        observer.textLooked(TextFinding.NONE, System.nanoTime() - startedNanos);
      } else {
        evidence = views(picture, lines, text, ocr.reader(), encoder);
        observer.textLooked(TextFinding.FOUND, System.nanoTime() - startedNanos);
      }
      return evidence;
    } catch (ExecutionException e) {
      return CompletableFuture.failedFuture(e.getCause());
    } catch (ModelException e) {
      return CompletableFuture.failedFuture(
          new EngineBrokenException("the text detector does not start: " + e.getMessage(), e));
    }
  }

  private static CompletableFuture<Optional<TextEvidence>> mirror(
      RgbImage picture, PictureEncoder encoder) throws InterruptedException {
    return encoder
        .encode(PictureViews.mirrored(picture))
        .thenApply(
            mirror ->
                Optional.of(
                    new TextEvidence(
                        List.of(),
                        0,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(mirror))));
  }

  private CompletableFuture<Optional<TextEvidence>> views(
      RgbImage picture,
      List<TextLine> lines,
      TextMask text,
      LineReader reader,
      PictureEncoder encoder)
      throws InterruptedException, ExecutionException {
    CompletableFuture<float[]> masked = encoder.encode(PictureViews.masked(picture, text));
    CompletableFuture<float[]> textOnly = encoder.encode(PictureViews.textOnly(picture, text));
    Optional<TextMask> elsewhere = ControlArea.of(lines, text);
    CompletableFuture<Optional<float[]>> control =
        elsewhere.isEmpty()
            ? CompletableFuture.completedFuture(Optional.empty())
            : encoder.encode(PictureViews.masked(picture, elsewhere.get())).thenApply(Optional::of);
    List<TextBox> boxes = boxes(picture, lines, reader);
    return masked.thenCombine(
        textOnly.thenCombine(control, TextAndControl::new),
        (without, other) ->
            Optional.of(
                new TextEvidence(
                    boxes,
                    text.areaFraction(),
                    Optional.of(without),
                    Optional.of(other.textOnly()),
                    other.control(),
                    Optional.empty())));
  }

  private record TextAndControl(float[] textOnly, Optional<float[]> control) {}

  private List<TextBox> boxes(RgbImage picture, List<TextLine> lines, LineReader reader)
      throws InterruptedException, ExecutionException {
    int readable = Math.min(lines.size(), settings.maxReadLines());
    List<Optional<String>> read = reader.read(picture, lines.subList(0, readable));
    List<TextBox> boxes = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      TextLine.Bounds bounds = lines.get(i).bounds();
      boxes.add(
          new TextBox(
              share(bounds.x1(), picture.width()),
              share(bounds.y1(), picture.height()),
              share(bounds.x2(), picture.width()),
              share(bounds.y2(), picture.height()),
              i < readable ? read.get(i) : Optional.empty(),
              lines.get(i).confidence()));
    }
    return boxes;
  }

  private static float share(double pixels, int side) {
    return (float) Math.max(0, Math.min(1, pixels / side));
  }

  private Loaded loaded() {
    Loaded now = loaded;
    if (now == null) {
      synchronized (this) {
        now = loaded;
        if (now == null) {
          now =
              new Loaded(
                  TextDetector.open(batches, settings.sidePixels()), LineReader.open(batches));
          loaded = now;
        }
      }
    }
    return now;
  }

  private TextDetector glance() {
    TextDetector now = glance;
    if (now == null) {
      synchronized (this) {
        now = glance;
        if (now == null) {
          now =
              TextDetector.open(
                  batches, GLANCE_SIDE, GLANCE_PIXEL_THRESHOLD, GLANCE_LINE_THRESHOLD);
          glance = now;
        }
      }
    }
    return now;
  }
}
