package dev.halcyon.app.topology;

import dev.halcyon.app.audit.CanarySet;
import dev.halcyon.app.config.BiasConfig;
import dev.halcyon.events.BiasReport;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.serialization.Serializer;

/**
 * What reporting rates by label, surface and group takes.
 *
 * @param config windows and limits
 * @param canarySet name of the canary pictures this instance knows
 * @param canaries the canary pictures, by the SHA-256 of their bytes
 * @param reports writes report events
 */
public record BiasReporting(
    BiasConfig config,
    String canarySet,
    Map<String, CanarySet.Picture> canaries,
    Serializer<BiasReport> reports) {
  public BiasReporting {
    canaries = Map.copyOf(canaries);
  }

  /** With the canary pictures of a folder, or none where it has no manifest. */
  public static BiasReporting of(
      BiasConfig config, Optional<CanarySet> canaries, Serializer<BiasReport> reports) {
    return new BiasReporting(
        config,
        canaries.map(CanarySet::id).orElse(""),
        canaries.map(CanarySet::bySha256).orElse(Map.of()),
        reports);
  }
}
