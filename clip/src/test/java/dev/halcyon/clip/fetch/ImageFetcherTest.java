package dev.halcyon.clip.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.halcyon.clip.RejectReason;
import dev.halcyon.clip.Rejected;
import dev.halcyon.clip.RejectedImageException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a real HTTP server on this machine, which only tests that allow it can reach. */
@Timeout(60)
final class ImageFetcherTest {
  private static final int MAX_BYTES = 100_000;
  private static final byte[] IMAGE = "an image, for all that matters here".getBytes(UTF_8);

  private final ExecutorService serving = Executors.newCachedThreadPool();
  private final CountDownLatch released = new CountDownLatch(1);
  private final List<ImageFetcher> fetchers = new ArrayList<>();
  private HttpServer server;
  private int port;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(serving);
    server.start();
    port = server.getAddress().getPort();
    serve("/image", exchange -> send(exchange, 200, IMAGE));
  }

  @AfterEach
  void stop() {
    released.countDown();
    fetchers.forEach(ImageFetcher::close);
    server.stop(0);
    serving.shutdownNow();
  }

  // ---- what works

  @Test
  void fetchesAnImage() {
    assertThat(bytes(fetcher(local()), uri("/image?token=secret#part"))).isEqualTo(IMAGE);
  }

  @Test
  void fetchesFromHostsWithAnUnderscore() {
    FetchSettings settings = settings(Set.of("image_store"), true, Duration.ofSeconds(5), 2);
    ImageFetcher fetcher = fetcher(settings, Map.of("image_store", "127.0.0.1"));
    assertThat(bytes(fetcher, URI.create("http://image_store:" + port + "/image")))
        .isEqualTo(IMAGE);
  }

  @Test
  void asksForAnImageAsItIs() {
    serve(
        "/headers",
        exchange ->
            send(
                exchange,
                200,
                "%s|%s|%s|%s"
                    .formatted(
                        exchange.getRequestMethod(),
                        exchange.getRequestHeaders().getFirst("Accept-Encoding"),
                        exchange.getRequestHeaders().getFirst("User-Agent"),
                        exchange.getRequestHeaders().getFirst("Host"))
                    .getBytes(UTF_8)));
    assertThat(new String(bytes(fetcher(local()), uri("/headers")), UTF_8))
        .isEqualTo("GET|identity|Halcyon|127.0.0.1:" + port);
  }

  @Test
  void followsRedirects() {
    serve("/a", exchange -> redirect(exchange, 302, "/b"));
    serve("/b", exchange -> redirect(exchange, 308, "http://127.0.0.1:" + port + "/image"));
    assertThat(bytes(fetcher(local()), uri("/a"))).isEqualTo(IMAGE);
  }

  @Test
  void triesAgainWhatPasses() {
    AtomicInteger calls = new AtomicInteger();
    serve("/busy", exchange -> send(exchange, calls.incrementAndGet() < 3 ? 503 : 200, IMAGE));
    assertThat(bytes(fetcher(local()), uri("/busy"))).isEqualTo(IMAGE);
    assertThat(calls).hasValue(3);
  }

  @Test
  void fetchesOneImageOfTheLargestSize() {
    byte[] largest = new byte[MAX_BYTES];
    Arrays.fill(largest, (byte) 7);
    serve("/largest", exchange -> send(exchange, 200, largest));
    assertThat(bytes(fetcher(local()), uri("/largest"))).isEqualTo(largest);
  }

  // ---- what the guard forbids

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:%d/image",
        "http://localhost:%d/image",
        "http://LOCALHOST.:%d/image",
        "http://2130706433:%d/image",
        "http://0x7f000001:%d/image",
        "http://[::1]:%d/image",
        "http://[::ffff:127.0.0.1]:%d/image",
        "http://0.0.0.0:%d/image",
        "http://10.0.0.1:%d/",
        "http://169.254.169.254:%d/latest/meta-data/",
        "http://user:secret@example.com:%d/",
        "ftp://example.com:%d/",
        "gopher://example.com:%d/",
        "jar:file:/x.jar!/%d",
        "file:///etc/passwd?%d",
        "http:/nohost/%d",
        "/relative/%d",
        "http://b\u00FCcher.example:%d/"
      })
  void forbidsWhatIsNotPublic(String uri) {
    ImageFetcher fetcher = fetcher(FetchSettings.defaults());
    URI target = URI.create(uri.formatted(port));
    // Some spellings of addresses are no names to the system either: then nothing is there.
    assertThat(reject(fetcher, target).reason())
        .isIn(
            uri.contains("0x7f") ? RejectReason.FETCH_FAILED : RejectReason.FETCH_FORBIDDEN,
            RejectReason.FETCH_FORBIDDEN);
    assertThat(reject(fetcher, target).detail()).doesNotContain("secret");
  }

  @Test
  void forbidsHostsThatAreNotNamed() {
    FetchSettings settings =
        settings(Set.of("images.example.com", "*.cdn.example"), false, Duration.ofSeconds(5), 2);
    ImageFetcher fetcher =
        fetcher(settings, Map.of("images.example.com", "10.0.0.1", "a.b.cdn.example", "10.0.0.1"));
    assertThat(reject(fetcher, URI.create("https://example.com/")).detail())
        .isEqualTo("the host example.com is not among allowedHosts");
    assertThat(reject(fetcher, URI.create("https://cdn.example/")).detail())
        .isEqualTo("the host cdn.example is not among allowedHosts");
    assertThat(reject(fetcher, URI.create("https://evilcdn.example/")).detail())
        .isEqualTo("the host evilcdn.example is not among allowedHosts");
    // Named, so it is looked up; but the address is internal, and that was not allowed.
    assertThat(reject(fetcher, URI.create("https://Images.Example.com./")).detail())
        .startsWith("the host images.example.com leads to an internal address");
    assertThat(reject(fetcher, URI.create("https://a.b.cdn.example/")).detail())
        .startsWith("the host a.b.cdn.example leads to an internal address");
  }

  @Test
  void forbidsANameWithOneInternalAddressAmongPublicOnes() {
    ImageFetcher fetcher =
        fetcher(
            FetchSettings.defaults(),
            host ->
                new InetAddress[] {
                  InetAddress.getByName("93.184.216.34"), InetAddress.getLoopbackAddress()
                });
    assertThat(reject(fetcher, URI.create("http://mixed.example:" + port + "/image")).reason())
        .isEqualTo(RejectReason.FETCH_FORBIDDEN);
  }

  /** A name that is public when it is checked and internal afterwards. */
  @Test
  void connectsToTheAddressThatWasChecked() {
    AtomicInteger lookups = new AtomicInteger();
    FetchSettings settings = settings(Set.of("rebind.example"), true, Duration.ofSeconds(5), 2);
    ImageFetcher fetcher =
        fetcher(
            settings,
            host -> {
              if (lookups.incrementAndGet() > 1) {
                throw new AssertionError("looked up again");
              }
              return new InetAddress[] {InetAddress.getLoopbackAddress()};
            });
    assertThat(bytes(fetcher, URI.create("http://rebind.example:" + port + "/image")))
        .isEqualTo(IMAGE);
    assertThat(lookups).hasValue(1);
  }

  @Test
  void checksEachRedirect() {
    serve("/inside", exchange -> redirect(exchange, 302, "http://internal.example/"));
    serve("/scheme", exchange -> redirect(exchange, 302, "file:///etc/passwd"));
    serve(
        "/user",
        exchange -> redirect(exchange, 302, "http://me:secret@127.0.0.1:" + port + "/image"));
    serve("/elsewhere", exchange -> redirect(exchange, 301, "http://other.example/"));
    FetchSettings settings =
        settings(
            Set.of("127.0.0.1", "*.internal.example", "internal.example"),
            true,
            Duration.ofSeconds(5),
            2);
    ImageFetcher fetcher = fetcher(settings, Map.of("127.0.0.1", "127.0.0.1"));
    assertThat(reject(fetcher, uri("/scheme")).reason()).isEqualTo(RejectReason.FETCH_FORBIDDEN);
    assertThat(reject(fetcher, uri("/user")).reason()).isEqualTo(RejectReason.FETCH_FORBIDDEN);
    assertThat(reject(fetcher, uri("/elsewhere")))
        .isEqualTo(
            new Rejected(
                RejectReason.FETCH_FORBIDDEN, "the host other.example is not among allowedHosts"));
    assertThat(reject(fetcher, uri("/inside")).detail())
        .isEqualTo("http://internal.example is not known");
  }

  @Test
  void boundsRedirects() {
    AtomicInteger calls = new AtomicInteger();
    serve(
        "/loop",
        exchange -> {
          calls.incrementAndGet();
          redirect(exchange, 302, "/loop");
        });
    assertThat(reject(fetcher(local()), uri("/loop")).detail())
        .isEqualTo("http://127.0.0.1:" + port + " redirects more than 2 times");
    assertThat(calls).hasValue(3);
  }

  @Test
  void doesNotReadTheBodyOfARedirect() {
    serve(
        "/endless-redirect",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/image");
          exchange.sendResponseHeaders(302, 0);
          writeEndlessly(exchange);
        });
    assertThat(bytes(fetcher(local()), uri("/endless-redirect"))).isEqualTo(IMAGE);
  }

  // ---- what servers do wrong

  @ParameterizedTest
  @ValueSource(ints = {204, 206, 400, 401, 403, 404, 410, 418, 500})
  void refusesOtherStatuses(int status) {
    AtomicInteger calls = new AtomicInteger();
    serve(
        "/status",
        exchange -> {
          calls.incrementAndGet();
          send(exchange, status, status == 204 ? new byte[0] : IMAGE);
        });
    assertThat(reject(fetcher(local()), uri("/status?secret")))
        .isEqualTo(
            new Rejected(
                RejectReason.FETCH_FAILED,
                "http://127.0.0.1:" + port + " answers with status " + status));
    assertThat(calls).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 502, 503, 504})
  void givesUpOnWhatDoesNotPass(int status) {
    AtomicInteger calls = new AtomicInteger();
    serve(
        "/status",
        exchange -> {
          calls.incrementAndGet();
          send(exchange, status, IMAGE);
        });
    assertThat(reject(fetcher(local()), uri("/status")).detail())
        .endsWith("answers with status " + status);
    assertThat(calls).hasValue(3);
  }

  @Test
  void stopsAtTheLimitWhateverLengthIsStated() {
    serve(
        "/stated",
        exchange -> {
          exchange.sendResponseHeaders(200, 10L * MAX_BYTES);
          writeEndlessly(exchange);
        });
    serve(
        "/chunked",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          writeEndlessly(exchange);
        });
    for (String path : List.of("/stated", "/chunked")) {
      assertThat(reject(fetcher(local()), uri(path)))
          .isEqualTo(
              new Rejected(
                  RejectReason.TOO_MANY_BYTES, "the image has more than " + MAX_BYTES + " bytes"));
    }
  }

  @Test
  void refusesABodyShorterThanStated() throws IOException {
    try (RawServer raw =
        new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this much")) {
      Rejected rejected = reject(fetcher(local()), raw.uri());
      assertThat(rejected.reason()).isEqualTo(RejectReason.FETCH_FAILED);
      assertThat(raw.connections()).isEqualTo(3);
    }
  }

  @Test
  void readsNoMoreThanStated() throws IOException {
    try (RawServer raw =
        new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody and a lot more")) {
      assertThat(bytes(fetcher(local()), raw.uri())).isEqualTo("body".getBytes(UTF_8));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not HTTP at all\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n",
        "HTTP/1.1 302 Found\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: :// no uri\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nbody",
      })
  void refusesNonsense(String response) throws IOException {
    try (RawServer raw = new RawServer(response)) {
      assertThat(reject(fetcher(local()), raw.uri()).reason()).isEqualTo(RejectReason.FETCH_FAILED);
    }
  }

  @Test
  void refusesEndlessHeaders() throws IOException {
    try (RawServer raw =
        new RawServer("HTTP/1.1 200 OK\r\n" + "X-Filler: 1234567890\r\n".repeat(20_000))) {
      assertThat(reject(fetcher(local()), raw.uri()).reason()).isEqualTo(RejectReason.FETCH_FAILED);
    }
  }

  @Test
  void saysThatAHostIsNotKnownOrDoesNotListen() throws IOException {
    ImageFetcher fetcher = fetcher(FetchSettings.defaults(), Map.of());
    assertThat(reject(fetcher, URI.create("http://nowhere.example/a/secret?b")))
        .isEqualTo(new Rejected(RejectReason.FETCH_FAILED, "http://nowhere.example is not known"));
    int unused;
    try (ServerSocket socket = new ServerSocket(0)) {
      unused = socket.getLocalPort();
    }
    Rejected refused = reject(fetcher(local()), URI.create("http://127.0.0.1:" + unused + "/"));
    assertThat(refused.reason()).isEqualTo(RejectReason.FETCH_FAILED);
  }

  @Test
  void refusesACertificateThatNobodyVouchesFor(@TempDir Path folder) throws Exception {
    HttpsServer tls =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    tls.setHttpsConfigurator(new HttpsConfigurator(selfSigned(folder.resolve("keys.p12"))));
    tls.createContext("/", exchange -> send(exchange, 200, IMAGE));
    tls.setExecutor(serving);
    tls.start();
    try {
      String at = "https://127.0.0.1:" + tls.getAddress().getPort();
      assertThat(reject(fetcher(local()), URI.create(at + "/")))
          .isEqualTo(
              new Rejected(RejectReason.FETCH_FAILED, at + " offers no trusted TLS connection"));
    } finally {
      tls.stop(0);
    }
  }

  private static SSLContext selfSigned(Path keys) throws Exception {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "test",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "SAN=ip:127.0.0.1",
                "-storepass",
                "password",
                "-keystore",
                keys.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), UTF_8);
    assertThat(keytool.waitFor()).as(output).isZero();
    KeyStore store = KeyStore.getInstance(keys.toFile(), "password".toCharArray());
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, "password".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  // ---- time

  @Test
  void timesOutOnASilentServer() {
    serve("/silent", exchange -> await());
    assertTimesOut("/silent");
  }

  @Test
  void timesOutOnADrippingServer() {
    serve(
        "/drip",
        exchange -> {
          exchange.sendResponseHeaders(200, 50_000);
          try (OutputStream out = exchange.getResponseBody()) {
            while (!released.await(50, TimeUnit.MILLISECONDS)) {
              out.write(1);
              out.flush();
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    assertTimesOut("/drip");
  }

  private void assertTimesOut(String path) {
    ImageFetcher fetcher = fetcher(settings(Set.of("127.0.0.1"), true, Duration.ofMillis(700), 2));
    long start = System.nanoTime();
    Rejected rejected = reject(fetcher, uri(path));
    assertThat(rejected.reason()).isEqualTo(RejectReason.TIMED_OUT);
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(Duration.ofMillis(600), Duration.ofSeconds(10));
    // Its thread is free again: with one thread, the next fetch could not start otherwise.
    assertThat(bytes(fetcher, uri("/image"))).isEqualTo(IMAGE);
  }

  @Test
  void delaysNoOtherImage() {
    serve("/slow", exchange -> await());
    ImageFetcher fetcher = fetcher(local());
    CompletableFuture<ByteBuffer> slow = fetcher.fetch(uri("/slow"));
    for (int i = 0; i < 20; i++) {
      assertThat(bytes(fetcher, uri("/image"))).isEqualTo(IMAGE);
    }
    assertThat(slow).isNotDone();
  }

  @Test
  void boundsFetchesUnderWay() throws Exception {
    AtomicInteger underWay = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    serve(
        "/counted",
        exchange -> {
          most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
          try {
            if (underWay.get() < 2) {
              released.await(20, TimeUnit.MILLISECONDS);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          underWay.decrementAndGet();
          send(exchange, 200, IMAGE);
        });
    ImageFetcher fetcher = fetcher(settings(Set.of("127.0.0.1"), true, Duration.ofSeconds(20), 2));
    List<CompletableFuture<ByteBuffer>> all = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      all.add(fetcher.fetch(uri("/counted")));
    }
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
    assertThat(most.get()).isBetween(1, 2);
  }

  @Test
  void endsAFetchThatIsCancelled() {
    serve("/slow", exchange -> await());
    ImageFetcher fetcher = fetcher(settings(Set.of("127.0.0.1"), true, Duration.ofSeconds(30), 1));
    fetcher.fetch(uri("/slow")).cancel(true);
    assertThat(bytes(fetcher, uri("/image"))).isEqualTo(IMAGE);
  }

  @Test
  void completesWhatIsOpenWhenClosed() {
    serve("/slow", exchange -> await());
    ImageFetcher fetcher = fetcher(settings(Set.of("127.0.0.1"), true, Duration.ofSeconds(30), 1));
    CompletableFuture<ByteBuffer> running = fetcher.fetch(uri("/slow"));
    CompletableFuture<ByteBuffer> waiting = fetcher.fetch(uri("/image"));
    fetcher.close();
    assertThat(running).isCompletedExceptionally();
    assertThat(waiting).isCompletedExceptionally();
    assertThatThrownBy(() -> fetcher.fetch(uri("/image")).join())
        .isInstanceOf(CancellationException.class);
  }

  // ---- files

  @Test
  void readsFilesBelowTheRootsAlone(@TempDir Path folder) throws IOException {
    Path root = Files.createDirectories(folder.resolve("root/deep"));
    Path other = Files.createDirectories(folder.resolve("root-other"));
    Path inside = Files.write(root.resolve("image.jpg"), IMAGE);
    Path outside = Files.write(other.resolve("image.jpg"), IMAGE);
    Path link = Files.createSymbolicLink(root.resolve("link.jpg"), outside);
    Path inner = Files.createSymbolicLink(root.resolve("inner.jpg"), inside);
    Path large = Files.write(root.resolve("large.jpg"), new byte[MAX_BYTES + 1]);
    FetchSettings settings =
        new FetchSettings(
            Set.of(),
            Set.of(),
            false,
            List.of(folder.resolve("root")),
            MAX_BYTES,
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            0,
            2);
    ImageFetcher fetcher = fetcher(settings);
    assertThat(bytes(fetcher, inside.toUri())).isEqualTo(IMAGE);
    assertThat(bytes(fetcher, inner.toUri())).isEqualTo(IMAGE);
    String up = root.toUri() + "../../root-other/image.jpg";
    for (URI uri : List.of(outside.toUri(), link.toUri(), URI.create(up), root.toUri())) {
      assertThat(reject(fetcher, uri).reason())
          .as(uri.toString())
          .isEqualTo(RejectReason.FETCH_FORBIDDEN);
    }
    assertThat(reject(fetcher, URI.create("file://host/etc/passwd")).reason())
        .isEqualTo(RejectReason.FETCH_FORBIDDEN);
    assertThat(reject(fetcher, large.toUri()).reason()).isEqualTo(RejectReason.TOO_MANY_BYTES);
    assertThat(reject(fetcher, root.resolve("none.jpg").toUri()).reason())
        .isEqualTo(RejectReason.FETCH_FAILED);
    assertThat(reject(fetcher, uri("/image")).reason()).isEqualTo(RejectReason.FETCH_FORBIDDEN);
  }

  // ---- helpers

  private FetchSettings local() {
    return settings(Set.of("127.0.0.1"), true, Duration.ofSeconds(20), 8);
  }

  private static FetchSettings settings(
      Set<String> hosts, boolean allowPrivate, Duration total, int maxConcurrent) {
    return new FetchSettings(
        Set.of("http", "https"),
        hosts,
        allowPrivate,
        List.of(),
        MAX_BYTES,
        Duration.ofSeconds(5),
        total,
        2,
        maxConcurrent);
  }

  private ImageFetcher fetcher(FetchSettings settings) {
    return fetcher(settings, InetAddress::getAllByName);
  }

  private ImageFetcher fetcher(FetchSettings settings, Map<String, String> names) {
    return fetcher(
        settings,
        host -> {
          if (!names.containsKey(host)) {
            throw new UnknownHostException(host);
          }
          return InetAddress.getAllByName(names.get(host));
        });
  }

  private ImageFetcher fetcher(FetchSettings settings, FetchGuard.Resolver resolver) {
    ImageFetcher fetcher = new ImageFetcher(settings, resolver, Duration.ofMillis(5));
    fetchers.add(fetcher);
    return fetcher;
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private static byte[] bytes(ImageFetcher fetcher, URI uri) {
    ByteBuffer buffer = fetcher.fetch(uri).join();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static Rejected reject(ImageFetcher fetcher, URI uri) {
    try {
      fetcher.fetch(uri).get();
      throw new AssertionError("fetched " + uri);
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isInstanceOf(RejectedImageException.class);
      return ((RejectedImageException) e.getCause()).rejected();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void serve(String path, HttpHandler handler) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            handler.handle(exchange);
          }
        });
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  private static void redirect(HttpExchange exchange, int status, String location)
      throws IOException {
    exchange.getResponseHeaders().add("Location", location);
    exchange.sendResponseHeaders(status, -1);
  }

  private void writeEndlessly(HttpExchange exchange) {
    byte[] block = new byte[8192];
    try (OutputStream out = exchange.getResponseBody()) {
      while (released.getCount() > 0) {
        out.write(block);
      }
    } catch (IOException e) {
      // The client has had enough, as it should.
    }
  }

  private void await() {
    try {
      released.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sends the same bytes to whoever connects, and closes. */
  private final class RawServer implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final AtomicInteger connections = new AtomicInteger();

    RawServer(String response) throws IOException {
      serving.execute(
          () -> {
            while (!socket.isClosed()) {
              try (Socket client = socket.accept()) {
                connections.incrementAndGet();
                // The request, up to its empty line.
                int ends = 0;
                while (ends < 4) {
                  int next = client.getInputStream().read();
                  if (next < 0) {
                    break;
                  }
                  ends = next == '\r' || next == '\n' ? ends + 1 : 0;
                }
                client.getOutputStream().write(response.getBytes(UTF_8));
                client.shutdownOutput();
              } catch (IOException e) {
                // The client or the test is done.
              }
            }
          });
    }

    URI uri() {
      return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/raw?secret");
    }

    int connections() {
      return connections.get();
    }

    @Override
    public void close() {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
