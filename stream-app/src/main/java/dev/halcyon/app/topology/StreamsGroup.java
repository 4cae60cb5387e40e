package dev.halcyon.app.topology;

import dev.halcyon.app.config.ConfigException;
import dev.halcyon.app.config.GroupProtocol;
import dev.halcyon.app.config.KafkaConfig;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;

/**
 * What the brokers, not the instances, hold for a group of the streams protocol: its time-outs and
 * its standby replicas. The classic protocol has nothing of the kind.
 */
final class StreamsGroup {
  private StreamsGroup() {}

  /**
   * Tells the brokers what the configuration says of the group.
   *
   * @throws ConfigException if they refuse
   */
  static void configure(KafkaConfig kafka) {
    if (kafka.groupProtocol() != GroupProtocol.STREAMS) {
      return;
    }
    ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, kafka.applicationId());
    List<AlterConfigOp> settings =
        List.of(
            set("streams.session.timeout.ms", kafka.sessionTimeout().toMillis()),
            set("streams.heartbeat.interval.ms", kafka.heartbeatInterval().toMillis()),
            set("streams.num.standby.replicas", kafka.standbyReplicas()));
    try (Admin admin = Admin.create(kafka.clientProperties())) {
      admin.incrementalAlterConfigs(Map.of(group, settings)).all().get();
    } catch (ExecutionException e) {
      throw new ConfigException(
          "the brokers refuse the settings of group "
              + kafka.applicationId()
              + " (kafka.sessionTimeout, kafka.heartbeatInterval, kafka.standbyReplicas): "
              + e.getCause().getMessage()
              + "; change them, allow the program to alter group configurations, or set"
              + " kafka.groupProtocol to classic");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConfigException("interrupted while configuring group " + kafka.applicationId());
    }
  }

  private static AlterConfigOp set(String name, long value) {
    return new AlterConfigOp(new ConfigEntry(name, Long.toString(value)), AlterConfigOp.OpType.SET);
  }
}
