package dev.halcyon.bench.checks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Published scores of real CLIP models on SCAM (Westerhoff et al. 2025): for each picture 100 times
 * the cosine with the object it shows and with the word on its note.
 */
final class ScamScores {
  /** The pair of scores of one picture. */
  record Scores(double object, double word) {}

  /**
   * One object, photographed.
   *
   * @param attacked its note carries the word; handwritten, and drawn where there is one
   * @param clean the same with the writing taken off
   */
  record Picture(String object, String word, List<Scores> attacked, Scores clean) {}

  private final List<String> models;
  private final Map<String, List<Picture>> pictures;

  private ScamScores(List<String> models, Map<String, List<Picture>> pictures) {
    this.models = models;
    this.pictures = pictures;
  }

  /** The scores in a data folder, where it has them. */
  static Optional<ScamScores> read(Path data) throws IOException {
    Path file = data.resolve("scam").resolve("similarities.csv");
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(file);
    List<String> header = List.of(lines.get(0).split(",", -1));
    List<String> models =
        header.stream()
            .filter(column -> column.endsWith(":object"))
            .map(column -> column.substring(0, column.length() - ":object".length()))
            .toList();
    Map<String, List<Picture>> pictures = new LinkedHashMap<>();
    for (String model : models) {
      pictures.put(model, pictures(model, header, lines.subList(1, lines.size())));
    }
    return Optional.of(new ScamScores(models, pictures));
  }

  private static List<Picture> pictures(String model, List<String> header, List<String> lines) {
    int object = header.indexOf(model + ":object");
    int word = header.indexOf(model + ":attack");
    Map<String, Map<String, String[]>> byImage =
        lines.stream()
            .map(line -> line.split(",", -1))
            .collect(
                Collectors.groupingBy(
                    cells -> cells[0],
                    LinkedHashMap::new,
                    Collectors.toMap(cells -> cells[3], cells -> cells)));
    List<Picture> pictures = new ArrayList<>();
    for (Map<String, String[]> variants : byImage.values()) {
      String[] clean = variants.get("NoSCAM");
      if (clean == null) {
        continue;
      }
      List<Scores> attacked = new ArrayList<>();
      for (String variant : List.of("SCAM", "SynthSCAM")) {
        if (variants.containsKey(variant)) {
          attacked.add(scores(variants.get(variant), object, word));
        }
      }
      pictures.add(new Picture(clean[1], clean[2], attacked, scores(clean, object, word)));
    }
    return pictures;
  }

  private static Scores scores(String[] cells, int object, int word) {
    return new Scores(Double.parseDouble(cells[object]), Double.parseDouble(cells[word]));
  }

  List<String> models() {
    return models;
  }

  List<Picture> of(String model) {
    return pictures.get(model);
  }
}
