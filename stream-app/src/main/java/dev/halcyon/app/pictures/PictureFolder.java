package dev.halcyon.app.pictures;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** The image files of a folder, by their names: what is inside is for the analyzer to find out. */
public final class PictureFolder {
  private static final Set<String> EXTENSIONS =
      Set.of("jpg", "jpeg", "jpe", "png", "webp", "gif", "bmp");

  private PictureFolder() {}

  /**
   * Lists a folder, sorted by name; folders in it are not looked into.
   *
   * @throws PictureException if there is no such folder, or no image in it
   */
  public static List<Path> list(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new PictureException(folder + ": no such folder");
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return images(folder, entries);
    } catch (IOException e) {
      throw new PictureException(folder + ": cannot be listed: " + e.getMessage());
    }
  }

  /**
   * Lists a folder and all folders in it, sorted by path; links are followed.
   *
   * @throws PictureException if there is no such folder, or no image in it
   */
  public static List<Path> listAll(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new PictureException(folder + ": no such folder");
    }
    try (Stream<Path> entries = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      return images(folder, entries);
    } catch (IOException | UncheckedIOException e) {
      throw new PictureException(folder + ": cannot be listed: " + e.getMessage());
    }
  }

  private static List<Path> images(Path folder, Stream<Path> entries) {
    List<Path> images =
        entries.filter(Files::isRegularFile).filter(PictureFolder::isImage).sorted().toList();
    if (images.isEmpty()) {
      throw new PictureException(
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
