package dev.halcyon.app.commands;

import dev.halcyon.app.labels.LabelSetStore;
import dev.halcyon.app.labels.StoredVersion;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** All label sets in force as files. */
@Command(
    name = "export",
    description = {
      "Write every label set in force to a folder, one YAML file a set, fit for Git.",
      "What is unchanged is written the same to the byte; each file remembers its version, so that"
          + " 'labels import' can tell a change from an old file."
    },
    mixinStandardHelpOptions = true)
final class LabelsExport implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--dir", required = true, paramLabel = "DIR", description = "Where to write.")
  private Path folder;

  @Mixin private ConfigOption config;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try (LabelTopics topics = LabelTopics.open(config.load())) {
      LabelSetStore.Contents contents = topics.store().contents();
      Files.createDirectories(folder);
      for (StoredVersion stored : contents.sets().values()) {
        Path file = folder.resolve(stored.name() + ".yaml");
        Files.writeString(file, LabelSetFile.write(stored));
        out.println(file + ": version " + stored.version());
      }
      contents
          .problems()
          .forEach((key, problem) -> err.println("halcyon: " + key + ": " + problem));
      out.flush();
      return contents.problems().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    } catch (IOException e) {
      throw new BadInputException(folder + ": cannot be written: " + e);
    }
  }
}
