package dev.halcyon.app.commands;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** The image files of a folder, by their names: what is inside is for the analyzer to find out. */
final class ImageFolder {
  private static final Set<String> EXTENSIONS =
      Set.of("jpg", "jpeg", "jpe", "png", "webp", "gif", "bmp");

  private ImageFolder() {}

  /**
   * Lists a folder, sorted by name.
   *
   * @throws BadInputException if there is no such folder, or no image in it
   */
  static List<Path> list(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new BadInputException(folder + ": no such folder");
    }
    List<Path> images;
    try (Stream<Path> entries = Files.list(folder)) {
      images = entries.filter(Files::isRegularFile).filter(ImageFolder::isImage).sorted().toList();
    } catch (IOException e) {
      throw new BadInputException(folder + ": cannot be listed: " + e.getMessage());
    }
    if (images.isEmpty()) {
      throw new BadInputException(
          folder
              + ": no image in it; looked for "
              + String.join(", ", EXTENSIONS.stream().sorted().toList()));
    }
    return images;
  }

  private static boolean isImage(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return EXTENSIONS.contains(name.substring(name.lastIndexOf('.') + 1));
  }
}
