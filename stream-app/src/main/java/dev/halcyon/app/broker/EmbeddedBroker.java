package dev.halcyon.app.broker;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;

/**
 * A real Kafka cluster of one or several KRaft brokers inside this JVM, listening on the loopback
 * address without encryption.
 *
 * <p>Node 1 is broker and controller, the others are brokers. A node can be stopped and started
 * again: it keeps its directory and its port, so clients carry on where they were. {@link #close()}
 * stops every node and deletes the directory, unless the caller named it.
 *
 * <p>All three coordinators of groups (classic, consumer, streams) are on, session time-outs down
 * to a second are accepted, and topics are never created by accident. The methods may be called by
 * any thread; they exclude each other.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private static final int PORT_ATTEMPTS = 5;

  private final Path directory;
  private final boolean temporary;
  private final List<KafkaNode> nodes;
  private boolean closed;

  private EmbeddedBroker(Path directory, boolean temporary, List<KafkaNode> nodes) {
    this.directory = directory;
    this.temporary = temporary;
    this.nodes = nodes;
  }

  /** Starts one broker in a temporary directory on a free port. */
  public static EmbeddedBroker start() {
    return builder().start();
  }

  public static Builder builder() {
    return new Builder();
  }

  /** The address of every node, running or not, as a client's {@code bootstrap.servers}. */
  public String bootstrapServers() {
    return nodes.stream().map(KafkaNode::address).collect(Collectors.joining(","));
  }

  /** How many nodes the cluster has, running or not. */
  public int size() {
    return nodes.size();
  }

  /** Where the cluster keeps its data: one folder a node. */
  public Path directory() {
    return directory;
  }

  /** Stops every node and starts it again on the same directory and port. */
  public synchronized void restart() {
    stop();
    startNodes();
  }

  /** Stops every node. The data stays. */
  public synchronized void stop() {
    // The controller goes last, so that the others can take their leave of it.
    inParallel(nodes.subList(1, nodes.size()), KafkaNode::stop);
    nodes.get(0).stop();
  }

  /**
   * Stops one node.
   *
   * @param node 1 to {@link #size()}; node 1 is the controller, without which nothing is elected
   */
  public synchronized void stop(int node) {
    node(node).stop();
  }

  /**
   * Starts one node that was stopped; does nothing where it is running.
   *
   * @param node 1 to {@link #size()}
   */
  public synchronized void start(int node) {
    if (closed) {
      throw new IllegalStateException("the broker is closed");
    }
    node(node).start();
  }

  /** Stops every node and deletes the temporary directory. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      stop();
    } finally {
      if (temporary) {
        deleteRecursively(directory);
      }
    }
  }

  private void startNodes() {
    if (closed) {
      throw new IllegalStateException("the broker is closed");
    }
    inParallel(nodes, KafkaNode::start);
  }

  private KafkaNode node(int node) {
    if (node < 1 || node > nodes.size()) {
      throw new IllegalArgumentException("node " + node + " is not in 1.." + nodes.size());
    }
    return nodes.get(node - 1);
  }

  private static void inParallel(
      List<KafkaNode> nodes, java.util.function.Consumer<KafkaNode> task) {
    CompletableFuture<?>[] running =
        nodes.stream()
            .map(
                node ->
                    CompletableFuture.runAsync(
                        () -> task.accept(node), command -> new Thread(command, "broker").start()))
            .toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(running).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private static void deleteRecursively(Path directory) {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new BrokerException("cannot delete the broker's directory " + directory, e);
    }
  }

  /** How to start the cluster. What is not said is chosen: one node, temporary, a free port. */
  public static final class Builder {
    private int brokers = 1;
    private Path directory;
    private List<Integer> ports = List.of();
    private final Map<String, String> settings = new TreeMap<>();

    private Builder() {}

    /** How many nodes, at least 1; the cluster's own topics are replicated to up to 3 of them. */
    public Builder brokers(int count) {
      if (count < 1) {
        throw new IllegalArgumentException("brokers must be 1 or more, not " + count);
      }
      brokers = count;
      return this;
    }

    /** Keeps the data here, also after closing. A cluster that is there already is continued. */
    public Builder directory(Path kept) {
      directory = requireNonNull(kept);
      return this;
    }

    /** The ports to listen on, one for each node. */
    public Builder ports(Integer... chosen) {
      ports = List.of(chosen);
      return this;
    }

    /** Sets a broker setting of every node, over what this class chooses. */
    public Builder setting(String key, String value) {
      settings.put(requireNonNull(key), requireNonNull(value));
      return this;
    }

    /**
     * Starts the cluster and waits until every node serves clients.
     *
     * @throws BrokerException where a node does not come up; nothing of it stays behind
     */
    public EmbeddedBroker start() {
      if (!ports.isEmpty() && ports.size() != brokers) {
        throw new IllegalArgumentException(
            brokers + " brokers need as many ports, not " + ports.size());
      }
      boolean temporary = directory == null;
      Path home = temporary ? temporaryDirectory() : directory.toAbsolutePath();
      for (int attempt = 1; ; attempt++) {
        EmbeddedBroker broker = new EmbeddedBroker(home, temporary, layOut(home));
        try {
          broker.startNodes();
          return broker;
        } catch (RuntimeException e) {
          // Between finding a free port and listening on it, another process may have taken it.
          boolean again = attempt < PORT_ATTEMPTS && isAddressInUse(e) && ports.isEmpty();
          try {
            if (again) {
              broker.stop();
            } else {
              broker.close();
            }
          } catch (RuntimeException suppressed) {
            e.addSuppressed(suppressed);
          }
          if (!again) {
            throw e;
          }
        }
      }
    }

    private List<KafkaNode> layOut(Path home) {
      List<Integer> free = freePorts(brokers + 1);
      int controllerPort = free.get(brokers);
      List<Integer> chosen = ports.isEmpty() ? free.subList(0, brokers) : ports;
      String clusterId = KafkaNode.clusterId(home).orElseGet(() -> Uuid.randomUuid().toString());
      List<KafkaNode> nodes = new ArrayList<>();
      for (int id = 1; id <= brokers; id++) {
        nodes.add(
            new KafkaNode(
                id, brokers, clusterId, home, chosen.get(id - 1), controllerPort, settings));
      }
      return List.copyOf(nodes);
    }

    private static Path temporaryDirectory() {
      try {
        return Files.createTempDirectory("halcyon-broker-");
      } catch (IOException e) {
        throw new BrokerException(
            "cannot create a directory for the broker in "
                + System.getProperty("java.io.tmpdir")
                + "; set java.io.tmpdir to a writable one",
            e);
      }
    }

    /** Different ports: each is held until all are found. */
    private static List<Integer> freePorts(int count) {
      if (count == 0) {
        return new ArrayList<>();
      }
      try (ServerSocket held = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        List<Integer> ports = freePorts(count - 1);
        ports.add(held.getLocalPort());
        return ports;
      } catch (IOException e) {
        throw new BrokerException("cannot find a free port on the loopback address", e);
      }
    }

    private static boolean isAddressInUse(Throwable thrown) {
      for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
        if (cause instanceof java.net.BindException) {
          return true;
        }
      }
      return false;
    }
  }
}
