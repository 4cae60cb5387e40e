package dev.halcyon.app.config;

import dev.halcyon.clip.fetch.FetchSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** What may be fetched for uploads that carry a URI; see {@link FetchSettings}. */
public record FetchConfig(
    @Setting("Schemes that may be fetched, of http and https.") List<String> allowedSchemes,
    @Setting(
            "Hosts that may be fetched from; *.example.com stands for every name below example.com;"
                + " empty allows every public host.")
        List<String> allowedHosts,
    @Setting(
            "Whether hosts named in allowedHosts may resolve to loopback, private or otherwise"
                + " internal addresses.")
        boolean allowPrivateAddresses,
    @Setting("Folders below which file: URIs may be read; empty forbids them.")
        List<String> fileRoots,
    @Setting("Time to open one connection.") Duration connectTimeout,
    @Setting("Time for one image, redirects and body included.") Duration totalTimeout,
    @Setting("Most redirects followed for one image.") int maxRedirects,
    @Setting("Fetches under way at once; more wait their turn.") int maxConcurrent) {
  public FetchConfig {
    allowedSchemes = List.copyOf(allowedSchemes);
    allowedHosts = List.copyOf(allowedHosts);
    fileRoots = List.copyOf(fileRoots);
    for (String scheme : allowedSchemes) {
      if (!scheme.equals("http") && !scheme.equals("https")) {
        throw new ConfigException(
            "allowedSchemes \""
                + scheme
                + "\" is neither http nor https; files are allowed by"
                + " fileRoots");
      }
    }
    requirePositive("connectTimeout", connectTimeout);
    requirePositive("totalTimeout", totalTimeout);
    if (maxRedirects < 0) {
      throw new ConfigException("maxRedirects " + maxRedirects + " is below 0");
    }
    if (maxConcurrent < 1) {
      throw new ConfigException("maxConcurrent " + maxConcurrent + " is below 1");
    }
  }

  public static FetchConfig defaults() {
    FetchSettings settings = FetchSettings.defaults();
    return new FetchConfig(
        settings.allowedSchemes().stream().sorted().toList(),
        settings.allowedHosts().stream().sorted().toList(),
        settings.allowPrivateAddresses(),
        settings.fileRoots().stream().map(Path::toString).toList(),
        settings.connectTimeout(),
        settings.totalTimeout(),
        settings.maxRedirects(),
        settings.maxConcurrent());
  }

  /**
   * The fetcher's settings.
   *
   * @param maxBytes most bytes of one image
   */
  public FetchSettings settings(int maxBytes) {
    return new FetchSettings(
        Set.copyOf(allowedSchemes),
        Set.copyOf(allowedHosts),
        allowPrivateAddresses,
        fileRoots.stream().map(Path::of).toList(),
        maxBytes,
        connectTimeout,
        totalTimeout,
        maxRedirects,
        maxConcurrent);
  }

  private static void requirePositive(String name, Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new ConfigException(name + " " + Durations.format(duration) + " must be above 0");
    }
  }
}
