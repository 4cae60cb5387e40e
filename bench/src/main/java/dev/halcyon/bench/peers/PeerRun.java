package dev.halcyon.bench.peers;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * One peer, once: a backlog for its throughput, then a steady trickle for its latency.
 *
 * @param imagesPerSecond over the backlog, its first quarter left out as warming up
 * @param p50Millis median time from sending a picture to reading its committed result
 * @param p99Millis the same, which one in a hundred exceeds
 * @param versions what the peer says it runs on
 */
record PeerRun(double imagesPerSecond, double p50Millis, double p99Millis, String versions) {

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
      List<byte[]> pictures,
      int backlog,
      int trickle,
      double perSecond)
      throws IOException, InterruptedException {
    peer.prepare(bench, run);
    try (KafkaProducer<String, byte[]> producer = producer(bench)) {
      for (int i = 0; i < backlog; i++) {
        send(bench, peer, run, producer, "backlog-" + i, pictures.get(i % pictures.size()));
      }
      producer.flush();
      try (Arrivals arrivals = new Arrivals(bench.broker().bootstrapServers(), peer.results(run));
          PeerProcess process = peer.start(bench, run)) {
        arrivals.await(backlog, process);
        long[] moments = arrivals.inOrder();
        int warm = backlog / 4;
        double rate = (backlog - 1 - warm) / ((moments[backlog - 1] - moments[warm]) / 1e9);

        Map<String, Long> sent = new HashMap<>();
        long began = System.nanoTime();
        for (int i = 0; i < trickle; i++) {
          long due = began + (long) (i * 1e9 / perSecond);
          for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
          }
          String id = "trickle-" + i;
          sent.put(id, System.nanoTime());
          send(bench, peer, run, producer, id, pictures.get(i % pictures.size()));
          producer.flush();
        }
        arrivals.await(backlog + trickle, process);
        double[] millis =
            sent.entrySet().stream()
                .mapToDouble(entry -> (arrivals.at(entry.getKey()) - entry.getValue()) / 1e6)
                .sorted()
                .toArray();
        return new PeerRun(
            rate,
            quantile(millis, 0.5),
            quantile(millis, 0.99),
            process.line("versions").orElse(peer.versions(bench)));
      }
    }
  }

  private static double quantile(double[] sorted, double q) {
    return sorted[Math.min(sorted.length - 1, (int) Math.ceil(q * sorted.length) - 1)];
  }

  /** The middle of several values. */
  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
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
