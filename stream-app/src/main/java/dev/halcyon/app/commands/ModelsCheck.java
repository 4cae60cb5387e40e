package dev.halcyon.app.commands;

import dev.halcyon.app.Home;
import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.models.ModelCheck;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Whether a model works, and what was read from where. */
@Command(
    name = "check",
    description = {
      "Run a model once, and print what was read from which of its files.",
      "Exit code 1: it loads but a trial failed. 2: it does not load; the message says what was"
          + " expected."
    },
    mixinStandardHelpOptions = true)
final class ModelsCheck implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "Folder of a model.")
  private Path directory;

  @Mixin private ConfigOption config;
  @Mixin private JsonOption json;

  @Override
  public Integer call() {
    AppConfig app = config.load();
    ModelCheck check =
        ModelCheck.run(
            directory,
            app.engine().settings(),
            app.images().settings(app.fetch()),
            Home.resolve("samples"));
    PrintWriter out = spec.commandLine().getOut();
    if (!json.wanted()) {
      Rows.print(out, readings(check), false);
      out.println();
    }
    Rows.print(out, check.findings().stream().map(ModelsCheck::row).toList(), json.wanted());
    if (!json.wanted()) {
      out.println();
      out.printf(
          Locale.ROOT,
          "%s: %s; loaded in %.1f s on %s%n",
          directory,
          check.sound() ? "sound" : "not sound",
          check.loadSeconds(),
          check.description().provider().settingName());
      out.flush();
    }
    return check.sound() ? ExitCode.OK : ExitCode.FAILED;
  }

  private static List<Map<String, Object>> readings(ModelCheck check) {
    return check.description().readings().stream()
        .map(
            reading -> {
              Map<String, Object> row = new LinkedHashMap<>();
              row.put("fact", reading.what());
              row.put("value", reading.value());
              row.put("readFrom", reading.from());
              return row;
            })
        .toList();
  }

  private static Map<String, Object> row(ModelCheck.Finding finding) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("trial", finding.what());
    row.put("state", finding.state().name().toLowerCase(Locale.ROOT));
    row.put("seen", finding.detail());
    return row;
  }
}
