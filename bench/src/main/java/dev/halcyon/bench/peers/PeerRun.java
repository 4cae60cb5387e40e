package dev.halcyon.bench.peers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * One peer, once: a backlog for its throughput, then a steady trickle for its latency.
 *
 * @param imagesPerSecond over the backlog, its first quarter left out as warming up
 * @param writtenMillis from sending a picture to when its result is in the topic, sorted
 * @param readableMillis the same to when a reader of committed records has it
 * @param versions what the peer says it runs on
 */
record PeerRun(
    double imagesPerSecond, double[] writtenMillis, double[] readableMillis, String versions) {

  /**
   * Runs a peer.
   *
   * @param pictures encoded, taken in turn
   * @param backlog pictures of the throughput phase
   * @param trickle pictures of the latency phase
   * @param perSecond how many a second of those
   */
  static PeerRun of(
      Workbench bench,
      Peer peer,
      String run,
      LongFunction<ByteBuffer> pictures,
      int backlog,
      int trickle,
      double perSecond)
      throws IOException, InterruptedException {
    peer.prepare(bench, run);
    try (KafkaProducer<String, byte[]> producer = producer(bench)) {
      for (int i = 0; i < backlog; i++) {
        send(bench, peer, run, producer, "backlog-" + i, bytes(pictures, i));
      }
      producer.flush();
      String brokers = bench.broker().bootstrapServers();
      try (Arrivals readable = new Arrivals(brokers, peer.results(run), "read_committed");
          PeerProcess process = peer.start(bench, run)) {
        readable.await(backlog, process);
        long[] moments = readable.inOrder();
        int warm = backlog / 4;
        double rate = (backlog - 1 - warm) / ((moments[backlog - 1] - moments[warm]) / 1e9);
        // The second reader's work is no part of the throughput.
        try (Arrivals written = new Arrivals(brokers, peer.results(run), "read_uncommitted")) {
          written.await(backlog, process);
          Map<String, Long> sent = new HashMap<>();
          long began = System.nanoTime();
          for (int i = 0; i < trickle; i++) {
            long due = began + (long) (i * 1e9 / perSecond);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
              LockSupport.parkNanos(left);
            }
            String id = "trickle-" + i;
            sent.put(id, System.nanoTime());
            send(bench, peer, run, producer, id, bytes(pictures, (long) backlog + i));
            producer.flush();
          }
          readable.await(backlog + trickle, process);
          written.await(backlog + trickle, process);
          return new PeerRun(
              rate,
              written.millisSince(sent),
              readable.millisSince(sent),
              process.line("versions").orElse(peer.versions(bench)));
        }
      }
    }
  }

  private static KafkaProducer<String, byte[]> producer(Workbench bench) {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers",
            bench.broker().bootstrapServers(),
            // What is sent here is no part of what is measured.
            "enable.idempotence",
            false,
            "max.request.size",
            33 << 20,
            "buffer.memory",
            128L << 20),
        new StringSerializer(),
        new ByteArraySerializer());
  }

  private static byte[] bytes(LongFunction<ByteBuffer> pictures, long number) {
    ByteBuffer picture = pictures.apply(number);
    byte[] bytes = new byte[picture.remaining()];
    picture.get(bytes);
    return bytes;
  }

  private static void send(
      Workbench bench,
      Peer peer,
      String run,
      KafkaProducer<String, byte[]> producer,
      String id,
      byte[] picture) {
    producer.send(
        new ProducerRecord<>(peer.uploads(run), id, peer.upload(bench, run, id, picture)));
  }
}
