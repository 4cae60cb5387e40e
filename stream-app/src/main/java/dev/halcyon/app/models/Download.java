package dev.halcyon.app.models;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;

/**
 * Fetches one file over HTTP into a file, going on where an earlier try ended. What breaks off, is
 * told to wait or meets a server's error is tried again; what is not there is not. Used by one
 * thread.
 */
final class Download {
  private static final int CHUNK_BYTES = 1 << 16;

  /** Waits; a test does not. */
  @FunctionalInterface
  interface Pause {
    void of(Duration duration) throws InterruptedException;
  }

  /**
   * How patient a download is.
   *
   * @param attempts tries in a row that bring nothing new before it gives up
   * @param firstPause pause after the first such try, doubled after each
   * @param longestWait longest time a server may ask for
   * @param silence longest time between two bytes, and to an answer
   * @param maxBytes largest file
   */
  record Patience(
      int attempts, Duration firstPause, Duration longestWait, Duration silence, long maxBytes) {
    static final Patience DEFAULT =
        new Patience(
            5, Duration.ofSeconds(1), Duration.ofMinutes(2), Duration.ofSeconds(60), 8L << 30);
  }

  /**
   * What the repository says of a file before it sends it.
   *
   * @param sha256 its SHA-256, where the repository publishes one
   * @param commit the commit it comes from, where the repository says so
   */
  record Published(Optional<String> sha256, OptionalLong bytes, Optional<String> commit) {}

  private final Patience patience;
  private final Pause pause;
  private final Request request;

  Download(HttpClient client, Patience patience, Pause pause, Clock clock) {
    this.patience = patience;
    this.pause = pause;
    this.request = new Request(client, patience, clock);
  }

  /**
   * Fetches a file.
   *
   * @param part where it is put; what is there already is its beginning
   * @param expected its length, where it is known
   * @param progress told how many bytes are there
   */
  Published fetch(URI uri, Path part, OptionalLong expected, LongConsumer progress)
      throws PullException, InterruptedException {
    int fruitless = 0;
    Duration next = patience.firstPause();
    while (true) {
      long before = size(part);
      try {
        return attempt(uri, part, expected, progress);
      } catch (PassingException | IOException e) {
        fruitless = size(part) > before ? 1 : fruitless + 1;
        if (fruitless >= patience.attempts()) {
          throw new PullException(
              uri
                  + ": gave up after "
                  + fruitless
                  + " tries that brought nothing new, the last: "
                  + reason(e)
                  + "; pull again to go on from byte "
                  + size(part),
              e);
        }
        Duration wait = e instanceof PassingException p ? p.pause().orElse(next) : next;
        pause.of(wait);
        next = next.multipliedBy(2);
      }
    }
  }

  /**
   * Reads some bytes of a file.
   *
   * @param from the first byte
   * @param count how many
   */
  byte[] range(URI uri, long from, int count) throws PullException, InterruptedException {
    try {
      HttpResponse<InputStream> response =
          request
              .send(uri, "bytes=" + from + "-" + (from + count - 1), Optional.empty())
              .response();
      try (InputStream body = response.body()) {
        if (response.statusCode() == 200) {
          body.skipNBytes(from);
        } else if (response.statusCode() != 206) {
          throw refused(uri, response.statusCode());
        }
        byte[] bytes = body.readNBytes(count);
        if (bytes.length < count) {
          throw new PullException(uri + ": ends before byte " + (from + count));
        }
        return bytes;
      }
    } catch (IOException | PassingException e) {
      throw new PullException(uri + ": " + reason(e), e);
    }
  }

  private Published attempt(URI uri, Path part, OptionalLong expected, LongConsumer progress)
      throws PassingException, IOException, PullException, InterruptedException {
    long have = size(part);
    Path tagFile = part.resolveSibling(part.getFileName() + ".etag");
    Optional<String> tag =
        Files.isRegularFile(tagFile) ? Optional.of(Files.readString(tagFile)) : Optional.empty();
    Request.Answer answer =
        request.send(
            uri, have > 0 ? "bytes=" + have + "-" : null, have > 0 ? tag : Optional.empty());
    HttpResponse<InputStream> response = answer.response();
    try (InputStream body = response.body()) {
      Published published = answer.published();
      OptionalLong known = expected.isPresent() ? expected : published.bytes();
      switch (response.statusCode()) {
        case 200 -> have = 0;
        case 206 -> {
          if (answer.rangeFrom().orElse(-1) != have) {
            throw startAgain(part, "the server sent another part than it was asked for");
          }
        }
        case 416 -> {
          if (have > 0 && answer.rangeTotal().orElse(known.orElse(-1)) == have) {
            return published;
          }
          throw startAgain(part, "the server has no such part");
        }
        default -> throw refused(uri, response.statusCode());
      }
      OptionalLong total = answer.total(have);
      check(uri, total, known);
      keepTag(tagFile, response.headers());
      receive(uri, body, part, have, total, progress);
      return published;
    }
  }

  private void check(URI uri, OptionalLong total, OptionalLong known) throws PullException {
    if (total.isPresent() && known.isPresent() && total.getAsLong() != known.getAsLong()) {
      throw new PullException(
          uri
              + ": the server says "
              + total.getAsLong()
              + " bytes, the catalogue or the repository "
              + known.getAsLong()
              + "; another version is served, or a page in place of the file: check the mirror and"
              + " the revision");
    }
    if (total.orElse(0) > patience.maxBytes()) {
      throw tooLarge(uri);
    }
  }

  private void receive(
      URI uri, InputStream body, Path part, long have, OptionalLong total, LongConsumer progress)
      throws IOException, PassingException, PullException {
    long count = have;
    try (StallGuard guard = new StallGuard(body, patience.silence());
        OutputStream out =
            have > 0
                ? Files.newOutputStream(part, StandardOpenOption.APPEND)
                : Files.newOutputStream(part)) {
      byte[] chunk = new byte[CHUNK_BYTES];
      for (int read = body.read(chunk); read >= 0; read = body.read(chunk)) {
        guard.alive();
        count += read;
        if (count > patience.maxBytes()) {
          throw tooLarge(uri);
        }
        out.write(chunk, 0, read);
        progress.accept(count);
      }
    }
    if (total.isPresent() && count < total.getAsLong()) {
      throw new PassingException(
          "it broke off at byte " + count + " of " + total.getAsLong(), Optional.empty());
    }
  }

  private static PullException refused(URI uri, int status) {
    return new PullException(
        uri
            + switch (status) {
              case 401, 403 ->
                  ": status "
                      + status
                      + ", the repository asks for a login; fetch the files by hand, then"
                      + " 'halcyon models check DIR'";
              case 404, 410 ->
                  ": status "
                      + status
                      + ", there is no such file; check the catalogue's repository, revision and"
                      + " path, and whether the mirror has it";
              default -> ": status " + status + "; try again, or use a mirror";
            });
  }

  private PullException tooLarge(URI uri) {
    return new PullException(
        uri + ": is larger than " + patience.maxBytes() + " bytes; raise --max-bytes to allow it");
  }

  private static PassingException startAgain(Path part, String why) throws IOException {
    Files.deleteIfExists(part);
    return new PassingException(why, Optional.of(Duration.ZERO));
  }

  private static void keepTag(Path tagFile, HttpHeaders headers) throws IOException {
    Optional<String> tag = headers.firstValue("ETag").filter(value -> !value.startsWith("W/"));
    if (tag.isPresent()) {
      Files.writeString(tagFile, tag.get(), StandardCharsets.US_ASCII);
    } else {
      Files.deleteIfExists(tagFile);
    }
  }

  private static long size(Path part) {
    try {
      return Files.isRegularFile(part) ? Files.size(part) : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  private static String reason(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
