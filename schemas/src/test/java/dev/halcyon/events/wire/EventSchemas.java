package dev.halcyon.events.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;

/** The schemas of this checkout and of the releases before it. */
final class EventSchemas {
  static final Path HOME = Path.of(System.getProperty("halcyon.home"));
  static final Path RELEASED = HOME.resolve("schemas/released");
  private static final Path SOURCES = HOME.resolve("schemas/src/main/avro");

  private EventSchemas() {}

  /** By the event's name; each with every type it uses inside it. */
  static SortedMap<String, Schema> current() {
    SortedMap<String, Schema> schemas = new TreeMap<>();
    for (String name : names(SOURCES)) {
      try {
        Class<?> type = Class.forName("dev.halcyon.events." + name);
        schemas.put(name, PortableSchema.of(SpecificData.get().getSchema(type)));
      } catch (ClassNotFoundException e) {
        throw new AssertionError(SOURCES.resolve(name + ".avsc") + " has no class of its name", e);
      }
    }
    return schemas;
  }

  /** By release, oldest first, then by the event's name. */
  static Map<Integer, Map<String, Schema>> released() {
    SortedMap<Integer, Map<String, Schema>> releases = new TreeMap<>();
    try (Stream<Path> folders = Files.list(RELEASED)) {
      for (Path folder : folders.filter(Files::isDirectory).toList()) {
        Map<String, Schema> schemas = new LinkedHashMap<>();
        for (String name : names(folder)) {
          String text = Files.readString(folder.resolve(name + ".avsc"));
          schemas.put(name, new Schema.Parser().parse(text));
        }
        releases.put(Integer.parseInt(folder.getFileName().toString().substring(1)), schemas);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return releases;
  }

  private static List<String> names(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".avsc"))
          .map(name -> name.substring(0, name.length() - ".avsc".length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
