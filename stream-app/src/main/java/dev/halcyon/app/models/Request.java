package dev.halcyon.app.models;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One GET through its redirects. What a repository publishes of a file it says in the first answer,
 * before it leads to where the file is stored.
 */
final class Request {
  private static final int MAX_REDIRECTS = 5;
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes (?:(\\d+)-\\d+|\\*)/(\\d+|\\*)");

  private final HttpClient client;
  private final Download.Patience patience;
  private final Clock clock;

  Request(HttpClient client, Download.Patience patience, Clock clock) {
    this.client = client;
    this.patience = patience;
    this.clock = clock;
  }

  /** An answer that is no redirect, and what was published on the way to it. */
  record Answer(HttpResponse<InputStream> response, Download.Published published) {
    /** The first byte that is sent. */
    OptionalLong rangeFrom() {
      return range(1);
    }

    /** The length of the whole file, as the answer's range states it. */
    OptionalLong rangeTotal() {
      return range(2);
    }

    /**
     * The length of the whole file.
     *
     * @param have how much of it is there already
     */
    OptionalLong total(long have) {
      OptionalLong length = response.headers().firstValueAsLong("Content-Length");
      if (response.statusCode() == 206 && rangeTotal().isPresent()) {
        return rangeTotal();
      }
      return length.isPresent() ? OptionalLong.of(have + length.getAsLong()) : length;
    }

    private OptionalLong range(int group) {
      Matcher range =
          CONTENT_RANGE.matcher(response.headers().firstValue("Content-Range").orElse(""));
      String value = range.matches() ? range.group(group) : null;
      return value == null || value.equals("*")
          ? OptionalLong.empty()
          : OptionalLong.of(Long.parseLong(value));
    }
  }

  /**
   * Asks for a file.
   *
   * @param range the part that is wanted, as the header states it, or null for all
   * @param tag the version the part must be of
   */
  Answer send(URI start, String range, Optional<String> tag)
      throws IOException, PassingException, PullException, InterruptedException {
    URI uri = start;
    Optional<String> sha256 = Optional.empty();
    OptionalLong bytes = OptionalLong.empty();
    Optional<String> commit = Optional.empty();
    for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
      HttpRequest.Builder draft =
          HttpRequest.newBuilder(uri)
              .timeout(patience.silence())
              // What is measured and resumed are the file's own bytes.
              .header("Accept-Encoding", "identity")
              .header("User-Agent", "halcyon-models");
      if (range != null) {
        draft.header("Range", range);
        tag.ifPresent(known -> draft.header("If-Range", known));
      }
      HttpResponse<InputStream> response = client.send(draft.build(), BodyHandlers.ofInputStream());
      HttpHeaders headers = response.headers();
      sha256 =
          sha256.or(
              () ->
                  headers
                      .firstValue("X-Linked-Etag")
                      .map(value -> value.replace("\"", ""))
                      .filter(value -> value.matches("[0-9a-f]{64}")));
      if (bytes.isEmpty()) {
        bytes = headers.firstValueAsLong("X-Linked-Size");
      }
      commit = commit.or(() -> headers.firstValue("X-Repo-Commit"));
      int status = response.statusCode();
      if (status == 301 || status == 302 || status == 303 || status == 307 || status == 308) {
        response.body().close();
        URI to = uri.resolve(location(uri, headers));
        if ("https".equals(uri.getScheme()) && !"https".equals(to.getScheme())) {
          throw new PullException(uri + ": leads from https to " + to + ", which is not followed");
        }
        uri = to;
        continue;
      }
      if (status == 429 || status >= 500) {
        response.body().close();
        throw new PassingException("status " + status, retryAfter(uri, headers));
      }
      return new Answer(response, new Download.Published(sha256, bytes, commit));
    }
    throw new PullException(start + ": leads through more than " + MAX_REDIRECTS + " redirects");
  }

  private static String location(URI uri, HttpHeaders headers) throws PullException {
    return headers
        .firstValue("Location")
        .orElseThrow(() -> new PullException(uri + ": redirects to nowhere"));
  }

  private Optional<Duration> retryAfter(URI uri, HttpHeaders headers) throws PullException {
    Optional<String> value = headers.firstValue("Retry-After").map(String::strip);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    Duration wait;
    try {
      wait =
          value.get().matches("\\d{1,9}")
              ? Duration.ofSeconds(Long.parseLong(value.get()))
              : Duration.between(
                  clock.instant(),
                  ZonedDateTime.parse(value.get(), DateTimeFormatter.RFC_1123_DATE_TIME)
                      .toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
    if (wait.compareTo(patience.longestWait()) > 0) {
      Instant until = clock.instant().plus(wait);
      throw new PullException(
          uri.getHost() + " asks to come back at " + until + "; pull again then, or use a mirror");
    }
    return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
  }
}
