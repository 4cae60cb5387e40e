package dev.halcyon.app.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.samskivert.mustache.DefaultCollector;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;

/**
 * Pages that are one file: styles inside, pictures as data URIs, no script, and a policy that lets
 * a browser fetch nothing. They follow the reader's light or dark scheme and print well.
 *
 * <p>A template {@code NAME.html} lies in this package's resources, in Mustache; it begins with
 * {@code {{>head}}}, which needs {@code title} and {@code subtitle}, and ends with {@code
 * {{>foot}}}, which needs {@code madeBy}. {@code style.html} lists the classes a template may use.
 * Values are escaped always; a name the model lacks is an error, not a gap. Safe for use by any
 * thread.
 */
public final class HtmlReport {
  private static final Mustache.Compiler COMPILER =
      Mustache.compiler()
          .escapeHTML(true)
          .withCollector(new OptionalsToo())
          .withLoader(HtmlReport::open);

  private HtmlReport() {}

  /**
   * Writes a page, and the folders on the way to it.
   *
   * @param template its name, without ending
   * @param model what the template asks for: a map, or a record whose components have its names
   * @throws ReportException if the file cannot be written, or the template asks for what the model
   *     lacks
   */
  public static void write(Path file, String template, Object model) {
    String page = page(template, model);
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.writeString(file, page);
    } catch (IOException e) {
      throw new ReportException(file + ": cannot be written: " + e.getMessage(), e);
    }
  }

  /**
   * A page as text.
   *
   * @throws ReportException if there is no such template, or it asks for what the model lacks
   */
  public static String page(String template, Object model) {
    try (Reader source = open(template)) {
      Template compiled = COMPILER.compile(source);
      return compiled.execute(model);
    } catch (MustacheException | IOException e) {
      throw new ReportException("report " + template + ": " + e.getMessage(), e);
    }
  }

  private static Reader open(String name) throws IOException {
    InputStream resource = HtmlReport.class.getResourceAsStream(name + ".html");
    if (resource == null) {
      throw new IOException("there is no template " + name + ".html");
    }
    return new InputStreamReader(resource, UTF_8);
  }

  /** An optional is a section with or without its value. */
  private static final class OptionalsToo extends DefaultCollector {
    @Override
    public Iterator<?> toIterator(Object value) {
      return value instanceof Optional<?> optional
          ? optional.stream().iterator()
          : super.toIterator(value);
    }
  }
}
