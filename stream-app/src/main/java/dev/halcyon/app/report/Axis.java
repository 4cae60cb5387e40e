package dev.halcyon.app.report;

import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * An axis of a plot.
 *
 * @param label what it measures, with its unit: "latency (ms)"
 * @param scale how values are laid out on it
 * @param min where it begins, in the values' own unit; empty fits the values
 * @param max where it ends; empty fits the values
 */
public record Axis(String label, Scale scale, OptionalDouble min, OptionalDouble max) {

  /** How values are laid out. */
  public enum Scale {
    /** As they are. */
    LINEAR,
    /** By powers of ten; values above 0. */
    LOGARITHMIC,
    /** By powers of two, each labelled; values above 0. */
    DOUBLING,
    /** Probabilities by their log odds, so that what is close to 0 and to 1 can be told apart. */
    LOG_ODDS
  }

  /** Beyond this the log odds of a probability are drawn at the edge. */
  private static final double MOST_LOG_ODDS = 9;

  private static final double LOG_2 = Math.log(2);

  public Axis {
    Objects.requireNonNull(label, "label");
    Objects.requireNonNull(scale, "scale");
    if (min.isPresent() && max.isPresent() && min.getAsDouble() >= max.getAsDouble()) {
      throw new IllegalArgumentException(
          label + ": begins at " + min.getAsDouble() + ", not before " + max.getAsDouble());
    }
  }

  /** A linear axis that fits its values. */
  public static Axis of(String label) {
    return new Axis(label, Scale.LINEAR, OptionalDouble.empty(), OptionalDouble.empty());
  }

  /** The same on another scale. */
  public Axis on(Scale other) {
    return new Axis(label, other, min, max);
  }

  /** The same from one value to another. */
  public Axis between(double from, double to) {
    return new Axis(label, scale, OptionalDouble.of(from), OptionalDouble.of(to));
  }

  /** The same, beginning at a value. */
  public Axis from(double value) {
    return new Axis(label, scale, OptionalDouble.of(value), max);
  }

  /** Where a value is drawn; logarithms of ten are left to the chart. */
  double place(double value) {
    return switch (scale) {
      case LINEAR, LOGARITHMIC -> value;
      case DOUBLING -> Math.log(value) / LOG_2;
      case LOG_ODDS ->
          Math.max(-MOST_LOG_ODDS, Math.min(MOST_LOG_ODDS, Math.log(value / (1 - value))));
    };
  }

  /** What stands at a place. */
  String tick(double place) {
    return switch (scale) {
      case LINEAR, LOGARITHMIC -> number(place);
      // Between powers of two an axis would read 2.83, which nobody asked for.
      case DOUBLING -> Math.abs(place - Math.rint(place)) < 1e-9 ? number(Math.pow(2, place)) : " ";
      case LOG_ODDS -> probability(1 / (1 + Math.exp(-place)));
    };
  }

  private static String number(double value) {
    if (value == 0) {
      return "0";
    }
    double size = Math.abs(value);
    if (size >= 10_000) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    int digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    String text = String.format(Locale.ROOT, "%." + digits + "f", value);
    return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
  }

  private static String probability(double value) {
    return value < 0.1 || value > 0.9
        ? String.format(Locale.ROOT, value < 0.001 || value > 0.999 ? "%.4f" : "%.3f", value)
        : String.format(Locale.ROOT, "%.2f", value);
  }
}
