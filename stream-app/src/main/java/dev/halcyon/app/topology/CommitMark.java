package dev.halcyon.app.topology;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * Counts the commits of a task: a store without contents, which Kafka Streams commits with the
 * task's other stores once everything the task has sent is acknowledged and its offsets are
 * committed. Under at-least-once that is after every commit; under exactly-once it is seldom, and
 * nobody asks. Used by the task's stream thread alone.
 */
final class CommitMark implements StateStore {
  static final String NAME = "commit-mark";

  private long commits;
  private boolean open;

  /** How many commits there have been since the task was opened. */
  long commits() {
    return commits;
  }

  @Override
  public void commit(Map<TopicPartition, Long> changelogOffsets) {
    commits++;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    context.register(root, (key, value) -> {});
    open = true;
  }

  @Override
  public void close() {
    open = false;
  }

  @Override
  public boolean persistent() {
    return false;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  /** Makes one mark a task, with no changelog. */
  static final class Builder implements StoreBuilder<CommitMark> {
    @Override
    public CommitMark build() {
      return new CommitMark();
    }

    @Override
    public String name() {
      return NAME;
    }

    @Override
    public StoreBuilder<CommitMark> withCachingEnabled() {
      throw new UnsupportedOperationException("a mark has nothing to cache");
    }

    @Override
    public StoreBuilder<CommitMark> withCachingDisabled() {
      return this;
    }

    @Override
    public StoreBuilder<CommitMark> withLoggingEnabled(Map<String, String> config) {
      throw new UnsupportedOperationException("a mark has nothing to log");
    }

    @Override
    public StoreBuilder<CommitMark> withLoggingDisabled() {
      return this;
    }

    @Override
    public Map<String, String> logConfig() {
      return Map.of();
    }

    @Override
    public boolean loggingEnabled() {
      return false;
    }
  }
}
