package dev.halcyon.app.config;

/** The whole configuration. */
public record AppConfig(
    @Setting("How the program speaks to Kafka.") KafkaConfig kafka,
    @Setting("Names of the topics, and how they are made.") TopicsConfig topics,
    @Setting("How events are written and read.") SerdesConfig serdes,
    @Setting("The window of pending uploads, one for each partition.") WindowConfig window,
    @Setting("The model and how it runs.") EngineConfig engine,
    @Setting("Where models are fetched from and kept.") ModelsConfig models,
    @Setting("How images are brought to the model.") ImagesConfig images,
    @Setting("What may be fetched for uploads that carry a URI.") FetchConfig fetch,
    @Setting("Label sets on this instance.") LabelsConfig labels,
    @Setting("Rates by label and surface, and canary pictures.") BiasConfig bias,
    @Setting("The admin port: metrics and health.") AdminConfig admin) {
  public AppConfig {
    window.checkAgainst(kafka);
  }

  public static AppConfig defaults() {
    return new AppConfig(
        KafkaConfig.defaults(),
        TopicsConfig.defaults(),
        SerdesConfig.defaults(),
        WindowConfig.defaults(),
        EngineConfig.defaults(),
        ModelsConfig.defaults(),
        ImagesConfig.defaults(),
        FetchConfig.defaults(),
        LabelsConfig.defaults(),
        BiasConfig.defaults(),
        AdminConfig.defaults());
  }
}
