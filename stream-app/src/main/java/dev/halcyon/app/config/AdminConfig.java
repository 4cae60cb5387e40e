package dev.halcyon.app.config;

/**
 * The admin port: metrics and health.
 *
 * @param enabled whether it is opened
 * @param bindAddress address to listen on
 * @param port port to listen on, 0 for a free one
 */
public record AdminConfig(
    @Setting("Whether the admin port is opened.") boolean enabled,
    @Setting("Address to listen on.") String bindAddress,
    @Setting("Port of /metrics, /health/live and /health/ready; 0 takes a free one.") int port) {
  public AdminConfig {
    if (bindAddress.isBlank()) {
      throw new ConfigException("bindAddress is empty; write 0.0.0.0 for every interface");
    }
    if (port < 0 || port > 65_535) {
      throw new ConfigException("port " + port + " is outside 0 to 65535");
    }
  }

  public static AdminConfig defaults() {
    return new AdminConfig(true, "0.0.0.0", 8080);
  }
}
