package dev.halcyon.clip.fetch;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What may be fetched, and at what cost.
 *
 * @param allowedSchemes of {@code http}, {@code https}; lower case
 * @param allowedHosts host names that may be fetched from, lower case; {@code *.example.com} stands
 *     for every name below example.com; empty allows every public host
 * @param allowPrivateAddresses whether hosts named in {@code allowedHosts} may resolve to loopback,
 *     private or otherwise internal addresses
 * @param fileRoots folders below which {@code file:} URIs may be read; empty forbids them
 * @param maxBytes most bytes of one image
 * @param connectTimeout for one connection
 * @param totalTimeout for one image, redirects and body included, from when its fetch starts
 * @param maxRedirects most redirects followed for one image
 * @param maxConcurrent fetches under way at once; more wait their turn
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
  public FetchSettings {
    allowedSchemes = Set.copyOf(allowedSchemes);
    allowedHosts = Set.copyOf(allowedHosts);
    fileRoots = List.copyOf(fileRoots);
  }

  /** HTTP and HTTPS from every public host, no files; 32 MiB, 5 s to connect, 30 s in all. */
  public static FetchSettings defaults() {
    return new FetchSettings(
        Set.of("http", "https"),
        Set.of(),
        false,
        List.of(),
        32 << 20,
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        3,
        64);
  }
}
