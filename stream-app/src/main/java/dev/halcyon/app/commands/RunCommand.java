package dev.halcyon.app.commands;

import dev.halcyon.app.Application;
import dev.halcyon.app.config.AppConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The program against an outside Kafka, until it is told to stop. */
@Command(
    name = "run",
    description = {
      "Run the stream against Kafka until told to stop (Ctrl-C, SIGTERM).",
      "The topics must be there: see halcyon topics create."
    },
    mixinStandardHelpOptions = true)
public final class RunCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

  @Option(
      names = "--shadow-model",
      paramLabel = "DIR",
      description = {
        "Run as a shadow with this model instead: it looks at the same uploads beside the"
            + " instances that decide, its evidence goes to a topic of its own, and nothing is"
            + " decided. Compare with: halcyon models compare DIR_A DIR_B --stream."
      })
  private Path shadowModel;

  @Option(
      names = "--shadow-share",
      paramLabel = "PERCENT",
      description =
          "Share of the uploads a shadow looks at, by image id; default ${DEFAULT-VALUE}.",
      defaultValue = "100")
  private double shadowShare;

  @Option(
      names = "--shadow-from-start",
      description = "A new shadow begins with the oldest upload kept, not with the next.")
  private boolean shadowFromStart;

  @Mixin private ConfigOption config;

  private Application start() {
    if (shadowModel == null) {
      return Application.start(config.load());
    }
    if (!(shadowShare > 0 && shadowShare <= 100)) {
      throw new BadInputException(
          "--shadow-share " + shadowShare + " is outside (0, 100]; give 100 for every upload");
    }
    AppConfig app =
        config.load(Map.of("engine.modelDirectory", shadowModel.toAbsolutePath().toString()));
    return Application.startShadow(app, new Application.ShadowOrder(shadowShare, shadowFromStart));
  }

  @Override
  public Integer call() throws InterruptedException {
    try (Application application = start()) {
      CountDownLatch closed = new CountDownLatch(1);
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    LOG.info("Stopping");
                    application.close();
                    closed.countDown();
                  },
                  "halcyon-shutdown"));
      application.stopped().get();
      // Only the hook closes a healthy stream, and the exit code is the signal's then.
      closed.await();
      return ExitCode.OK;
    } catch (ExecutionException e) {
      LOG.error("The stream has stopped by itself; a restart resumes where it was", e.getCause());
      return ExitCode.FAILED;
    }
  }
}
