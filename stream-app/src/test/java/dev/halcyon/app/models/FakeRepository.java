package dev.halcyon.app.models;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A repository of models on this machine: leads from an address to a store as Hugging Face does,
 * answers ranges, and misbehaves as told.
 */
final class FakeRepository implements AutoCloseable {
  /** One answer out of the usual; the next request is answered as usual again. */
  interface Mood {
    void answer(HttpExchange exchange, byte[] content) throws IOException;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final Map<String, Deque<Mood>> moods = new ConcurrentHashMap<>();
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private volatile boolean publishesHashes = true;

  FakeRepository() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  URI base() {
    return URI.create("http://localhost:" + server.getAddress().getPort());
  }

  /** Adds a file of the repository {@code maker/model} at revision {@code main}. */
  void add(String path, byte[] content) {
    files.put("/maker/model/resolve/main/" + path, content);
  }

  void withoutHashes() {
    publishesHashes = false;
  }

  /** Misbehaves once more for a file, after what it was told before. */
  void once(String path, Mood mood) {
    moods
        .computeIfAbsent("/store/maker/model/resolve/main/" + path, p -> new ArrayDeque<>())
        .add(mood);
  }

  /** Requests for what a file is stored at, with their ranges. */
  List<String> stored() {
    return requests.stream().filter(request -> request.startsWith("/store/")).toList();
  }

  int requestCount() {
    return requests.size();
  }

  static Mood status(int code, String... headers) {
    return (exchange, content) -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
      }
      exchange.sendResponseHeaders(code, -1);
    };
  }

  /** Promises the whole and breaks off after so many bytes. */
  static Mood breakOffAt(int bytes) {
    return (exchange, content) -> {
      int from = from(exchange);
      header(exchange, content, from);
      exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
      exchange.getResponseBody().write(content, from, Math.min(bytes, content.length) - from);
      exchange.getResponseBody().flush();
      // Closing the exchange with bytes owed cuts the connection.
    };
  }

  /** Promises more or less than there is, and sends that much or what there is. */
  static Mood lieAboutLength(int promised) {
    return (exchange, content) -> {
      exchange.sendResponseHeaders(200, promised);
      exchange.getResponseBody().write(content, 0, Math.min(promised, content.length));
    };
  }

  static Mood send(String other) {
    return (exchange, content) -> {
      byte[] bytes = other.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    };
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String range = exchange.getRequestHeaders().getFirst("Range");
      requests.add(path + (range == null ? "" : " " + range));
      boolean store = path.startsWith("/store/");
      byte[] content = files.get(store ? path.substring("/store".length()) : path);
      if (content == null) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      if (!store) {
        if (publishesHashes) {
          exchange.getResponseHeaders().set("X-Linked-Etag", "\"" + sha256(content) + "\"");
          exchange.getResponseHeaders().set("X-Linked-Size", "" + content.length);
        }
        exchange.getResponseHeaders().set("X-Repo-Commit", "c0ffee");
        exchange.getResponseHeaders().set("Location", "/store" + path);
        exchange.sendResponseHeaders(302, -1);
        return;
      }
      Deque<Mood> waiting = moods.getOrDefault(path, new ArrayDeque<>());
      Mood mood = waiting.poll();
      if (mood != null) {
        mood.answer(exchange, content);
        return;
      }
      int from = from(exchange);
      if (from >= content.length) {
        exchange.getResponseHeaders().set("Content-Range", "bytes */" + content.length);
        exchange.sendResponseHeaders(416, -1);
        return;
      }
      byte[] part = part(exchange, content);
      header(exchange, content, from);
      exchange.sendResponseHeaders(range == null ? 200 : 206, part.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(part);
      }
    } catch (IOException e) {
      // A client that was promised more has gone.
    }
  }

  private static void header(HttpExchange exchange, byte[] content, int from) {
    exchange.getResponseHeaders().set("ETag", "\"" + sha256(content).substring(0, 8) + "\"");
    if (exchange.getRequestHeaders().containsKey("Range")) {
      exchange
          .getResponseHeaders()
          .set(
              "Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
    }
  }

  private static int from(HttpExchange exchange) {
    String range = exchange.getRequestHeaders().getFirst("Range");
    return range == null
        ? 0
        : Integer.parseInt(range.substring("bytes=".length(), range.indexOf('-')));
  }

  private static byte[] part(HttpExchange exchange, byte[] content) {
    String range = exchange.getRequestHeaders().getFirst("Range");
    int from = from(exchange);
    String to = range == null ? "" : range.substring(range.indexOf('-') + 1);
    return Arrays.copyOfRange(
        content,
        from,
        to.isEmpty() ? content.length : Math.min(content.length, Integer.parseInt(to) + 1));
  }

  static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
