package dev.halcyon.app.commands;

import dev.halcyon.app.models.Catalogue;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which models can be fetched by name. */
final class CatalogueOption {
  @Option(
      names = "--catalogue",
      paramLabel = "FILE",
      description = "A catalogue of your own, YAML of the same form as the shipped one.")
  private Path file;

  /**
   * The catalogue: the file's, or the shipped one.
   *
   * @throws BadInputException if the file cannot be used
   */
  Catalogue load() {
    if (file == null) {
      return Catalogue.shipped();
    }
    if (!Files.isRegularFile(file)) {
      throw new BadInputException(file + ": no such file");
    }
    try {
      return Catalogue.read(file);
    } catch (IllegalArgumentException e) {
      throw new BadInputException(e.getMessage());
    }
  }
}
