package dev.halcyon.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.halcyon.clip.EngineBrokenException;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ImageAnalyzer;
import dev.halcyon.clip.ImageSource;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.clip.Outcome;
import dev.halcyon.clip.RejectReason;
import dev.halcyon.clip.Rejected;
import dev.halcyon.clip.TextAnalysis;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32;

/**
 * An engine that takes the time of a device and no other work: batches of a fixed size in a fixed
 * time. What it sees in an image depends on the image's bytes alone; one in a hundred is unreadable
 * to it. One thread of its own runs the batches and completes the futures.
 */
public final class SimulatedDevice implements ImageAnalyzer {
  private static final ModelIdentity MODEL =
      new ModelIdentity("simulated", "0".repeat(64), "none", 8, 100f, 0f);

  private final int batch;
  private final long batchNanos;
  private final long breaksAfter;
  private final LinkedBlockingQueue<Work> queue = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile RuntimeException ended;

  private record Work(ImageSource image, CompletableFuture<Outcome> future) {}

  /**
   * Starts a device.
   *
   * @param batch most images in a batch
   * @param batchTime time of a batch, full or not
   * @param breaksAfter after how many images it breaks for good, 0 for never
   */
  public SimulatedDevice(int batch, Duration batchTime, long breaksAfter) {
    this.batch = batch;
    this.batchNanos = batchTime.toNanos();
    this.breaksAfter = breaksAfter;
    thread = new Thread(this::run, "simulated-device");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public CompletableFuture<Outcome> analyze(ImageSource image, TextAnalysis text) {
    Work work = new Work(image, new CompletableFuture<>());
    queue.add(work);
    RuntimeException reason = ended;
    if (reason != null) {
      work.future.completeExceptionally(reason);
    }
    return work.future;
  }

  @Override
  public ModelIdentity model() {
    return MODEL;
  }

  @Override
  public void close() {
    if (ended == null) {
      ended = new CancellationException("the device is closed");
    }
    thread.interrupt();
  }

  private void run() {
    long done = 0;
    long free = System.nanoTime();
    List<Work> running = new ArrayList<>(batch);
    try {
      while (ended == null) {
        running.add(queue.take());
        queue.drainTo(running, batch - 1);
        free = Math.max(free, System.nanoTime()) + batchNanos;
        for (long left = free - System.nanoTime(); left > 0; left = free - System.nanoTime()) {
          LockSupport.parkNanos(left);
          if (Thread.interrupted()) {
            throw new InterruptedException();
          }
        }
        done += running.size();
        if (breaksAfter > 0 && done >= breaksAfter) {
          ended = new EngineBrokenException("the simulated device is lost", null);
          break;
        }
        running.forEach(work -> work.future.complete(look(work.image)));
        running.clear();
      }
    } catch (InterruptedException e) {
      // Closed.
    }
    queue.drainTo(running);
    running.forEach(work -> work.future.completeExceptionally(ended));
  }

  private static Outcome look(ImageSource image) {
    CRC32 crc = new CRC32();
    if (image instanceof ImageSource.Inline inline) {
      crc.update(inline.bytes().duplicate());
    } else if (image instanceof ImageSource.Remote remote) {
      crc.update(ByteBuffer.wrap(remote.uri().toString().getBytes(UTF_8)));
    }
    long value = crc.getValue();
    if (value % 100 == 0) {
      return new Rejected(RejectReason.UNREADABLE, "the simulated device cannot read it");
    }
    float[] embedding = new float[MODEL.dimensions()];
    embedding[(int) (value % embedding.length)] = 1;
    return new Evidence(
        MODEL, embedding, Optional.empty(), 1, 1, "simulated", Long.toHexString(value), false);
  }
}
