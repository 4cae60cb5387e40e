package dev.halcyon.clip.text;

import dev.halcyon.clip.text.LeastRectangle.Point;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Lines of writing from the detector's map of probabilities, as differentiable binarization (Liao
 * et al. 2020) reads it: connected pixels above a threshold are the shrunken kernel of a line; the
 * rectangle around it grows by {@code area * ratio / perimeter}, which undoes the shrinking.
 */
final class LineFinder {
  /** Probability from which a pixel belongs to a kernel; the detector's own. */
  private static final float PIXEL_THRESHOLD = 0.3f;

  /** Mean probability from which a kernel is a line; the detector's own. */
  private static final float LINE_THRESHOLD = 0.6f;

  /** The detector's own, for rectangles. */
  private static final double UNCLIP_RATIO = 1.6;

  /** Least thickness of a kernel, in pixels of the map. */
  private static final double LEAST_THICKNESS = 3;

  /** Most lines of one picture: what covers a picture more finely is a texture. */
  private static final int MOST_LINES = 256;

  private final int side;
  private final float pixelThreshold;
  private final float lineThreshold;

  /** A finder over square maps. */
  LineFinder(int side) {
    this(side, PIXEL_THRESHOLD, LINE_THRESHOLD);
  }

  LineFinder(int side, float pixelThreshold, float lineThreshold) {
    this.side = side;
    this.pixelThreshold = pixelThreshold;
    this.lineThreshold = lineThreshold;
  }

  /**
   * Finds lines.
   *
   * @param probabilities by row, then column; what is not a number counts as no text
   * @param width of the picture the map is of, which it shows squashed to a square
   * @param height of that picture
   * @return lines in pixels of the picture, largest first
   */
  List<TextLine> find(float[] probabilities, int width, int height) {
    List<TextLine> lines = new ArrayList<>();
    boolean[] seen = new boolean[side * side];
    int[] stack = new int[side * side];
    for (int start = 0; start < seen.length; start++) {
      if (!seen[start] && probabilities[start] > pixelThreshold) {
        Kernel kernel = grow(probabilities, seen, stack, start);
        TextLine line = kernel.line((double) width / side, (double) height / side);
        double thinnest = LEAST_THICKNESS * Math.min(width, height) / side;
        if (kernel.mean() >= lineThreshold
            && Math.min(line.thickness(), line.length()) >= thinnest) {
          double margin = line.area() * UNCLIP_RATIO / (2 * (line.length() + line.thickness()));
          lines.add(line.grown(margin));
        }
      }
    }
    lines.sort(Comparator.comparingDouble(TextLine::area).reversed());
    return List.copyOf(lines.subList(0, Math.min(lines.size(), MOST_LINES)));
  }

  /** All pixels connected with one, corners included. */
  private Kernel grow(float[] probabilities, boolean[] seen, int[] stack, int start) {
    Kernel kernel = new Kernel(side);
    int open = 0;
    stack[open++] = start;
    seen[start] = true;
    while (open > 0) {
      int at = stack[--open];
      int x = at % side;
      int y = at / side;
      kernel.add(x, y, probabilities[at]);
      for (int ny = Math.max(0, y - 1); ny <= Math.min(side - 1, y + 1); ny++) {
        for (int nx = Math.max(0, x - 1); nx <= Math.min(side - 1, x + 1); nx++) {
          int next = ny * side + nx;
          if (!seen[next] && probabilities[next] > pixelThreshold) {
            seen[next] = true;
            stack[open++] = next;
          }
        }
      }
    }
    return kernel;
  }

  /** Connected pixels: the ends of each row are all their hull needs. */
  private static final class Kernel {
    private final int[] first;
    private final int[] last;
    private int top = Integer.MAX_VALUE;
    private int bottom = -1;
    private double sum;
    private int count;

    private Kernel(int side) {
      this.first = new int[side];
      this.last = new int[side];
      Arrays.fill(first, Integer.MAX_VALUE);
      Arrays.fill(last, -1);
    }

    private void add(int x, int y, float probability) {
      first[y] = Math.min(first[y], x);
      last[y] = Math.max(last[y], x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
      sum += Math.min(1, probability);
      count++;
    }

    private double mean() {
      return sum / count;
    }

    private TextLine line(double scaleX, double scaleY) {
      List<Point> points = new ArrayList<>();
      for (int y = top; y <= bottom; y++) {
        if (last[y] >= 0) {
          for (int edge = y; edge <= y + 1; edge++) {
            points.add(new Point(first[y] * scaleX, edge * scaleY));
            points.add(new Point((last[y] + 1) * scaleX, edge * scaleY));
          }
        }
      }
      return LeastRectangle.around(points, (float) mean());
    }
  }
}
