package dev.halcyon.app.commands;

import dev.halcyon.app.Home;
import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.app.labels.GateWaiver;
import dev.halcyon.app.labels.LabelSetStore;
import dev.halcyon.app.labels.StoredVersion;
import dev.halcyon.clip.ClipModel;
import dev.halcyon.labels.ChangeText;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetDiff;
import dev.halcyon.labels.LabelSetWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Label sets from a folder of files. */
@Command(
    name = "import",
    description = {
      "Apply the label sets of a folder that differ from what is in force.",
      "All files are checked first; where one is faulty, changes a version that is no longer in"
          + " force or does not pass the gate, none is applied. Sets without a file stay as they"
          + " are.",
      "Exit code 3: a conflict; it is shown, and nothing was written."
    },
    mixinStandardHelpOptions = true)
final class LabelsImport implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--dir",
      required = true,
      paramLabel = "DIR",
      description = "Folder of YAML or JSON files, as 'labels export' writes it.")
  private Path folder;

  @Mixin private WhoAndWhy because;

  @Mixin private GateOptions gate;

  @Option(names = "--dry-run", description = "Only say what would change.")
  private boolean dryRun;

  @Mixin private ConfigOption config;

  /** A file whose set differs from what is in force. */
  private record Changed(
      Path file, LabelSet set, Optional<Integer> base, Optional<GateWaiver> gateWaiver) {}

  @Override
  public Integer call() {
    AppConfig app = config.load();
    Map<Path, LabelSet> files = read(app);
    PrintWriter out = spec.commandLine().getOut();
    PublishReport report = new PublishReport(out, spec.commandLine().getErr());
    try (LabelTopics topics = LabelTopics.open(app)) {
      LabelSetStore store = topics.store();
      Map<String, StoredVersion> inForce = store.contents().sets();
      List<Changed> changes = new ArrayList<>();
      GateCheck check = new GateCheck(app, spec.commandLine().getErr());
      boolean conflict = false;
      boolean refused = false;
      for (Map.Entry<Path, LabelSet> file : files.entrySet()) {
        LabelSet set = file.getValue();
        Optional<StoredVersion> current = Optional.ofNullable(inForce.get(set.name()));
        if (current
            .map(stored -> stored.contentHash().equals(LabelSetWriter.contentHash(set)))
            .orElse(false)) {
          continue;
        }
        Optional<Integer> base = LabelSetFile.basedOnVersion(file.getKey());
        if (base.equals(current.map(StoredVersion::version))) {
          GateCheck.Result judged = check.judge(set, current, gate);
          refused |= !judged.passes();
          changes.add(new Changed(file.getKey(), set, base, judged.waiver()));
        } else {
          report.conflict(store, set.name(), base, current);
          conflict = true;
        }
      }
      if (conflict) {
        return ExitCode.CONFLICT;
      }
      if (refused) {
        return ExitCode.FAILED;
      }
      out.println(changes.size() + " of " + files.size() + " label sets change");
      for (Changed change : changes) {
        if (dryRun) {
          show(out, change, Optional.ofNullable(inForce.get(change.set().name())));
        } else {
          int code = publish(report, store, change);
          if (code != ExitCode.OK) {
            return code;
          }
        }
      }
      out.flush();
      return ExitCode.OK;
    }
  }

  private int publish(PublishReport report, LabelSetStore store, Changed change) {
    int code =
        report.publish(
            store,
            new LabelSetStore.Change(
                change.set(),
                change.base(),
                because.author(),
                because.reason(),
                Optional.empty(),
                change.gateWaiver()));
    if (code == ExitCode.OK) {
      // The file goes on from the version it has become.
      store
          .get(change.set().name())
          .ifPresent(stored -> LabelSetFile.rebase(change.file(), change.base(), stored.version()));
    }
    return code;
  }

  private static void show(PrintWriter out, Changed change, Optional<StoredVersion> current) {
    if (current.isEmpty()) {
      out.println(change.file() + ": new, " + change.set().labels().size() + " labels");
      return;
    }
    out.println(change.file() + ":");
    out.print(
        ChangeText.render(
            LabelSetDiff.between(StoredLabelSets.labelSet(current.get()), change.set()),
            Terminal.wantsColours()));
  }

  /** The sets of all files, each name once. */
  private Map<Path, LabelSet> read(AppConfig app) {
    Map<Path, LabelSet> files = new LinkedHashMap<>();
    Map<String, Path> byName = new TreeMap<>();
    List<String> problems = new ArrayList<>();
    try (ClipModel model =
        ClipModel.open(Home.resolve(app.engine().modelDirectory()), app.engine().settings())) {
      for (Path file : list()) {
        try {
          LabelSet set = LabelSetFile.read(file);
          LabelSetFile.requirePrompts(file, set, model);
          Path other = byName.putIfAbsent(set.name(), file);
          if (other != null) {
            problems.add(file + ": holds set " + set.name() + ", and so does " + other);
          }
          files.put(file, set);
        } catch (BadInputException e) {
          problems.add(e.getMessage());
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new BadInputException(String.join(System.lineSeparator(), problems));
    }
    return files;
  }

  private List<Path> list() {
    if (!Files.isDirectory(folder)) {
      throw new BadInputException(folder + ": no such folder");
    }
    List<Path> files;
    try (Stream<Path> entries = Files.list(folder)) {
      files =
          entries
              .filter(Files::isRegularFile)
              .filter(file -> file.getFileName().toString().matches(".*\\.(yaml|yml|json)"))
              .sorted()
              .toList();
    } catch (IOException e) {
      throw new BadInputException(folder + ": cannot be listed: " + e.getMessage());
    }
    if (files.isEmpty()) {
      throw new BadInputException(
          folder + ": no label set in it; looked for .yaml, .yml and .json");
    }
    return files;
  }
}
