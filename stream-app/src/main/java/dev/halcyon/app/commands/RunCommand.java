package dev.halcyon.app.commands;

import dev.halcyon.app.Application;
import dev.halcyon.app.config.AppConfig;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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

  @Mixin private ConfigOption config;

  @Override
  public Integer call() throws InterruptedException {
    AppConfig app = config.load();
    try (Application application = Application.start(app)) {
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
