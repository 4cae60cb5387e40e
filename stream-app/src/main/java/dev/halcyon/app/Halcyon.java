package dev.halcyon.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.halcyon.app.audit.CanarySetException;
import dev.halcyon.app.commands.BadInputException;
import dev.halcyon.app.commands.CanaryCommand;
import dev.halcyon.app.commands.ChecksCommand;
import dev.halcyon.app.commands.ClassifyCommand;
import dev.halcyon.app.commands.ConfigCommand;
import dev.halcyon.app.commands.DemoCommand;
import dev.halcyon.app.commands.ExitCode;
import dev.halcyon.app.commands.LabelsCommand;
import dev.halcyon.app.commands.ModelsCommand;
import dev.halcyon.app.commands.RedecideCommand;
import dev.halcyon.app.commands.RunCommand;
import dev.halcyon.app.commands.TopicsCommand;
import dev.halcyon.app.commands.UploadCommand;
import dev.halcyon.app.config.ConfigException;
import dev.halcyon.app.history.HistoryException;
import dev.halcyon.app.labels.LabelTopicException;
import dev.halcyon.app.pictures.PictureException;
import dev.halcyon.app.report.ReportException;
import dev.halcyon.clip.ModelException;
import java.io.PrintWriter;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line. */
@Command(
    name = "halcyon",
    description = "Streaming image moderation and tagging on Kafka.",
    mixinStandardHelpOptions = true,
    versionProvider = Halcyon.Version.class,
    subcommands = {
      DemoCommand.class,
      RunCommand.class,
      ClassifyCommand.class,
      ChecksCommand.class,
      UploadCommand.class,
      LabelsCommand.class,
      ModelsCommand.class,
      CanaryCommand.class,
      RedecideCommand.class,
      TopicsCommand.class,
      ConfigCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    usageHelpAutoWidth = true,
    footerHeading = "%nExit codes:%n",
    footer = {
      "  0  all went well",
      "  1  the work failed: a check did not hold, the engine or the broker broke",
      "  2  the input cannot be used; the message names it and the remedy",
      "  3  two operators changed the same label set; nothing was written",
      "",
      "New here? Run @|bold halcyon demo|@: a broker, a model and pictures, all inside."
    })
public final class Halcyon implements Runnable {
  private static final String LOG_LEVEL = "HALCYON_LOG_LEVEL";
  private static final String KAFKA_LOG_LEVEL = "HALCYON_KAFKA_LOG_LEVEL";

  @Spec private CommandSpec spec;

  private Halcyon() {}

  public static void main(String[] arguments) {
    quietUnlessRunning(arguments);
    System.exit(
        run(
            new PrintWriter(System.out, true, UTF_8),
            new PrintWriter(System.err, true, UTF_8),
            arguments));
  }

  /** Commands for people print what matters themselves; only the service tells its steps. */
  private static void quietUnlessRunning(String[] arguments) {
    boolean service = arguments.length > 0 && arguments[0].equals("run");
    if (!service && System.getenv(LOG_LEVEL) == null) {
      System.setProperty(LOG_LEVEL, "WARN");
      System.setProperty(KAFKA_LOG_LEVEL, "ERROR");
    }
  }

  /** Runs one command line and gives its exit code. */
  public static int run(PrintWriter out, PrintWriter err, String... arguments) {
    CommandLine commandLine = new CommandLine(new Halcyon());
    commandLine.setOut(out);
    commandLine.setErr(err);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setExecutionExceptionHandler(
        (exception, command, parsed) -> {
          if (exception instanceof BadInputException
              || exception instanceof CanarySetException
              || exception instanceof ConfigException
              || exception instanceof ModelException
              || exception instanceof LabelTopicException
              || exception instanceof ReportException
              || exception instanceof PictureException
              || exception instanceof HistoryException) {
            command.getErr().println("halcyon: " + exception.getMessage());
            return ExitCode.BAD_INPUT;
          }
          LoggerFactory.getLogger(Halcyon.class).error("The command failed", exception);
          command.getErr().println("halcyon: " + exception);
          return ExitCode.FAILED;
        });
    return commandLine.execute(arguments);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing a command");
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Halcyon.class.getPackage().getImplementationVersion();
      return new String[] {"halcyon " + (version == null ? "(not packaged)" : version)};
    }
  }
}
