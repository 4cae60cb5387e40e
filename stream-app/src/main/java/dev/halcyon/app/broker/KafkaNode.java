package dev.halcyon.app.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/** One node of the cluster: its directory, its port, its settings, and while it runs its server. */
final class KafkaNode {
  private static final String HOST = "127.0.0.1";
  private static final int CONTROLLER_ID = 1;
  private static final String CONTROLLER_LISTENER = "CONTROLLER";

  private final int id;
  private final int port;
  private final String clusterId;
  private final Path directory;
  private final Map<String, String> settings;
  private KafkaRaftServer server;

  KafkaNode(
      int id,
      int clusterSize,
      String clusterId,
      Path home,
      int port,
      int controllerPort,
      Map<String, String> overrides) {
    this.id = id;
    this.port = port;
    this.clusterId = clusterId;
    this.directory = nodeDirectory(home, id);
    this.settings = settings(clusterSize, controllerPort);
    this.settings.putAll(overrides);
  }

  /** The id of the cluster that lives in a directory, where one does. */
  static Optional<String> clusterId(Path home) {
    Path file = nodeDirectory(home, CONTROLLER_ID).resolve("meta.properties");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Properties written = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      written.load(reader);
    } catch (IOException e) {
      throw new BrokerException("cannot read " + file, e);
    }
    return Optional.ofNullable(written.getProperty("cluster.id"));
  }

  String address() {
    return HOST + ":" + port;
  }

  /** Formats the directory where it is new, then starts and waits until clients are served. */
  synchronized void start() {
    if (server != null) {
      return;
    }
    KafkaRaftServer starting = null;
    try {
      // Kafka would find out late, and loudly.
      new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
      format();
      starting = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
      starting.startup();
      server = starting;
    } catch (Exception e) {
      if (starting != null) {
        starting.shutdown();
      }
      throw new BrokerException(
          "node " + id + " of the embedded broker does not start on " + address() + ": " + e, e);
    }
  }

  synchronized void stop() {
    if (server == null) {
      return;
    }
    KafkaRaftServer stopping = server;
    server = null;
    stopping.shutdown();
    stopping.awaitShutdown();
  }

  private void format() throws Exception {
    try (PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
      new Formatter()
          .setPrintStream(nowhere)
          .setNodeId(id)
          .setClusterId(clusterId)
          .addDirectory(directory.toString())
          .setMetadataLogDirectory(directory.toString())
          .setControllerListenerName(CONTROLLER_LISTENER)
          .setIgnoreFormatted(true)
          .run();
    }
  }

  private Map<String, String> settings(int clusterSize, int controllerPort) {
    boolean controller = id == CONTROLLER_ID;
    String listener = "PLAINTEXT://" + address();
    int copies = Math.min(3, clusterSize);
    int minInSync = Math.max(1, copies - 1);

    Map<String, String> s = new HashMap<>();
    s.put("node.id", Integer.toString(id));
    s.put("process.roles", controller ? "broker,controller" : "broker");
    s.put("controller.quorum.voters", CONTROLLER_ID + "@" + HOST + ":" + controllerPort);
    s.put("controller.listener.names", CONTROLLER_LISTENER);
    s.put(
        "listeners",
        controller
            ? listener + "," + CONTROLLER_LISTENER + "://" + HOST + ":" + controllerPort
            : listener);
    s.put("advertised.listeners", listener);
    s.put("inter.broker.listener.name", "PLAINTEXT");
    s.put(
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT," + CONTROLLER_LISTENER + ":PLAINTEXT");
    s.put("log.dirs", directory.toString());

    s.put("default.replication.factor", Integer.toString(copies));
    s.put("min.insync.replicas", Integer.toString(minInSync));
    s.put("offsets.topic.replication.factor", Integer.toString(copies));
    s.put("transaction.state.log.replication.factor", Integer.toString(copies));
    s.put("transaction.state.log.min.isr", Integer.toString(minInSync));
    s.put("share.coordinator.state.topic.replication.factor", Integer.toString(copies));
    s.put("share.coordinator.state.topic.min.isr", Integer.toString(minInSync));
    // The first use of groups and of transactions waits until these topics stand.
    s.put("offsets.topic.num.partitions", "3");
    s.put("transaction.state.log.num.partitions", "3");
    s.put("share.coordinator.state.topic.num.partitions", "3");
    s.put("auto.create.topics.enable", "false");

    s.put("group.initial.rebalance.delay.ms", "0");
    s.put("group.min.session.timeout.ms", "1000");
    s.put("group.streams.initial.rebalance.delay.ms", "0");
    // Members of these groups take both times from the broker, not from their own settings.
    for (String protocol : new String[] {"consumer", "streams"}) {
      s.put("group." + protocol + ".min.session.timeout.ms", "1000");
      s.put("group." + protocol + ".session.timeout.ms", "6000");
      s.put("group." + protocol + ".min.heartbeat.interval.ms", "200");
      s.put("group." + protocol + ".heartbeat.interval.ms", "1000");
    }
    s.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");

    // A guest in somebody's JVM: few threads, and no 128 MiB for the log cleaner.
    s.put("num.network.threads", "2");
    s.put("num.io.threads", "4");
    s.put("background.threads", "2");
    s.put("num.recovery.threads.per.data.dir", "1");
    s.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20));
    return s;
  }

  private static Path nodeDirectory(Path home, int id) {
    return home.resolve("node-" + id);
  }
}
