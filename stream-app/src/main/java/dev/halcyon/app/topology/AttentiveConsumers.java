package dev.halcyon.app.topology;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/**
 * Kafka's clients as Kafka Streams makes them itself, but that a stream thread's wait for uploads
 * ends when an analysis has finished: its results need not wait for the next upload or for {@code
 * kafka.poll}.
 *
 * <p>The wait is ended by {@link Consumer#wakeup()}, which makes the poll under way, or the next
 * call that may block, throw. A poll then gives no records, and any other call is made again: each
 * is one that may be, and a wake-up throws once. Kafka Streams never sees the exception.
 *
 * <p>Under {@code group.protocol=streams} Kafka Streams 4.3 makes its main consumer without asking,
 * and results wait for {@code kafka.poll} at most.
 */
final class AttentiveConsumers implements KafkaClientSupplier {
  /** A result has come while the thread was busy, and its punctuation is due by then. */
  private static final Duration SHORT_WAIT = Duration.ofMillis(1);

  private final Supplier<WindowsOfThread> windows;

  /** Clients for threads whose windows the supplier gives, each thread its own. */
  AttentiveConsumers(Supplier<WindowsOfThread> windows) {
    this.windows = windows;
  }

  @Override
  public Admin getAdmin(Map<String, Object> config) {
    return Admin.create(config);
  }

  @Override
  public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
    return attentive(consumer(config), windows);
  }

  @Override
  public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
    return consumer(config);
  }

  @Override
  public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
    return consumer(config);
  }

  @Override
  public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static Consumer<byte[], byte[]> consumer(Map<String, Object> config) {
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  @SuppressWarnings("unchecked")
  static Consumer<byte[], byte[]> attentive(
      Consumer<byte[], byte[]> consumer, Supplier<WindowsOfThread> windows) {
    return (Consumer<byte[], byte[]>)
        Proxy.newProxyInstance(
            AttentiveConsumers.class.getClassLoader(),
            new Class<?>[] {Consumer.class},
            new Attentive(consumer, windows));
  }

  private record Attentive(Consumer<byte[], byte[]> consumer, Supplier<WindowsOfThread> windows)
      implements InvocationHandler {
    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
      if (method.getName().equals("poll")) {
        return poll((Duration) arguments[0]);
      }
      while (true) {
        try {
          return method.invoke(consumer, arguments);
        } catch (InvocationTargetException e) {
          if (!(e.getCause() instanceof WakeupException)) {
            throw e.getCause();
          }
        }
      }
    }

    private ConsumerRecords<byte[], byte[]> poll(Duration patience) {
      WindowsOfThread ofThread = windows.get();
      boolean idle = ofThread.beginWait(consumer::wakeup);
      try {
        return consumer.poll(idle || patience.compareTo(SHORT_WAIT) < 0 ? patience : SHORT_WAIT);
      } catch (WakeupException e) {
        return ConsumerRecords.empty();
      } finally {
        ofThread.endWait();
      }
    }
  }
}
