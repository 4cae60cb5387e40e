package dev.halcyon.app.commands;

import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.Problem;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Whether a file holds a sound label set. */
@Command(
    name = "validate",
    description = {
      "Check a label set in a file, against the model's context too.",
      "Prints every problem with its path and remedy; needs no Kafka.",
      "With --json one object a problem, and none where the file is sound."
    },
    mixinStandardHelpOptions = true)
final class LabelsValidate implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "YAML or JSON.")
  private Path file;

  @Mixin private ConfigOption config;

  @Mixin private JsonOption json;

  @Override
  public Integer call() {
    if (json.wanted()) {
      List<Problem> problems = LabelSetFile.problems(file, config.load());
      Rows.print(
          spec.commandLine().getOut(), problems.stream().map(LabelsValidate::row).toList(), true);
      return problems.isEmpty() ? ExitCode.OK : ExitCode.BAD_INPUT;
    }
    LabelSet set = LabelSetFile.checked(file, config.load());
    spec.commandLine().getOut().println(file + ": sound, " + set.labels().size() + " labels");
    return ExitCode.OK;
  }

  private static Map<String, Object> row(Problem problem) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("path", problem.path());
    row.put("value", problem.value().orElse(null));
    row.put("message", problem.message());
    row.put("line", problem.line().isPresent() ? problem.line().getAsInt() : null);
    return row;
  }
}
