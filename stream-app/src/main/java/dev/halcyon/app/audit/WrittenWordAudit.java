package dev.halcyon.app.audit;

import dev.halcyon.app.audit.Finding.Kind;
import dev.halcyon.app.audit.Finding.Level;
import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.decision.LabelDecision;
import dev.halcyon.app.decision.LabelDecision.Standing;
import dev.halcyon.app.labels.TextDemand;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ImageAnalyzer;
import dev.halcyon.clip.ImageSource;
import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.labels.Action;
import dev.halcyon.labels.Label;
import dev.halcyon.labels.LabelSet;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import javax.imageio.ImageIO;

/**
 * Whether a label fires on its own name: a sheet of paper with nothing on it but the word, analyzed
 * and decided as in the stream, written text weighed as the set asks for. A label of which a note
 * makes an alert without a flag is open to whoever holds a pen.
 */
public final class WrittenWordAudit {
  private static final int GRAVE = 2;
  private static final int MOST_WORDS = 2;
  private static final int WIDTH = 448;
  private static final int HEIGHT = 336;

  private final ImageAnalyzer analyzer;

  public WrittenWordAudit(ImageAnalyzer analyzer) {
    this.analyzer = analyzer;
  }

  /**
   * Judges labels of harm.
   *
   * @param decider decides by the set
   * @param judged which of the set's labels to judge, by id
   */
  public List<Finding> run(LabelSet set, Decider decider, Predicate<String> judged) {
    TextAnalysis text = TextDemand.of(List.of(set));
    var findings = new ArrayList<Finding>();
    for (Label label : set.labels()) {
      boolean harm = label.severity() >= GRAVE && !label.typographic().textIsViolation();
      if (harm && judged.test(label.id())) {
        words(label).stream()
            .flatMap(word -> fired(label, word, decider, text).stream())
            .findFirst()
            .ifPresent(findings::add);
      }
    }
    return findings;
  }

  /** The words that name a label, those it gives itself first. */
  static List<String> words(Label label) {
    Set<String> words = new LinkedHashSet<>(label.typographic().lexicon());
    words.add(label.id().replace('-', ' ').replace('_', ' '));
    return words.stream().limit(MOST_WORDS).toList();
  }

  private Optional<Finding> fired(Label label, String word, Decider decider, TextAnalysis text) {
    boolean seen =
        analyzer.analyze(new ImageSource.Inline(ByteBuffer.wrap(sheet(word))), text).join()
                instanceof Evidence evidence
            && decider
                .decide(evidence, new Decider.Context(word, Optional.empty()))
                .labels()
                .stream()
                .anyMatch(decided -> firesUnflagged(decided, label));
    return seen
        ? Optional.of(
            new Finding(
                label.id(),
                Kind.WRITTEN_WORD,
                label.action() == Action.BLOCK ? Level.BEYOND : Level.WARNING,
                "a sheet of paper with the word \""
                    + word
                    + "\" makes it fire, and no flag says that only text did",
                "write typographic: always for the label, or let a person look (action: review)"))
        : Optional.empty();
  }

  private static boolean firesUnflagged(LabelDecision decided, Label label) {
    return decided.label().equals(label.id())
        && decided.standing() == Standing.FIRED
        && decided.flags().isEmpty();
  }

  /** A word in black on white paper, as a PNG. */
  static byte[] sheet(String word) {
    BufferedImage paper = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = paper.createGraphics();
    pen.setColor(Color.WHITE);
    pen.fillRect(0, 0, WIDTH, HEIGHT);
    pen.setColor(Color.BLACK);
    pen.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    Font font = new Font(Font.SANS_SERIF, Font.BOLD, 100);
    FontMetrics large = pen.getFontMetrics(font);
    float size = (float) Math.min(120, 100 * 0.5 * WIDTH / Math.max(1, large.stringWidth(word)));
    pen.setFont(font.deriveFont(size));
    FontMetrics metrics = pen.getFontMetrics();
    pen.drawString(
        word,
        (WIDTH - metrics.stringWidth(word)) / 2,
        (HEIGHT + metrics.getAscent() - metrics.getDescent()) / 2);
    pen.dispose();
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      ImageIO.write(paper, "png", png);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return png.toByteArray();
  }
}
