package dev.halcyon.app.broker;

/**
 * One embedded broker for all tests of this JVM, started when the first one asks. Tests keep out of
 * each other's way by names of their own, see {@link KafkaClients#unique}.
 */
public final class SharedBroker {
  private static EmbeddedBroker broker;

  private SharedBroker() {}

  public static synchronized String bootstrapServers() {
    if (broker == null) {
      broker = EmbeddedBroker.start();
      Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "close-shared-broker"));
    }
    return broker.bootstrapServers();
  }
}
