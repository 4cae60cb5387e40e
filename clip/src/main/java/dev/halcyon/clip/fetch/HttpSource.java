package dev.halcyon.clip.fetch;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * The HTTP client: plain GETs, connections kept for reuse, every address through the guard. It
 * follows no redirect, keeps no cookie, sends no credentials and unpacks no body by itself.
 */
final class HttpSource implements AutoCloseable {
  private static final int MAX_HEADER_BYTES = 16 << 10;
  private static final int MAX_HEADERS = 100;

  /** After which a name is looked up, and checked, anew. */
  private static final TimeValue CONNECTION_LIFE = TimeValue.ofMinutes(1);

  private final FetchSettings settings;
  private final FetchGuard guard;
  private final Duration firstPause;
  private final CloseableHttpClient client;

  HttpSource(FetchSettings settings, FetchGuard guard, Duration firstPause) {
    this.firstPause = firstPause;
    this.settings = settings;
    this.guard = guard;
    Timeout connect = Timeout.of(settings.connectTimeout());
    Timeout total = Timeout.of(settings.totalTimeout());
    Http1Config limits =
        Http1Config.custom()
            .setMaxLineLength(MAX_HEADER_BYTES)
            .setMaxHeaderCount(MAX_HEADERS)
            .build();
    PoolingHttpClientConnectionManager connections =
        PoolingHttpClientConnectionManagerBuilder.create()
            .setDnsResolver(new GuardedResolver(guard))
            .setConnectionFactory(
                ManagedHttpClientConnectionFactory.builder().http1Config(limits).build())
            .setMaxConnTotal(settings.maxConcurrent())
            .setMaxConnPerRoute(settings.maxConcurrent())
            .setDefaultSocketConfig(SocketConfig.custom().setSoTimeout(total).build())
            .setDefaultConnectionConfig(
                ConnectionConfig.custom()
                    .setConnectTimeout(connect)
                    .setSocketTimeout(total)
                    .setTimeToLive(CONNECTION_LIFE)
                    .setValidateAfterInactivity(TimeValue.ofSeconds(1))
                    .build())
            .build();
    this.client =
        HttpClients.custom()
            .setConnectionManager(connections)
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setConnectionRequestTimeout(total)
                    .setResponseTimeout(total)
                    .setRedirectsEnabled(false)
                    .setAuthenticationEnabled(false)
                    .build())
            .setDefaultHeaders(
                List.of(
                    new BasicHeader(HttpHeaders.ACCEPT, "image/*"),
                    new BasicHeader(HttpHeaders.ACCEPT_ENCODING, "identity")))
            .setUserAgent("Halcyon")
            .disableRedirectHandling()
            .disableAutomaticRetries()
            .disableAuthCaching()
            .disableCookieManagement()
            .disableContentCompression()
            .disableConnectionState()
            .build();
  }

  /** Prepares one fetch; nothing is sent yet. When the future completes, the fetch ends. */
  HttpFetch start(URI uri, CompletableFuture<ByteBuffer> future) {
    HttpFetch fetch = new HttpFetch(uri, settings, guard, client, firstPause);
    future.whenComplete((bytes, failure) -> fetch.stop());
    return fetch;
  }

  @Override
  public void close() {
    client.close(CloseMode.IMMEDIATE);
  }

  /** Hands the client the addresses that were checked, and no others. */
  private record GuardedResolver(FetchGuard guard) implements DnsResolver {
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      return guard.resolve(host);
    }

    @Override
    public String resolveCanonicalHostname(String host) {
      return host;
    }
  }
}
