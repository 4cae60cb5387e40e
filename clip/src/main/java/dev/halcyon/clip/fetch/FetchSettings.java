package dev.halcyon.clip.fetch;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What may be fetched, and at what cost. Fetches under way hold at most {@code maxConcurrent x
 * maxBytes} of heap.
 *
 * @param allowedSchemes of {@code http}, {@code https}; lower case
 * @param allowedHosts host names that may be fetched from, lower case; {@code *.example.com} stands
 *     for every name below example.com; empty allows every public host
 * @param allowPrivateAddresses whether hosts named in {@code allowedHosts} may resolve to loopback,
 *     private or otherwise internal addresses; no other host ever may
 * @param fileRoots folders below which {@code file:} URIs may be read; empty forbids them
 * @param maxBytes most bytes of one image, at least 1
 * @param connectTimeout for one connection, above 0
 * @param totalTimeout for one image, redirects and body included, from when its fetch starts
 * @param maxRedirects most redirects followed for one image, at least 0
 * @param maxConcurrent fetches under way at once, at least 1; more wait their turn
 */
public record FetchSettings(
    Set<String> allowedSchemes,
    Set<String> allowedHosts,
    boolean allowPrivateAddresses,
    List<Path> fileRoots,
    int maxBytes,
    Duration connectTimeout,
    Duration totalTimeout,
    int maxRedirects,
    int maxConcurrent) {
  private static final Set<String> SCHEMES = Set.of("http", "https");

  public FetchSettings {
    allowedSchemes = Set.copyOf(allowedSchemes);
    allowedHosts = Set.copyOf(allowedHosts);
    fileRoots = List.copyOf(fileRoots);
    for (String scheme : allowedSchemes) {
      require(
          SCHEMES.contains(scheme),
          "allowedSchemes: " + scheme + " is neither http nor https; files need fileRoots");
    }
    for (String host : allowedHosts) {
      String name = host.startsWith("*.") ? host.substring(2) : host;
      require(
          !name.isEmpty() && !name.contains("*") && !name.contains("/"),
          "allowedHosts: " + host + " is not a host name, nor *. and a host name");
      require(
          host.equals(host.toLowerCase(Locale.ROOT)),
          "allowedHosts: " + host + " is not in lower case");
    }
    require(
        !allowPrivateAddresses || !allowedHosts.isEmpty(),
        "allowPrivateAddresses needs the hosts it is for named in allowedHosts");
    require(maxBytes >= 1, "maxBytes " + maxBytes + " is below 1");
    require(isPositive(connectTimeout), "connectTimeout " + connectTimeout + " is not above 0");
    require(isPositive(totalTimeout), "totalTimeout " + totalTimeout + " is not above 0");
    require(maxRedirects >= 0, "maxRedirects " + maxRedirects + " is below 0");
    require(maxConcurrent >= 1, "maxConcurrent " + maxConcurrent + " is below 1");
  }

  private static boolean isPositive(Duration duration) {
    return !duration.isNegative() && !duration.isZero();
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  /** HTTP and HTTPS from every public host, no files; 32 MiB, 5 s to connect, 30 s in all. */
  public static FetchSettings defaults() {
    return new FetchSettings(
        SCHEMES,
        Set.of(),
        false,
        List.of(),
        32 << 20,
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        3,
        64);
  }

  /** Whether {@code allowedHosts} names this host, in lower case and without a final dot. */
  boolean names(String host) {
    if (allowedHosts.contains(host)) {
      return true;
    }
    for (int dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      if (allowedHosts.contains("*" + host.substring(dot))) {
        return true;
      }
    }
    return false;
  }
}
