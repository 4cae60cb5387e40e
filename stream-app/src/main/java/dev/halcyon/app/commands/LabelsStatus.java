package dev.halcyon.app.commands;

import dev.halcyon.events.LabelSetState;
import dev.halcyon.events.LabelSetStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** How the fleet stands to the label sets. */
@Command(
    name = "status",
    description = {
      "How every instance stands to every label set.",
      "Exit code 1: an instance refuses a set."
    },
    mixinStandardHelpOptions = true)
final class LabelsStatus implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;
  @Mixin private JsonOption json;

  @Override
  public Integer call() {
    try (LabelTopics topics = LabelTopics.open(config.load())) {
      List<LabelSetStatus> fleet = topics.fleet();
      Rows.print(
          spec.commandLine().getOut(),
          fleet.stream().map(LabelsStatus::standing).toList(),
          json.wanted());
      boolean refused =
          fleet.stream().anyMatch(status -> status.getState() == LabelSetState.REFUSED);
      return refused ? ExitCode.FAILED : ExitCode.OK;
    }
  }

  static Map<String, Object> standing(LabelSetStatus status) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", status.getName());
    row.put("instance", status.getInstanceId());
    row.put("version", status.getVersion());
    row.put("state", status.getState().name().toLowerCase(Locale.ROOT));
    row.put("inForce", Optional.ofNullable(status.getActiveVersion()).orElse(0));
    Instant at = status.getAt().truncatedTo(ChronoUnit.SECONDS);
    row.put("at", at.toString());
    row.put("problems", String.join("; ", status.getProblems()));
    return row;
  }
}
