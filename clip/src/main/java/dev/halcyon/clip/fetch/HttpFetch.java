package dev.halcyon.clip.fetch;

import dev.halcyon.clip.RejectReason;
import dev.halcyon.clip.RejectedImageException;
import dev.halcyon.clip.fetch.FetchGuard.ForbiddenAddressException;
import dev.halcyon.clip.fetch.FetchGuard.Target;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;

/**
 * One image on its way over HTTP. Attempts come one after the other, on any threads; {@link #stop}
 * may be called from any other.
 */
final class HttpFetch {
  private static final int MAX_ATTEMPTS = 3;
  private static final int CHUNK_BYTES = 16 << 10;

  /** What a stated length is trusted for before the bytes are there. */
  private static final int MAX_TRUSTED_BYTES = 1 << 20;

  private final URI uri;
  private final FetchSettings settings;
  private final FetchGuard guard;
  private final CloseableHttpClient client;
  private final Duration firstPause;
  private int attempts;

  private volatile boolean stopped;
  private volatile HttpGet current;

  /** The attempt failed for a reason that may pass. */
  static final class PassingException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    private PassingException(Duration retryAfter) {
      super(null, null, false, false);
      this.retryAfter = retryAfter;
    }

    Duration retryAfter() {
      return retryAfter;
    }
  }

  /** Either the image, or where to look next. */
  private record Answer(ByteBuffer image, URI next) {}

  /**
   * @param firstPause before the second attempt; the third waits four times as long
   */
  HttpFetch(
      URI uri,
      FetchSettings settings,
      FetchGuard guard,
      CloseableHttpClient client,
      Duration firstPause) {
    this.firstPause = firstPause;
    this.uri = uri;
    this.settings = settings;
    this.guard = guard;
    this.client = client;
  }

  /** Breaks off the request under way, and starts no other. */
  void stop() {
    stopped = true;
    HttpGet request = current;
    if (request != null) {
      request.cancel();
    }
  }

  /**
   * Fetches the image, following redirects.
   *
   * @throws RejectedImageException FETCH_FORBIDDEN, FETCH_FAILED, TIMED_OUT or TOO_MANY_BYTES
   * @throws PassingException if another attempt may help
   */
  ByteBuffer attempt() throws PassingException {
    attempts++;
    URI at = uri;
    for (int redirects = 0; ; redirects++) {
      Target target = guard.check(at);
      Answer answer = get(at, target);
      if (answer.image != null) {
        return answer.image;
      }
      if (redirects == settings.maxRedirects()) {
        throw failed(target, "redirects more than " + settings.maxRedirects() + " times");
      }
      if ("https".equalsIgnoreCase(at.getScheme())
          && "http".equalsIgnoreCase(answer.next.getScheme())) {
        throw FetchGuard.forbidden(target + " redirects from https to http");
      }
      at = answer.next;
    }
  }

  private Answer get(URI at, Target target) throws PassingException {
    HttpGet request = new HttpGet(at);
    current = request;
    if (stopped) {
      request.cancel();
    }
    HttpHost host = new HttpHost(target.scheme(), target.host(), target.port());
    ClassicHttpResponse response = null;
    try {
      response = client.executeOpen(host, request, HttpClientContext.create());
      Answer answer = answer(at, target, response);
      if (answer.image == null) {
        request.cancel();
      }
      return answer;
    } catch (ForbiddenAddressException e) {
      throw FetchGuard.forbidden(
          "the host "
              + target.host()
              + " leads to an internal address; allowedHosts with allowPrivateAddresses permits it");
    } catch (UnknownHostException e) {
      throw passing(failed(target, "is not known"));
    } catch (SSLException e) {
      throw failed(target, "offers no trusted TLS connection");
    } catch (SocketTimeoutException e) {
      throw new RejectedImageException(RejectReason.TIMED_OUT, target + " did not answer in time");
    } catch (IOException e) {
      throw passing(failed(target, "broke the connection: " + e.getClass().getSimpleName()));
    } catch (RejectedImageException | PassingException e) {
      request.cancel();
      throw e;
    } finally {
      current = null;
      close(response);
    }
  }

  /** Closing reads on to the end of a body, unless its request has been cancelled. */
  private static void close(ClassicHttpResponse response) {
    if (response != null) {
      try {
        response.close();
      } catch (IOException e) {
        // The connection is gone, as is wanted.
      }
    }
  }

  private Answer answer(URI at, Target target, ClassicHttpResponse response)
      throws IOException, PassingException {
    int status = response.getCode();
    switch (status) {
      case 200 -> {
        Header encoding = response.getFirstHeader(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !"identity".equalsIgnoreCase(encoding.getValue())) {
          throw failed(target, "answers with an encoded body, which was not asked for");
        }
        return new Answer(body(response.getEntity()), null);
      }
      case 301, 302, 303, 307, 308 -> {
        return new Answer(null, location(at, target, response));
      }
      case 429, 502, 503, 504 -> throw passing(failed(target, "answers with status " + status));
      default -> throw failed(target, "answers with status " + status);
    }
  }

  private static URI location(URI at, Target target, ClassicHttpResponse response) {
    Header location = response.getFirstHeader(HttpHeaders.LOCATION);
    if (location == null) {
      throw failed(target, "redirects to nowhere");
    }
    try {
      return at.resolve(new URI(location.getValue().strip()));
    } catch (URISyntaxException e) {
      throw failed(target, "redirects to something that is no URI");
    }
  }

  private ByteBuffer body(HttpEntity entity) throws IOException {
    if (entity == null) {
      return ByteBuffer.allocate(0);
    }
    long stated = entity.getContentLength();
    if (stated > settings.maxBytes()) {
      throw ImageFetcher.tooManyBytes(settings.maxBytes());
    }
    int expected = (int) Math.max(CHUNK_BYTES, Math.min(stated, MAX_TRUSTED_BYTES));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(expected);
    byte[] chunk = new byte[CHUNK_BYTES];
    InputStream in = entity.getContent();
    for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
      if (n > settings.maxBytes() - bytes.size()) {
        throw ImageFetcher.tooManyBytes(settings.maxBytes());
      }
      bytes.write(chunk, 0, n);
    }
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  /** The failure itself once the attempts are used up, else a wish for another. */
  private PassingException passing(RejectedImageException failure) {
    if (stopped || attempts >= MAX_ATTEMPTS) {
      throw failure;
    }
    return new PassingException(firstPause.multipliedBy(1L << (2 * (attempts - 1))));
  }

  private static RejectedImageException failed(Target target, String what) {
    return new RejectedImageException(RejectReason.FETCH_FAILED, target + " " + what);
  }
}
