package dev.halcyon.app.history;

import dev.halcyon.app.report.HtmlReport;
import dev.halcyon.app.statistics.Interval;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;

/** The preview as a page with pictures. */
public final class PreviewPage {
  private PreviewPage() {}

  /**
   * What a page tells beside the numbers.
   *
   * @param before the label sets as they are, in words
   * @param after the label sets as they would be, in words
   * @param period the time looked at, in words
   * @param remarks what to know before believing the numbers
   * @param madeBy program and time
   */
  public record Heading(
      String before, String after, String period, List<String> remarks, String madeBy) {}

  /**
   * Writes the page.
   *
   * @throws dev.halcyon.app.report.ReportException if the file cannot be written
   */
  public static void write(
      Path file, Heading heading, Comparison comparison, Thumbnails thumbnails) {
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("title", "Preview of " + heading.after());
    model.put(
        "subtitle",
        grouped(comparison.count())
            + " images "
            + heading.period()
            + ", decided again under "
            + heading.before()
            + " and under "
            + heading.after()
            + ".");
    model.put("madeBy", heading.madeBy());
    model.put("remarks", heading.remarks());
    model.put("cards", cards(comparison));
    model.put("labels", labels(comparison));
    model.put("sections", sections(comparison, thumbnails));
    model.put("before", heading.before());
    model.put("after", heading.after());
    HtmlReport.write(file, "preview", model);
  }

  private static List<Map<String, Object>> cards(Comparison comparison) {
    List<Map<String, Object>> cards = new ArrayList<>();
    for (Change change : Change.values()) {
      long count = comparison.count(change);
      String tone =
          count == 0
              ? ""
              : switch (change) {
                case NEWLY_ALERTED, CHANGED_SEVERITY -> "warn";
                case NEWLY_RELEASED -> "good";
                case CHANGED_LABELS, UNCHANGED -> "";
              };
      cards.add(Map.of("count", grouped(count), "words", change.words(), "tone", tone));
    }
    return cards;
  }

  private static List<Map<String, Object>> labels(Comparison comparison) {
    long of = comparison.count();
    List<Map<String, Object>> rows = new ArrayList<>();
    comparison
        .labels()
        .forEach(
            (label, count) -> {
              Map<String, Object> row = new LinkedHashMap<>();
              row.put("label", label);
              row.put("before", grouped(count.before()));
              row.put("beforeRate", rate(count.before(), of));
              row.put("after", grouped(count.after()));
              row.put("afterRate", rate(count.after(), of));
              row.put("afterPercent", percent(count.after(), of));
              row.put("beforePercent", percent(count.before(), of));
              row.put("gained", count.gained() == 0 ? "" : "+" + grouped(count.gained()));
              row.put("lost", count.lost() == 0 ? "" : "−" + grouped(count.lost()));
              rows.add(row);
            });
    return rows;
  }

  private static List<Map<String, Object>> sections(Comparison comparison, Thumbnails thumbnails) {
    List<Map<String, Object>> sections = new ArrayList<>();
    for (Change change : Change.values()) {
      List<Move> moves = comparison.moves(change);
      if (moves.isEmpty()) {
        continue;
      }
      List<CompletableFuture<Thumbnails.Thumbnail>> pictures =
          moves.stream().map(thumbnails::of).toList();
      List<Map<String, Object>> shots = new ArrayList<>();
      for (int i = 0; i < moves.size(); i++) {
        shots.add(shot(moves.get(i), pictures.get(i).join()));
      }
      String heading =
          change == Change.UNCHANGED
              ? "Decided alike, with another score"
              : change.words().substring(0, 1).toUpperCase(Locale.ROOT)
                  + change.words().substring(1);
      sections.add(
          Map.of(
              "heading",
              heading,
              "shown",
              moves.size() < comparison.count(change)
                  ? moves.size() + " of " + grouped(comparison.count(change)) + ", farthest first"
                  : "all " + moves.size(),
              "shots",
              shots));
    }
    return sections;
  }

  private static Map<String, Object> shot(Move move, Thumbnails.Thumbnail picture) {
    Map<String, Object> shot = new LinkedHashMap<>();
    shot.put("picture", picture.dataUri());
    shot.put("gone", picture.gone());
    shot.put("imageId", move.imageId());
    shot.put("surface", move.surface());
    shot.put("label", move.label());
    shot.put("was", move.before().action());
    shot.put("is", move.after().action());
    shot.put("tone", tone(move.after().action()));
    shot.put("wasTone", tone(move.before().action()));
    shot.put("scores", scores(move));
    return shot;
  }

  private static String tone(String action) {
    return switch (action) {
      case "block" -> "bad";
      case "review" -> "warn";
      case "tag" -> "";
      default -> "quiet";
    };
  }

  /** Scores and thresholds of both sides, in one line. */
  static String scores(Move move) {
    return side(move.before()) + " → " + side(move.after());
  }

  private static String side(Move.Side side) {
    return side.score().isEmpty()
        ? "no such label"
        : score(side.score()) + " of " + score(side.threshold());
  }

  static String score(OptionalDouble score) {
    return score.isPresent() ? String.format(Locale.ROOT, "%.3f", score.getAsDouble()) : "-";
  }

  /** A rate in percent with its 95% interval. */
  public static String rate(long hits, long of) {
    if (of == 0) {
      return "-";
    }
    Interval interval = Interval.ofRate(hits, of);
    return String.format(
        Locale.ROOT,
        "%.1f%% (%.1f-%.1f)",
        100.0 * hits / of,
        100 * interval.low(),
        100 * interval.high());
  }

  private static String percent(long hits, long of) {
    return String.format(Locale.ROOT, "%.2f", of == 0 ? 0.0 : 100.0 * hits / of);
  }

  private static String grouped(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
