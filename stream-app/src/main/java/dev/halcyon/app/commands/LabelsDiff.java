package dev.halcyon.app.commands;

import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.labels.Change;
import dev.halcyon.labels.Change.FieldChange;
import dev.halcyon.labels.ChangeText;
import dev.halcyon.labels.LabelSetDiff;
import java.io.PrintWriter;
import java.util.ArrayList;
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

/** What changes from one label set to another. */
@Command(
    name = "diff",
    description = {
      "What changes from one label set to another.",
      "Each side is a FILE, a NAME in force, or NAME@VERSION."
    },
    mixinStandardHelpOptions = true)
final class LabelsDiff implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "BEFORE", description = "FILE, NAME or NAME@VERSION.")
  private String before;

  @Parameters(paramLabel = "AFTER", description = "FILE, NAME or NAME@VERSION.")
  private String after;

  @Mixin private ConfigOption config;

  @Mixin private JsonOption json;

  @Override
  public Integer call() {
    AppConfig app = config.load();
    PrintWriter out = spec.commandLine().getOut();
    List<Change> changes =
        LabelSetDiff.between(SourceSet.open(before, app).set(), SourceSet.open(after, app).set());
    if (json.wanted()) {
      Rows.print(out, changes.stream().flatMap(change -> rows(change).stream()).toList(), true);
    } else {
      out.print(ChangeText.render(changes, Terminal.wantsColours()));
      out.flush();
    }
    return ExitCode.OK;
  }

  /** One row a field that differs, or one for a part that is gone or says nothing but its id. */
  private static List<Map<String, Object>> rows(Change change) {
    if (change instanceof Change.Added added) {
      return rows(change, "added", added.fields());
    }
    if (change instanceof Change.Changed changed) {
      return rows(change, "changed", changed.fields());
    }
    return rows(change, "removed", List.of());
  }

  private static List<Map<String, Object>> rows(
      Change change, String what, List<FieldChange> fields) {
    if (fields.isEmpty()) {
      return List.of(part(change, what));
    }
    List<Map<String, Object>> rows = new ArrayList<>();
    for (FieldChange field : fields) {
      Map<String, Object> row = part(change, what);
      row.put("field", field.field());
      if (field instanceof FieldChange.Value value) {
        row.put("before", value.before().orElse(null));
        row.put("after", value.after().orElse(null));
      } else if (field instanceof FieldChange.Texts texts) {
        row.put("added", texts.added());
        row.put("removed", texts.removed());
      } else {
        row.put("reordered", true);
      }
      rows.add(row);
    }
    return rows;
  }

  private static Map<String, Object> part(Change change, String what) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("change", what);
    row.put("kind", change.part().kind().name().toLowerCase(Locale.ROOT));
    row.put("id", change.part().id());
    return row;
  }
}
