package dev.halcyon.clip.text;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * As much of a picture as its writing covers, somewhere else: what masking any such area does to a
 * decision, no claim about the writing may rest on. Each line's rectangle is put, upright, where it
 * meets neither writing nor another one, as far from the picture's centre as the line is, because
 * the centre is where subjects are.
 */
final class ControlArea {
  /** Places tried in either direction. */
  private static final int STEPS = 24;

  /** A control of less than this share of the writing's area is none. */
  private static final double LEAST_SHARE = 0.9;

  private record Place(int left, int top, double offCentre) {}

  private ControlArea() {}

  /**
   * The control.
   *
   * @param lines what {@code text} was made from
   * @return empty where the picture has no room for it
   */
  static Optional<TextMask> of(List<TextLine> lines, TextMask text) {
    int width = text.width();
    int height = text.height();
    BitSet taken = (BitSet) text.pixels().clone();
    BitSet control = new BitSet(width * height);
    int wanted = text.pixels().cardinality();
    for (TextLine line : lines) {
      int missing = wanted - control.cardinality();
      int area = (int) Math.min(missing, Math.rint(TextMask.dilated(line).area()));
      if (area > 0) {
        put(line, area, width, height, taken, control);
      }
    }
    return control.cardinality() >= LEAST_SHARE * wanted && wanted > 0
        ? Optional.of(new TextMask(width, height, control))
        : Optional.empty();
  }

  private static void put(
      TextLine line, int area, int width, int height, BitSet taken, BitSet control) {
    boolean upright = Math.abs(Math.sin(line.radians())) < Math.sqrt(0.5);
    double ratio = line.length() / line.thickness();
    double exactWidth = Math.sqrt(area * (upright ? ratio : 1 / ratio));
    int boxWidth = (int) Math.max(1, Math.min(width, Math.rint(exactWidth)));
    int boxHeight = Math.min(height, Math.max(1, (area + boxWidth - 1) / boxWidth));
    double offCentre = offCentre(line.centreX(), line.centreY(), width, height);
    List<Place> places = new ArrayList<>();
    for (int row = 0; row <= STEPS; row++) {
      for (int column = 0; column <= STEPS; column++) {
        int left = (width - boxWidth) * column / STEPS;
        int top = (height - boxHeight) * row / STEPS;
        double here = offCentre(left + boxWidth / 2.0, top + boxHeight / 2.0, width, height);
        places.add(new Place(left, top, Math.abs(here - offCentre)));
      }
    }
    places.sort(Comparator.comparingDouble(Place::offCentre));
    for (Place place : places) {
      if (isFree(place, boxWidth, boxHeight, width, taken)) {
        for (int y = place.top(); y < place.top() + boxHeight; y++) {
          int from = y * width + place.left();
          taken.set(from, from + boxWidth);
          control.set(from, from + boxWidth);
        }
        return;
      }
    }
  }

  private static boolean isFree(Place place, int boxWidth, int boxHeight, int width, BitSet taken) {
    for (int y = place.top(); y < place.top() + boxHeight; y++) {
      int from = y * width + place.left();
      int next = taken.nextSetBit(from);
      if (next >= 0 && next < from + boxWidth) {
        return false;
      }
    }
    return true;
  }

  /** Distance from the picture's centre, in halves of its sides. */
  private static double offCentre(double x, double y, int width, int height) {
    return Math.hypot(2 * x / width - 1, 2 * y / height - 1);
  }
}
