package dev.halcyon.app.topology;

import dev.halcyon.app.config.KafkaConfig;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running topology.
 *
 * <p>An error in a stream thread stops this instance and no other: a broken engine is a matter of
 * this machine, and the other instances take over its partitions and what was pending in them.
 */
public final class ModerationStream implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModerationStream.class);
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(30);

  private final KafkaStreams streams;
  private final KafkaConfig kafka;
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();

  /** One for all who ask: the future remembers each copy it gave until the stream stops. */
  private final CompletableFuture<Void> toldStopped = stopped.copy();

  private volatile Throwable failure;

  /** Prepares to run a topology; {@link #start()} starts it. */
  public ModerationStream(ModerationTopology topology) {
    kafka = topology.kafka();
    streams =
        new KafkaStreams(
            topology.topology(),
            StreamsProperties.of(kafka),
            new AttentiveConsumers(topology::windowsOfThread));
    streams.setUncaughtExceptionHandler(
        thrown -> {
          failure = thrown;
          LOG.error("The stream stops: {}", rootCause(thrown).toString(), thrown);
          return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
    streams.setStateListener(
        (now, before) -> {
          LOG.info("Stream {} -> {}", before, now);
          if (now == KafkaStreams.State.ERROR) {
            Throwable cause =
                failure != null
                    ? failure
                    : new IllegalStateException("every stream thread has died, see the log");
            stopped.completeExceptionally(cause);
          } else if (now == KafkaStreams.State.NOT_RUNNING) {
            stopped.complete(null);
          }
        });
  }

  /**
   * Starts the stream threads.
   *
   * @throws dev.halcyon.app.config.ConfigException if the brokers refuse the group's settings
   */
  public void start() {
    StreamsGroup.configure(kafka);
    streams.start();
  }

  /**
   * Completes when the stream has stopped: normally after {@link #close()}, with the cause where it
   * stopped by itself. Then this object is still to be closed, by another thread than the one that
   * completed it.
   */
  public CompletableFuture<Void> stopped() {
    return toldStopped;
  }

  /** Whether every stream thread has its partitions, restored and running. */
  public boolean isRunning() {
    return streams.state() == KafkaStreams.State.RUNNING;
  }

  /** The Kafka Streams inside, for its metrics. */
  public KafkaStreams kafkaStreams() {
    return streams;
  }

  /** Stops the stream threads and waits for them. What is pending stays remembered. */
  @Override
  public void close() {
    if (!streams.close(CLOSE_PATIENCE)) {
      LOG.warn(
          "Stream threads still run after {} s; what they had not committed will be done again",
          CLOSE_PATIENCE.toSeconds());
    }
  }

  private static Throwable rootCause(Throwable thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    return cause;
  }
}
