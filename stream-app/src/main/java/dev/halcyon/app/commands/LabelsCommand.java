package dev.halcyon.app.commands;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Label sets as operators live with them. */
@Command(
    name = "labels",
    description = {
      "See, check, change and undo label sets.",
      "get NAME > FILE, edit FILE, validate FILE, apply FILE --reason TEXT."
    },
    subcommands = {
      LabelsList.class,
      LabelsGet.class,
      LabelsValidate.class,
      LabelsDiff.class,
      LabelsAudit.class,
      LabelsPreview.class,
      LabelsApply.class,
      LabelsHistory.class,
      LabelsRollback.class,
      LabelsRetire.class,
      LabelsStatus.class,
      LabelsCalibrate.class,
      LabelsLearn.class,
      LabelsExport.class,
      LabelsImport.class,
      LabelsShadow.class,
      LabelsSchema.class
    },
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
public final class LabelsCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say what to do with label sets");
  }
}
