package dev.halcyon.bench.checks;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;

/** Pictures with writing, drawn anew for each number: signs, memes, screenshots, notes. */
final class Drawings {
  private static final int SIDE = 512;
  private static final List<String> PLACES =
      List.of(
          "Station Road",
          "Town Hall",
          "Library",
          "Exit",
          "Platform 4",
          "Open",
          "Closed",
          "Garden Centre",
          "Reception",
          "Museum",
          "River Walk",
          "No Entry",
          "Way Out",
          "Market Day",
          "Car Park",
          "Post Office",
          "Harbour",
          "Bakery Lane",
          "Queue Here",
          "Wet Paint");
  private static final List<String> JOKES =
      List.of(
          "MONDAY AGAIN",
          "WHEN THE WEEKEND IS OVER",
          "NOBODY",
          "ME WAITING FOR THE BUS",
          "ONE DOES NOT SIMPLY",
          "WAKE UP EARLY",
          "THIS IS FINE",
          "TOMORROW THEN",
          "I SAID FIVE MINUTES",
          "STILL LOADING",
          "THAT FEELING",
          "BEST DAY EVER");
  private static final List<String> MESSAGES =
      List.of(
          "Are you coming tonight?",
          "Yes, around eight.",
          "Bring the tickets please",
          "Train is late again",
          "See you at the station",
          "Did you get my email?",
          "The meeting moved to Tuesday",
          "Thanks a lot!",
          "Happy birthday!",
          "On my way",
          "Can you call me back?",
          "What a lovely evening",
          "Invoice no. 20417",
          "Total 48.90",
          "Delivery on Friday",
          "Settings",
          "Notifications",
          "Search",
          "Reply to all");

  private Drawings() {}

  /** A sign at a wall or against the sky. */
  static byte[] sign(Random random) {
    BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = pen(picture);
    Color top = colour(random, 0.3f, 0.9f);
    pen.setPaint(new GradientPaint(0, 0, top, 0, SIDE, colour(random, 0.2f, 0.7f)));
    pen.fillRect(0, 0, SIDE, SIDE);
    pen.setColor(new Color(90, 90, 95));
    pen.fillRect(SIDE / 2 - 8, SIDE / 2, 16, SIDE / 2);
    pen.rotate((random.nextDouble() - 0.5) * 0.2, SIDE / 2.0, SIDE / 2.0);
    int width = 240 + random.nextInt(180);
    int height = 90 + random.nextInt(120);
    Shape board =
        new RoundRectangle2D.Double(
            (SIDE - width) / 2.0, 110 + random.nextInt(120), width, height, 24, 24);
    Color ground = Color.getHSBColor(random.nextFloat(), 0.8f, 0.55f);
    pen.setColor(ground);
    pen.fill(board);
    pen.setColor(Color.WHITE);
    pen.setStroke(new BasicStroke(5));
    pen.draw(board);
    var bounds = board.getBounds();
    write(pen, pick(PLACES, random), bounds.x, bounds.y, bounds.width, bounds.height, font(random));
    return png(pen, picture);
  }

  /** A photograph with large white letters above and below. */
  static byte[] meme(Random random, BufferedImage photo) {
    BufferedImage picture = copy(photo);
    Graphics2D pen = pen(picture);
    int band = picture.getHeight() / 6;
    outlined(pen, pick(JOKES, random), picture.getWidth(), 0, band);
    outlined(pen, pick(JOKES, random), picture.getWidth(), picture.getHeight() - band, band);
    return png(pen, picture);
  }

  /** A chat or a list on a telephone. */
  static byte[] screenshot(Random random) {
    int width = 440;
    int height = 520 + random.nextInt(260);
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = pen(picture);
    boolean dark = random.nextBoolean();
    pen.setColor(dark ? new Color(24, 26, 30) : new Color(244, 245, 247));
    pen.fillRect(0, 0, width, height);
    pen.setColor(Color.getHSBColor(random.nextFloat(), 0.6f, 0.6f));
    pen.fillRect(0, 0, width, 56);
    pen.setColor(Color.WHITE);
    pen.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 22));
    pen.drawString(pick(MESSAGES, random), 16, 36);
    pen.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 18));
    for (int y = 80; y < height - 60; y += 58) {
      String words = pick(MESSAGES, random);
      boolean mine = random.nextBoolean();
      int bubble = pen.getFontMetrics().stringWidth(words) + 28;
      int x = mine ? width - bubble - 14 : 14;
      pen.setColor(mine ? new Color(60, 120, 220) : dark ? new Color(60, 62, 68) : Color.WHITE);
      pen.fillRoundRect(x, y, bubble, 42, 18, 18);
      pen.setColor(mine || dark ? Color.WHITE : Color.BLACK);
      pen.drawString(words, x + 14, y + 27);
    }
    return png(pen, picture);
  }

  /** A photograph with a paper note on it; nothing is written where there is no word. */
  static byte[] note(Random random, BufferedImage photo, String word) {
    BufferedImage picture = copy(photo);
    Graphics2D pen = pen(picture);
    int width = (int) (picture.getWidth() * (0.28 + 0.12 * random.nextDouble()));
    int height = width / 2;
    int x = (int) ((picture.getWidth() - width) * (0.2 + 0.6 * random.nextDouble()));
    int y = (int) ((picture.getHeight() - height) * (0.2 + 0.6 * random.nextDouble()));
    pen.rotate((random.nextDouble() - 0.5) * 0.3, x + width / 2.0, y + height / 2.0);
    pen.setColor(new Color(0, 0, 0, 70));
    pen.fillRect(x + 4, y + 5, width, height);
    pen.setColor(new Color(252, 251, 245));
    pen.fillRect(x, y, width, height);
    pen.setColor(new Color(24, 24, 40));
    write(pen, word, x, y, width, height, new Font(Font.SANS_SERIF, Font.BOLD, 10));
    return png(pen, picture);
  }

  static byte[] plain(BufferedImage photo) {
    BufferedImage picture = copy(photo);
    return png(pen(picture), picture);
  }

  private static Graphics2D pen(BufferedImage picture) {
    Graphics2D pen = picture.createGraphics();
    pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    pen.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    return pen;
  }

  /** At most 640 pixels wide or high, as an upload usually is. */
  private static BufferedImage copy(BufferedImage photo) {
    double factor = Math.min(1, 640.0 / Math.max(photo.getWidth(), photo.getHeight()));
    int width = (int) Math.round(photo.getWidth() * factor);
    int height = (int) Math.round(photo.getHeight() * factor);
    BufferedImage copy = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = pen(copy);
    pen.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    pen.drawImage(photo, 0, 0, width, height, null);
    pen.dispose();
    return copy;
  }

  /** Writes words as large as the box allows, in its middle. */
  private static void write(
      Graphics2D pen, String words, int x, int y, int width, int height, Font font) {
    if (words.isEmpty()) {
      return;
    }
    FontMetrics small = pen.getFontMetrics(font.deriveFont(100f));
    float size =
        (float)
            (100
                * Math.min(
                    0.8 * width / small.stringWidth(words), 0.7 * height / small.getAscent()));
    pen.setFont(font.deriveFont(size));
    FontMetrics metrics = pen.getFontMetrics();
    pen.drawString(
        words,
        x + (width - metrics.stringWidth(words)) / 2f,
        y + (height + metrics.getAscent() * 0.7f) / 2f);
  }

  private static void outlined(Graphics2D pen, String words, int width, int y, int height) {
    Font font = new Font(Font.SANS_SERIF, Font.BOLD, 10);
    FontMetrics small = pen.getFontMetrics(font.deriveFont(100f));
    float size = (float) Math.min(height * 0.75, 100 * 0.92 * width / small.stringWidth(words));
    pen.setFont(font.deriveFont(size));
    FontMetrics metrics = pen.getFontMetrics();
    float x = (width - metrics.stringWidth(words)) / 2f;
    float base = y + (height + metrics.getAscent() * 0.7f) / 2f;
    Shape letters =
        pen.getFont().createGlyphVector(pen.getFontRenderContext(), words).getOutline(x, base);
    pen.setColor(Color.BLACK);
    pen.setStroke(new BasicStroke(Math.max(2, size / 10)));
    pen.draw(letters);
    pen.setColor(Color.WHITE);
    pen.fill(letters);
  }

  private static Font font(Random random) {
    return new Font(
        random.nextBoolean() ? Font.SANS_SERIF : Font.SERIF,
        random.nextBoolean() ? Font.BOLD : Font.PLAIN,
        10);
  }

  private static Color colour(Random random, float least, float most) {
    return Color.getHSBColor(
        random.nextFloat(), 0.35f, least + (most - least) * random.nextFloat());
  }

  private static String pick(List<String> words, Random random) {
    return words.get(random.nextInt(words.size()));
  }

  private static byte[] png(Graphics2D pen, BufferedImage picture) {
    pen.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(picture, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
