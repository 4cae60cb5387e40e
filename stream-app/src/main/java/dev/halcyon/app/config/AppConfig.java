package dev.halcyon.app.config;

/**
 * The whole configuration.
 *
 * @param admin the admin port
 */
public record AppConfig(@Setting("The admin port: metrics and health.") AdminConfig admin) {
  public static AppConfig defaults() {
    return new AppConfig(AdminConfig.defaults());
  }
}
