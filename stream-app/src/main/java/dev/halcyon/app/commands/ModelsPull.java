package dev.halcyon.app.commands;

import dev.halcyon.app.Home;
import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.console.Progress;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.app.models.Catalogue;
import dev.halcyon.app.models.CatalogueFile;
import dev.halcyon.app.models.CatalogueModel;
import dev.halcyon.app.models.ModelCheck;
import dev.halcyon.app.models.ModelPull;
import dev.halcyon.app.models.PullException;
import dev.halcyon.app.models.PulledFile;
import dev.halcyon.clip.EngineSettings.Weights;
import dev.halcyon.clip.ModelException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Fetches a model. */
@Command(
    name = "pull",
    description = {
      "Fetch a model, check it and put it into the folder of models.",
      "Goes on where an earlier pull broke off. Every file is held against the hash that the"
          + " catalogue, the lock file or the repository states; where none does, it is recorded in"
          + " models.lock.json and must be the same from then on: keep that file under version"
          + " control."
    },
    mixinStandardHelpOptions = true)
final class ModelsPull implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", description = "A name of 'halcyon models list'.")
  private String name;

  @Option(
      names = "--weights",
      paramLabel = "PRECISION",
      description = "${COMPLETION-CANDIDATES}; the first there is where absent.")
  private Weights weights;

  @Option(
      names = "--into",
      paramLabel = "DIR",
      description = "Folder of models; models.directory where absent.")
  private Path into;

  @Option(
      names = "--mirror",
      paramLabel = "URL",
      description = "Fetch from there; models.mirror (HALCYON_MODELS_MIRROR) where absent.")
  private String mirror;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description = "Read files from there first and keep them there; models.cache where absent.")
  private Path cache;

  @Option(names = "--offline", description = "Ask nothing but the cache.")
  private boolean offline;

  @Option(
      names = "--max-bytes",
      paramLabel = "N",
      description = "Largest file; default ${DEFAULT-VALUE}.",
      defaultValue = "8589934592")
  private long maxBytes;

  @Mixin private CatalogueOption catalogue;
  @Mixin private ConfigOption config;
  @Mixin private JsonOption json;

  @Override
  public Integer call() throws InterruptedException {
    CatalogueModel model = model(catalogue.load());
    Weights precision = precision(model);
    AppConfig app =
        config.load(
            mirror == null
                ? Map.of("engine.weights", precision.name())
                : Map.of("engine.weights", precision.name(), "models.mirror", mirror));
    Path folder = into == null ? Home.resolve(app.models().directory()) : into;
    PrintWriter err = spec.commandLine().getErr();
    try (Bars bars = new Bars()) {
      ModelPull pull =
          ModelPull.over(
              new ModelPull.Sources(URI.create(app.models().mirror()), cache(app), offline),
              maxBytes,
              bars);
      ModelPull.Pulled pulled = pull.pull(model, precision, folder, copy -> tryOut(copy, app));
      bars.close();
      print(model, pulled, precision);
      return ExitCode.OK;
    } catch (PullException e) {
      err.println("halcyon: " + e.getMessage());
      return ExitCode.FAILED;
    }
  }

  private CatalogueModel model(Catalogue known) {
    return known
        .find(name)
        .orElseThrow(
            () ->
                new BadInputException(
                    name
                        + ": no such model; there are "
                        + known.models().stream()
                            .map(CatalogueModel::name)
                            .collect(Collectors.joining(", "))));
  }

  private Weights precision(CatalogueModel model) {
    if (weights == null) {
      return model.precisions().get(0);
    }
    if (!model.weights().containsKey(weights)) {
      throw new BadInputException(
          name
              + ": is not published in "
              + weights.name().toLowerCase(Locale.ROOT)
              + "; there are "
              + model.precisions().stream()
                  .map(precision -> precision.name().toLowerCase(Locale.ROOT))
                  .collect(Collectors.joining(", ")));
    }
    return weights;
  }

  private Optional<Path> cache(AppConfig app) {
    if (cache != null) {
      return Optional.of(cache);
    }
    return app.models().cache().isEmpty()
        ? Optional.empty()
        : Optional.of(Home.resolve(app.models().cache()));
  }

  private static void tryOut(Path copy, AppConfig app) throws PullException {
    try {
      ModelCheck check =
          ModelCheck.run(
              copy,
              app.engine().settings(),
              app.images().settings(app.fetch()),
              Home.resolve("samples"));
      if (!check.sound()) {
        throw new PullException(
            "the model was fetched but does not do what a model must: "
                + check.findings().stream()
                    .filter(finding -> finding.state() == ModelCheck.State.FAILED)
                    .map(finding -> finding.what() + ": " + finding.detail())
                    .collect(Collectors.joining("; ")));
      }
    } catch (ModelException e) {
      throw new PullException("the model was fetched but does not load: " + e.getMessage(), e);
    }
  }

  private void print(CatalogueModel model, ModelPull.Pulled pulled, Weights precision) {
    PrintWriter out = spec.commandLine().getOut();
    List<Map<String, Object>> rows =
        pulled.files().stream().map(file -> row(file, json.wanted())).toList();
    Rows.print(out, rows, json.wanted());
    if (!json.wanted()) {
      out.println();
      out.println(model.title() + " (" + model.licence() + ") is at " + pulled.folder());
      long unpinned =
          pulled.files().stream()
              .filter(file -> file.trust() == PulledFile.Trust.FIRST_USE)
              .count();
      if (unpinned > 0) {
        out.println(
            unpinned
                + " of "
                + pulled.files().size()
                + " files are not pinned by anybody: recorded in "
                + pulled.lock()
                + ", keep it under version control");
      }
      out.println("Use it with   engine.modelDirectory: " + pulled.folder());
      if (precision != Weights.DEFAULT) {
        out.println("              engine.weights: " + precision);
      }
      out.flush();
    }
  }

  private static Map<String, Object> row(PulledFile file, boolean whole) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("file", file.file().target());
    row.put("bytes", file.bytes());
    row.put("sha256", whole ? file.sha256() : file.sha256().substring(0, 16));
    row.put("vouchedForBy", file.trust().words());
    return row;
  }

  /** A bar for each file that is long enough to be watched. */
  private static final class Bars implements ModelPull.Observer, AutoCloseable {
    private static final long MEGABYTE = 1_000_000;
    private Progress bar;

    @Override
    public void begins(CatalogueFile file) {
      close();
      if (Terminal.isTerminal()) {
        System.err.println(file.path());
      }
      bar =
          new Progress(
              System.err,
              Terminal.isTerminal(),
              "MB",
              file.expectedBytes() / MEGABYTE,
              System::nanoTime);
    }

    @Override
    public void at(CatalogueFile file, long bytes) {
      bar.at(bytes / MEGABYTE);
    }

    @Override
    public void close() {
      if (bar != null) {
        bar.close();
      }
    }
  }
}
