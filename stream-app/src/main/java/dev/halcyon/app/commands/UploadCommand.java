package dev.halcyon.app.commands;

import dev.halcyon.app.config.AppConfig;
import dev.halcyon.events.wire.EventSerdes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Publishes image files as uploads. */
@Command(
    name = "upload",
    description = "Publish image files to the upload topic, to try a running stream.",
    mixinStandardHelpOptions = true)
public final class UploadCommand implements Callable<Integer> {
  @Mixin private ConfigOption config;

  @Parameters(paramLabel = "IMAGE", arity = "1..*", description = "Image files.")
  private List<Path> images;

  @Option(names = "--surface", paramLabel = "NAME", description = "Surface of the uploads.")
  private String surface;

  @Override
  public Integer call() {
    for (Path image : images) {
      if (!Files.isRegularFile(image)) {
        throw new BadInputException(image + ": no such file");
      }
    }
    AppConfig app = config.load();
    try (EventSerdes serdes =
            new EventSerdes(
                app.serdes().serializer(),
                app.serdes().deserializer(),
                app.serdes().clientProperties());
        UploadProducer producer = new UploadProducer(app, serdes)) {
      List<CompletableFuture<Void>> sent = new ArrayList<>();
      for (Path image : images) {
        String imageId = UUID.randomUUID().toString();
        sent.add(
            producer
                .publish(imageId, image, Optional.ofNullable(surface))
                .thenRun(() -> System.out.println(imageId + "  " + image)));
      }
      sent.forEach(CompletableFuture::join);
    }
    return ExitCode.OK;
  }
}
