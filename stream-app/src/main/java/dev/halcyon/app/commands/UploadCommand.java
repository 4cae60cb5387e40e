package dev.halcyon.app.commands;

import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.events.wire.EventSerdes;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Publishes image files as uploads. */
@Command(
    name = "upload",
    description = {
      "Publish image files to the upload topic, to try a running stream.",
      "With --wait, prints what each comes to. Exit code 1: not all were decided in time."
    },
    mixinStandardHelpOptions = true)
public final class UploadCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(50);

  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;

  @Parameters(paramLabel = "IMAGE", arity = "1..*", description = "Image files.")
  private List<Path> images;

  @Option(names = "--surface", paramLabel = "NAME", description = "Surface of the uploads.")
  private String surface;

  @Option(names = "--wait", description = "Wait for the outcomes, and print them.")
  private boolean wait;

  @Override
  public Integer call() {
    for (Path image : images) {
      if (!Files.isRegularFile(image)) {
        throw new BadInputException(image + ": no such file");
      }
    }
    AppConfig app = config.load();
    PrintWriter out = spec.commandLine().getOut();
    try (EventSerdes serdes =
            new EventSerdes(
                app.serdes().serializer(),
                app.serdes().deserializer(),
                app.serdes().clientProperties());
        UploadProducer producer = new UploadProducer(app, serdes)) {
      Map<String, String> files = new LinkedHashMap<>();
      images.forEach(
          image -> files.put(UUID.randomUUID().toString(), image.getFileName().toString()));
      if (!wait) {
        publish(producer, files);
        files.forEach((imageId, file) -> out.println(imageId + "  " + file));
        return ExitCode.OK;
      }
      try (OutcomeConsumer outcomes =
          new OutcomeConsumer(app, serdes, files::get, Clock.systemUTC())) {
        publish(producer, files);
        return await(outcomes, files, out);
      }
    }
  }

  private void publish(UploadProducer producer, Map<String, String> files) {
    List<CompletableFuture<Void>> sent = new ArrayList<>();
    Iterator<Path> paths = images.iterator();
    for (String imageId : files.keySet()) {
      sent.add(producer.publish(imageId, paths.next(), Optional.ofNullable(surface)));
    }
    sent.forEach(CompletableFuture::join);
  }

  private static int await(OutcomeConsumer outcomes, Map<String, String> files, PrintWriter out) {
    OutcomePrinter printer = new OutcomePrinter(Terminal.wantsColours(), false);
    out.println(printer.heading());
    Set<String> open = new HashSet<>(files.keySet());
    long started = System.nanoTime();
    while (!open.isEmpty() && System.nanoTime() - started < PATIENCE.toNanos()) {
      for (ImageOutcome outcome : outcomes.poll(POLL)) {
        // Others upload too.
        if (open.remove(outcome.imageId())) {
          out.println(printer.row(outcome));
        }
      }
    }
    out.flush();
    return open.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
  }
}
