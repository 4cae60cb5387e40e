package dev.halcyon.app.models;

import dev.halcyon.clip.AnalyzerSettings;
import dev.halcyon.clip.ClipModel;
import dev.halcyon.clip.EngineSettings;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ImageAnalyzer;
import dev.halcyon.clip.ImageSource;
import dev.halcyon.clip.ModelDescription;
import dev.halcyon.clip.Outcome;
import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.clip.TextEncoder;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;

/**
 * Runs a model once, end to end, as the stream would: prompts to tokens to embeddings, pictures to
 * pixels to embeddings.
 *
 * @param description what the model is, and where each fact was read
 * @param findings what was tried
 * @param loadSeconds time to load it
 */
public record ModelCheck(ModelDescription description, List<Finding> findings, double loadSeconds) {
  private static final List<String> PROMPTS =
      List.of("a photo of a cat", "a red bicycle leaning on a wall", "Straßenfest, 9€ 🎈");

  /** Pictures that ship with the program, by what they plainly show. */
  private static final Map<String, String> SAMPLES = samples();

  private static final double SAME_COSINE = 0.9999;
  private static final double LEAST_COSINE = 0.99;

  /**
   * What was tried and what came of it.
   *
   * @param what the trial
   * @param state whether it went as it should
   * @param detail what was seen
   */
  public record Finding(String what, State state, String detail) {}

  /** What became of a trial. */
  public enum State {
    OK,
    /** Nothing is broken, but a person should look. */
    LOOK,
    FAILED
  }

  public ModelCheck {
    findings = List.copyOf(findings);
  }

  /** Whether nothing failed. */
  public boolean sound() {
    return findings.stream().noneMatch(finding -> finding.state() == State.FAILED);
  }

  /**
   * Checks a folder.
   *
   * @param samples folder of the program's sample pictures
   * @throws dev.halcyon.clip.ModelException if the model does not load; the message says what was
   *     expected
   */
  public static ModelCheck run(
      Path directory, EngineSettings engine, AnalyzerSettings images, Path samples) {
    long started = System.nanoTime();
    try (ClipModel model = ClipModel.open(directory, engine)) {
      double seconds = (System.nanoTime() - started) / 1e9;
      List<Finding> findings = new ArrayList<>();
      model
          .description()
          .assumptions()
          .forEach(
              assumed ->
                  findings.add(
                      new Finding(
                          assumed.what(),
                          State.LOOK,
                          "taken to be " + assumed.value() + ": " + assumed.from())));
      try (ImageAnalyzer analyzer = model.analyzer(images)) {
        findings.add(prompts(model.textEncoder(), model.identity().dimensions()));
        findings.add(context(model.textEncoder()));
        findings.add(pictures(analyzer));
        sense(model.textEncoder(), analyzer, samples).ifPresent(findings::add);
      }
      return new ModelCheck(model.description(), findings, seconds);
    }
  }

  private static Finding prompts(TextEncoder encoder, int dimensions) {
    float[][] together = encoder.encode(PROMPTS);
    double alone = 1;
    for (int i = 0; i < together.length; i++) {
      alone = Math.min(alone, cosine(together[i], encoder.encode(List.of(PROMPTS.get(i)))[0]));
    }
    double alike = cosine(together[0], together[1]);
    String tokens =
        String.join(
            ", ", PROMPTS.stream().map(prompt -> "" + encoder.countTokens(prompt)).toList());
    String detail =
        String.format(
            Locale.ROOT,
            "%d prompts of %s tokens to %d values; two different ones at cosine %.3f",
            PROMPTS.size(),
            tokens,
            dimensions,
            alike);
    if (alone < SAME_COSINE) {
      // Eight-bit graphs take their ranges from the whole batch, so that a little is usual there.
      return new Finding(
          "prompts",
          alone < LEAST_COSINE ? State.FAILED : State.LOOK,
          String.format(
              Locale.ROOT,
              "a prompt alone and among others differ, cosine %.5f: its weights are eight-bit, or"
                  + " its filling is seen; then write manifest.json with \"padTokenId\" or"
                  + " \"promptPadding\"",
              alone));
    }
    return new Finding("prompts", alike < SAME_COSINE ? State.OK : State.FAILED, detail);
  }

  private static Finding context(TextEncoder encoder) {
    String tooLong = "cat ".repeat(encoder.contextLength() + 1).strip();
    try {
      encoder.encode(List.of(tooLong));
      return new Finding("longest prompt", State.FAILED, "one over the limit is cut in silence");
    } catch (IllegalArgumentException e) {
      return new Finding(
          "longest prompt", State.OK, encoder.contextLength() + " tokens; a longer one is refused");
    }
  }

  private static Finding pictures(ImageAnalyzer analyzer) {
    List<float[]> seen = new ArrayList<>();
    for (byte[] png : List.of(png(1, 1), png(320, 240), png(2400, 100), png(100, 2400))) {
      Outcome outcome = look(analyzer, png);
      if (!(outcome instanceof Evidence evidence)) {
        return new Finding("pictures", State.FAILED, outcome.toString());
      }
      seen.add(evidence.embedding());
    }
    double alike = cosine(seen.get(0), seen.get(1));
    return new Finding(
        "pictures",
        alike < SAME_COSINE ? State.OK : State.FAILED,
        String.format(
            Locale.ROOT,
            "1x1, 320x240, 2400x100 and 100x2400 to %d values of length 1; two at cosine %.3f",
            seen.get(0).length,
            alike));
  }

  /** Whether plain pictures are nearest to what they show: wrong pixels or tokens show here. */
  private static Optional<Finding> sense(
      TextEncoder encoder, ImageAnalyzer analyzer, Path samples) {
    List<String> prompts = List.copyOf(SAMPLES.values());
    List<Path> files =
        SAMPLES.keySet().stream().map(samples::resolve).filter(Files::isRegularFile).toList();
    if (files.size() < SAMPLES.size()) {
      return Optional.empty();
    }
    float[][] texts = encoder.encode(prompts);
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      if (look(analyzer, bytes(files.get(i))) instanceof Evidence evidence
          && nearest(evidence.embedding(), texts) != i) {
        wrong.add(files.get(i).getFileName().toString());
      }
    }
    int right = files.size() - wrong.size();
    String detail =
        right
            + " of "
            + files.size()
            + " plain pictures are nearest to what they show"
            + (wrong.isEmpty() ? "" : ", not " + String.join(", ", wrong));
    return Optional.of(
        right * 2 > files.size()
            ? new Finding("sense", State.OK, detail)
            : new Finding(
                "sense",
                State.LOOK,
                detail + ": the weights are untrained, or pixels or tokens are not the model's"));
  }

  private static int nearest(float[] embedding, float[][] texts) {
    int best = 0;
    for (int i = 1; i < texts.length; i++) {
      if (cosine(embedding, texts[i]) > cosine(embedding, texts[best])) {
        best = i;
      }
    }
    return best;
  }

  private static Outcome look(ImageAnalyzer analyzer, byte[] image) {
    return analyzer
        .analyze(new ImageSource.Inline(ByteBuffer.wrap(image)), TextAnalysis.OFF)
        .join();
  }

  private static double cosine(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  /** A picture with something in it, different for every size. */
  private static byte[] png(int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = image.createGraphics();
    canvas.setColor(new Color(70, 130, 180));
    canvas.fillRect(0, 0, width, height);
    canvas.setColor(new Color(220, 180, 40));
    canvas.fillOval(width / 4, height / 4, width / 2, height / 2);
    canvas.dispose();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> samples() {
    Map<String, String> samples = new LinkedHashMap<>();
    samples.put("airplane.jpg", "a photo of an airplane");
    samples.put("cat.jpg", "a photo of a cat");
    samples.put("coffee.png", "a photo of a cup of coffee");
    samples.put("flower.jpg", "a photo of a flower");
    samples.put("giraffe.jpg", "a photo of a giraffe");
    samples.put("mountains.jpg", "a photo of mountains");
    return samples;
  }
}
