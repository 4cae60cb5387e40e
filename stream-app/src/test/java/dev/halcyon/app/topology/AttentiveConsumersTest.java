package dev.halcyon.app.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.junit.jupiter.api.Test;

class AttentiveConsumersTest {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final WindowsOfThread windows = new WindowsOfThread();
  private final List<String> calls = new ArrayList<>();
  private final Deque<RuntimeException> failures = new ArrayDeque<>();

  @Test
  void aWakeUpEndsAPollWithoutRecords() {
    failures.add(new WakeupException());
    assertThat(consumer().poll(PATIENCE)).isSameAs(ConsumerRecords.EMPTY);
    assertThat(calls).containsExactly("poll PT1S");
  }

  @Test
  void aWakeUpThatCameTooLateForItsPollIsNoReasonToFailTheNextCall() {
    failures.add(new WakeupException());
    consumer().commitSync();
    assertThat(calls).containsExactly("commitSync", "commitSync");
  }

  @Test
  void otherErrorsComeAsTheyAre() {
    failures.add(new TimeoutException("no coordinator"));
    failures.add(new TimeoutException("no metadata"));
    assertThatThrownBy(() -> consumer().commitSync())
        .isInstanceOf(TimeoutException.class)
        .hasMessage("no coordinator");
    assertThatThrownBy(() -> consumer().poll(PATIENCE))
        .isInstanceOf(TimeoutException.class)
        .hasMessage("no metadata");
    assertThat(calls).hasSize(2);
  }

  @Test
  void onlyWhileAPollIsUnderWayIsTheConsumerWoken() {
    Consumer<byte[], byte[]> consumer = consumer();
    windows.analysisFinished();
    consumer.poll(PATIENCE);
    windows.analysisFinished();
    failures.add(new TimeoutException("a poll that fails is over too"));
    assertThatThrownBy(() -> consumer.poll(PATIENCE)).isInstanceOf(TimeoutException.class);
    windows.analysisFinished();
    assertThat(calls).doesNotContain("wakeup");
  }

  /** A consumer that notes its calls, and fails them as long as there are failures. */
  private Consumer<byte[], byte[]> consumer() {
    @SuppressWarnings("unchecked")
    Consumer<byte[], byte[]> noting =
        (Consumer<byte[], byte[]>)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Consumer.class},
                (proxy, method, arguments) -> {
                  boolean poll = method.getName().equals("poll");
                  calls.add(method.getName() + (poll ? " " + arguments[0] : ""));
                  if (!failures.isEmpty()) {
                    throw failures.remove();
                  }
                  return poll ? ConsumerRecords.empty() : null;
                });
    return AttentiveConsumers.attentive(noting, () -> windows);
  }
}
