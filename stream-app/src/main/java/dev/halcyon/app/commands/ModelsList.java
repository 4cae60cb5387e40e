package dev.halcyon.app.commands;

import dev.halcyon.app.Home;
import dev.halcyon.app.models.CatalogueFile;
import dev.halcyon.app.models.CatalogueModel;
import dev.halcyon.clip.EngineSettings.Weights;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The models that can be fetched. */
@Command(
    name = "list",
    description = {
      "The models that can be fetched, and which of them are here.",
      "ImageNet: zero-shot accuracy in percent, as its authors report it."
    },
    mixinStandardHelpOptions = true)
final class ModelsList implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private CatalogueOption catalogue;
  @Mixin private ConfigOption config;
  @Mixin private JsonOption json;

  @Override
  public Integer call() {
    Path folder = Home.resolve(config.load().models().directory());
    List<CatalogueModel> models = catalogue.load().models();
    PrintWriter out = spec.commandLine().getOut();
    Rows.print(
        out,
        models.stream()
            .map(model -> json.wanted() ? full(model, folder) : row(model, folder))
            .toList(),
        json.wanted());
    if (!json.wanted()) {
      out.println();
      models.forEach(model -> out.println(model.name() + ": " + model.note()));
      out.println();
      out.println("Fetch one with: halcyon models pull NAME [--weights fp16|int8]");
      out.flush();
    }
    return ExitCode.OK;
  }

  private static Map<String, Object> row(CatalogueModel model, Path folder) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", model.name());
    row.put("params", model.parametersMillions() + "M");
    row.put("pixels", model.inputPixels());
    row.put(
        "ImageNet",
        model.accuracyPercent().isPresent()
            ? String.format(Locale.ROOT, "%.1f", model.accuracyPercent().getAsDouble())
            : "-");
    row.put("size", size(model));
    row.put("licence", model.licence());
    row.put("here", here(model, folder));
    return row;
  }

  private static Map<String, Object> full(CatalogueModel model, Path folder) {
    Map<String, Object> row = row(model, folder);
    row.put("title", model.title());
    row.put("parametersMillions", model.parametersMillions());
    row.put("accuracyPercent", model.accuracyPercent().stream().boxed().findFirst().orElse(null));
    row.put("accuracySource", model.accuracySource());
    row.put("weights", model.precisions().stream().map(ModelsList::word).toList());
    row.put("note", model.note());
    return row;
  }

  /** Parameters take four bytes each in the default weights, where the files' sizes are unknown. */
  private static String size(CatalogueModel model) {
    Weights first = model.precisions().get(0);
    long bytes = model.weights().get(first).stream().mapToLong(CatalogueFile::expectedBytes).sum();
    boolean known = model.weights().get(first).stream().allMatch(file -> file.expectedBytes() > 0);
    long megabytes =
        known
            ? bytes / 1_000_000
            : model.parametersMillions() * (first == Weights.DEFAULT ? 4L : 2L);
    return (known ? "" : "~") + megabytes + " MB";
  }

  private static String here(CatalogueModel model, Path folder) {
    List<String> found =
        model.precisions().stream()
            .filter(weights -> Files.isDirectory(folder.resolve(model.folder(weights))))
            .map(ModelsList::word)
            .toList();
    return found.isEmpty() ? "-" : String.join(", ", found);
  }

  private static String word(Weights weights) {
    return weights.name().toLowerCase(Locale.ROOT);
  }
}
