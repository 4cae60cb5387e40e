package dev.halcyon.clip.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The rectangle of least area around points. One of its sides lies on a side of their convex hull
 * (Freeman and Shapira 1975), so every side of the hull is tried.
 */
final class LeastRectangle {
  /** Up to this ratio of its sides a rectangle is read along the side nearer to horizontal. */
  private static final double ROUGHLY_SQUARE = 1.5;

  record Point(double x, double y) {}

  private LeastRectangle() {}

  /**
   * The rectangle, of no area where the points lie on a line.
   *
   * @param points at least one
   */
  static TextLine around(List<Point> points, float confidence) {
    List<Point> hull = hull(points);
    TextLine best = along(hull, 0, confidence);
    for (int i = 0; i < hull.size(); i++) {
      Point a = hull.get(i);
      Point b = hull.get((i + 1) % hull.size());
      TextLine next = along(hull, Math.atan2(b.y() - a.y(), b.x() - a.x()), confidence);
      if (next.area() < best.area() - 1e-9) {
        best = next;
      }
    }
    return readable(best);
  }

  /** The rectangle with one side in this direction. */
  private static TextLine along(List<Point> hull, double radians, float confidence) {
    double cos = Math.cos(radians);
    double sin = Math.sin(radians);
    double alongMin = Double.POSITIVE_INFINITY;
    double alongMax = Double.NEGATIVE_INFINITY;
    double acrossMin = Double.POSITIVE_INFINITY;
    double acrossMax = Double.NEGATIVE_INFINITY;
    for (Point point : hull) {
      double along = point.x() * cos + point.y() * sin;
      double across = point.y() * cos - point.x() * sin;
      alongMin = Math.min(alongMin, along);
      alongMax = Math.max(alongMax, along);
      acrossMin = Math.min(acrossMin, across);
      acrossMax = Math.max(acrossMax, across);
    }
    double along = (alongMin + alongMax) / 2;
    double across = (acrossMin + acrossMax) / 2;
    return new TextLine(
        along * cos - across * sin,
        along * sin + across * cos,
        alongMax - alongMin,
        acrossMax - acrossMin,
        radians,
        confidence);
  }

  /** The same rectangle with its length in the direction it is most likely read. */
  private static TextLine readable(TextLine line) {
    double angle = Math.atan2(Math.sin(line.radians()), Math.cos(line.radians()));
    double longer = Math.max(line.length(), line.thickness());
    double shorter = Math.min(line.length(), line.thickness());
    boolean turn =
        longer < ROUGHLY_SQUARE * shorter
            ? Math.abs(Math.sin(angle)) > Math.abs(Math.cos(angle))
            : line.length() < line.thickness();
    double turned = turn ? angle + Math.PI / 2 : angle;
    // The direction of a line has no sign; reading goes to the right.
    double folded = turned - Math.PI * Math.rint(turned / Math.PI);
    return new TextLine(
        line.centreX(),
        line.centreY(),
        turn ? line.thickness() : line.length(),
        turn ? line.length() : line.thickness(),
        folded,
        line.confidence());
  }

  /** The convex hull, by Andrew's monotone chain. */
  private static List<Point> hull(List<Point> points) {
    List<Point> sorted = new ArrayList<>(points);
    sorted.sort(Comparator.comparingDouble(Point::x).thenComparingDouble(Point::y));
    List<Point> hull = new ArrayList<>();
    for (int pass = 0; pass < 2; pass++) {
      int base = hull.size();
      for (int i = 0; i < sorted.size(); i++) {
        Point next = sorted.get(pass == 0 ? i : sorted.size() - 1 - i);
        while (hull.size() >= base + 2
            && turn(hull.get(hull.size() - 2), hull.get(hull.size() - 1), next) <= 0) {
          hull.remove(hull.size() - 1);
        }
        hull.add(next);
      }
      hull.remove(hull.size() - 1);
    }
    return hull.isEmpty() ? List.of(sorted.get(0)) : hull;
  }

  private static double turn(Point a, Point b, Point c) {
    return (b.x() - a.x()) * (c.y() - a.y()) - (b.y() - a.y()) * (c.x() - a.x());
  }
}
