package dev.halcyon.app.broker;

final class SharedBrokerTest extends BrokerSuite {
  @Override
  protected String bootstrapServers() {
    return SharedBroker.bootstrapServers();
  }
}
