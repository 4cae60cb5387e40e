package dev.halcyon.app.config;

/** The whole configuration. */
public record AppConfig(
    @Setting("The model and how it runs.") EngineConfig engine,
    @Setting("Limits on one image, checked before it is decoded.") ImagesConfig images,
    @Setting("What may be fetched for uploads that carry a URI.") FetchConfig fetch,
    @Setting("The admin port: metrics and health.") AdminConfig admin) {
  public static AppConfig defaults() {
    return new AppConfig(
        EngineConfig.defaults(),
        ImagesConfig.defaults(),
        FetchConfig.defaults(),
        AdminConfig.defaults());
  }
}
