package dev.halcyon.clip.batch;

import dev.halcyon.clip.EngineBrokenException;
import dev.halcyon.clip.EngineObserver;
import dev.halcyon.clip.EngineSettings;
import dev.halcyon.clip.RejectedImageException;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers the images of all threads into batches and runs them on the device. One for the JVM.
 *
 * <h2>Memory</h2>
 *
 * There are as many batch memories as lanes, and two more. They are allocated once and go round:
 * free, filling, full, running, free. While batches run, one more fills and one more stands full:
 * when a lane is done, its next batch is already there, even where the threads that fill were held
 * up for as long as a batch runs. A submitter first claims a place in the filling batch, then
 * writes its pixels straight into that place, many at a time and outside the lock, so a picture is
 * never copied and nothing is allocated for it. When no memory is free, the submitter waits. This
 * bounds what is in here, by count (places) and so by bytes (a place has a fixed size), and slows
 * whoever decodes to the speed of the device.
 *
 * <h2>When a batch runs</h2>
 *
 * A batch closes when it is full, or as soon as a lane is idle and it is due. It is due when its
 * oldest image has waited for {@code linger}, or when no company is expected: every ticket that was
 * drawn has been used or withdrawn, and every place that was claimed is written. So a lone image
 * does not wait at all, and under load a batch fills. While every lane is busy a batch that is due
 * stays open, because closing it would gain nothing; and where lanes queue behind each other, while
 * any lane is busy, for no longer than {@code linger}. A closed batch runs when its last place has
 * been written, which takes one picture's preprocessing at most: fetching and decoding come before
 * a place is claimed.
 *
 * <h2>When something fails</h2>
 *
 * Which image is at fault is found in {@link Lane}. An engine fault latches: every open future, and
 * every later one, completes with the same {@link EngineBrokenException}. So does a batch that
 * takes longer than {@code runTimeout}; the thread that is stuck in the device is then given up.
 *
 * <h2>Threads</h2>
 *
 * <ul>
 *   <li>Any thread draws tickets and submits. A submitter writes only the place it claimed.
 *   <li>A lane's thread alone touches its {@link BatchRunner}, from its first run on, and closes
 *       it.
 *   <li>One thread completes futures, so that nobody's dependents hold up the device.
 *   <li>One thread watches for runs that take too long.
 *   <li>Everything mutable in here and in {@link Filling} is guarded by {@code lock}.
 * </ul>
 */
public final class Batcher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Batcher.class);

  /** Batches that are filled or being filled while every lane runs. */
  private static final int AHEAD = 2;

  private final Ticker ticker;
  private final EngineObserver observer;
  private final long lingerNanos;
  private final long runTimeoutNanos;
  private final boolean lanesQueue;
  private final BatchLimit limit;
  private final ExecutorService completer;
  private final List<LaneThread> lanes = new ArrayList<>();
  private final List<BatchMemory> memories = new ArrayList<>();
  private final Thread watcher;

  private final ReentrantLock lock = new ReentrantLock();

  /** A memory became free, or all has ended. */
  private final Condition room = lock.newCondition();

  /** A batch may have become due, full or written, or all has ended. */
  private final Condition work = lock.newCondition();

  /** A run began, or all has ended. */
  private final Condition runs = lock.newCondition();

  private final Deque<Filling> free = new ArrayDeque<>();
  private final Deque<Filling> closed = new ArrayDeque<>();
  private Filling filling;
  private int expected;
  private RuntimeException ended;

  /**
   * Starts the lanes, and returns when each has shown that its device computes.
   *
   * @param runners the lanes into the device, at least one; owned by the batcher from here on
   * @throws EngineBrokenException if a device does not compute
   */
  public static Batcher start(
      List<? extends BatchRunner> runners, EngineSettings settings, EngineObserver observer) {
    return new Batcher(runners, settings, observer, Ticker.SYSTEM);
  }

  Batcher(
      List<? extends BatchRunner> runners,
      EngineSettings settings,
      EngineObserver observer,
      Ticker ticker) {
    if (runners.isEmpty()) {
      throw new IllegalArgumentException("a batcher needs a runner");
    }
    if (settings.maxBatch() == 0) {
      throw new IllegalArgumentException("maxBatch is left open; settle it for the device first");
    }
    this.ticker = ticker;
    this.observer = Objects.requireNonNull(observer, "observer");
    this.lingerNanos = settings.linger().toNanos();
    this.runTimeoutNanos = settings.runTimeout().toNanos();
    this.lanesQueue = runners.stream().anyMatch(BatchRunner::queuesBehindOtherLanes);
    int maxItems =
        Math.min(
            settings.maxBatch(), runners.stream().mapToInt(BatchRunner::maxItems).min().getAsInt());
    this.limit = new BatchLimit(maxItems, observer);
    try {
      for (BatchRunner runner : runners) {
        lanes.add(new LaneThread(runner, maxItems, lanes.size()));
      }
      for (int i = 0; i < runners.size() + AHEAD; i++) {
        BatchMemory memory = runners.get(0).allocate(maxItems);
        memories.add(memory);
        free.add(new Filling(memory));
      }
    } catch (RuntimeException e) {
      memories.forEach(BatchMemory::close);
      lanes.forEach(lane -> lane.lane.close());
      throw e;
    }
    this.completer =
        Executors.newSingleThreadExecutor(task -> daemon(task, "halcyon-engine-results"));
    this.watcher = daemon(this::watch, "halcyon-engine-watch");
    watcher.start();
    lanes.forEach(LaneThread::start);
    try {
      lanes.forEach(lane -> lane.warmed.join());
    } catch (CompletionException e) {
      close();
      throw e.getCause() instanceof EngineBrokenException broken ? broken : e;
    }
  }

  /** Most images in a batch. */
  public int maxItems() {
    return limit.items();
  }

  /**
   * Announces an image that is on its way, so that its batch waits for it. Every ticket is to be
   * closed, whether it was used or not.
   */
  public Ticket expect() {
    lock.lock();
    try {
      expected++;
    } finally {
      lock.unlock();
    }
    return new Ticket();
  }

  /** An image on its way to a batch. Used by one thread at a time. */
  public final class Ticket implements AutoCloseable {
    private final AtomicBoolean open = new AtomicBoolean(true);

    private Ticket() {}

    /**
     * Puts the image into a batch. Blocks while there is no room.
     *
     * @param writer writes the image's input; run once, on this thread
     * @return the model's embedding as it came out; completes exceptionally with {@link
     *     RejectedImageException} if the model refuses this image alone, {@link
     *     EngineBrokenException} if the engine is at fault, {@link CancellationException} if the
     *     batcher was closed, or with what the writer threw
     * @throws InterruptedException if interrupted while waiting for room
     */
    public CompletableFuture<float[]> submit(Consumer<FloatBuffer> writer)
        throws InterruptedException {
      if (!open.compareAndSet(true, false)) {
        throw new IllegalStateException("this ticket was used or closed");
      }
      return Batcher.this.submit(writer);
    }

    /** Withdraws the image, if it was not submitted. */
    @Override
    public void close() {
      if (open.compareAndSet(true, false)) {
        lock.lock();
        try {
          arrived();
        } finally {
          lock.unlock();
        }
      }
    }
  }

  private CompletableFuture<float[]> submit(Consumer<FloatBuffer> writer)
      throws InterruptedException {
    CompletableFuture<float[]> future = new CompletableFuture<>();
    Filling batch;
    int place;
    lock.lock();
    try {
      try {
        while (ended == null && filling == null && (filling = free.poll()) == null) {
          room.await();
        }
      } finally {
        arrived();
      }
      if (ended != null) {
        future.completeExceptionally(ended);
        return future;
      }
      batch = filling;
      place = batch.claim(future, ticker.nanoTime());
      if (batch.claimed() >= limit.items()) {
        close(batch);
      }
      if (place == 0 || filling == null) {
        work.signalAll();
      }
    } finally {
      lock.unlock();
    }
    Throwable failure = null;
    try {
      batch.memory().write(place, writer);
    } catch (Throwable e) {
      failure = e;
      throw e;
    } finally {
      written(batch, place, failure);
    }
    return future;
  }

  /** One image less is expected. */
  private void arrived() {
    expected--;
    if (expected == 0) {
      work.signalAll();
    }
  }

  private void close(Filling batch) {
    closed.add(batch);
    filling = null;
  }

  private void written(Filling batch, int place, Throwable failure) {
    lock.lock();
    try {
      batch.written(place, failure);
      if (batch.isWritten()) {
        work.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a batch to run; null when all has ended. */
  private Filling take(LaneThread lane) throws InterruptedException {
    lock.lock();
    try {
      while (ended == null) {
        if (closed.isEmpty() && filling != null) {
          long waitNanos = nanosUntilDue(filling);
          if (waitNanos > 0) {
            ticker.await(lock, work, waitNanos);
            continue;
          }
          close(filling);
        }
        Filling batch = closed.poll();
        if (batch == null) {
          work.await();
          continue;
        }
        room.signalAll();
        lane.running = batch;
        while (ended == null && !batch.isWritten()) {
          work.await();
        }
        if (ended == null) {
          return batch;
        }
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  private long nanosUntilDue(Filling batch) {
    boolean companyComes = expected > 0 || !batch.isWritten();
    boolean wouldQueue = lanesQueue && lanes.stream().anyMatch(lane -> lane.running != null);
    return !companyComes && !wouldQueue ? 0 : batch.oldestNanos() + lingerNanos - ticker.nanoTime();
  }

  private void run(LaneThread lane, Filling batch) {
    long startedNanos = ticker.nanoTime();
    long waitNanos = startedNanos - batch.oldestNanos();
    int items = batch.claimed();
    Lane.Result result = lane.lane.execute(batch.memory(), items);
    observer.batchRan(items, waitNanos, ticker.nanoTime() - startedNanos);
    lock.lock();
    try {
      lane.running = null;
      lane.onDevice = false;
      if (ended != null) {
        return;
      }
      List<Filling.Item> done = batch.recycle();
      completer.execute(
          () -> {
            for (int i = 0; i < items; i++) {
              done.get(i).complete(result.embeddings()[i], result.refusals()[i]);
            }
          });
      free.add(batch);
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends everything: all futures complete with the reason, all threads leave. */
  private void end(RuntimeException reason) {
    lock.lock();
    try {
      if (ended != null) {
        return;
      }
      ended = reason;
      List<Filling.Item> open = new ArrayList<>();
      if (filling != null) {
        open.addAll(filling.items());
      }
      closed.forEach(batch -> open.addAll(batch.items()));
      for (LaneThread lane : lanes) {
        if (lane.running != null) {
          open.addAll(lane.running.items());
        }
      }
      completer.execute(() -> open.forEach(item -> item.fail(reason)));
      completer.shutdown();
      lanes.forEach(lane -> lane.warmed.completeExceptionally(reason));
      room.signalAll();
      work.signalAll();
      runs.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Breaks the engine if a run takes too long. */
  private void watch() {
    lock.lock();
    try {
      while (ended == null) {
        long now = ticker.nanoTime();
        long left = Long.MAX_VALUE;
        for (LaneThread lane : lanes) {
          if (lane.onDevice) {
            left = Math.min(left, lane.runningSince + runTimeoutNanos - now);
          }
        }
        if (left <= 0) {
          break;
        }
        if (left == Long.MAX_VALUE) {
          runs.await();
        } else {
          ticker.await(lock, runs, left);
        }
      }
    } catch (InterruptedException e) {
      return;
    } finally {
      lock.unlock();
    }
    broken(
        new EngineBrokenException(
            "the engine is broken: a batch has been on the device for more than "
                + Duration.ofNanos(runTimeoutNanos),
            null));
  }

  private void broken(EngineBrokenException reason) {
    lock.lock();
    try {
      if (ended != null) {
        return;
      }
    } finally {
      lock.unlock();
    }
    LOG.error("{}", reason.getMessage(), reason.getCause());
    end(reason);
  }

  /** Cancels what is open and ends the threads. Waits for the batches on the device. */
  @Override
  public void close() {
    end(new CancellationException("the engine was closed"));
    boolean interrupted = false;
    boolean stuck = false;
    for (LaneThread lane : lanes) {
      try {
        lane.join(Math.min(10_000, Math.max(1, runTimeoutNanos / 1_000_000)));
      } catch (InterruptedException e) {
        interrupted = true;
      }
      if (lane.isAlive()) {
        LOG.warn("{} is stuck in the device: its memory is not given back", lane.getName());
        stuck = true;
      }
    }
    if (!stuck) {
      memories.forEach(BatchMemory::close);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** The thread of one lane. */
  private final class LaneThread extends Thread {
    private final Lane lane;

    /** Done when its device has shown that it computes. */
    private final CompletableFuture<Void> warmed = new CompletableFuture<>();

    /** What it runs, or is about to; guarded by {@code lock}. */
    private Filling running;

    /** Whether it is computing; guarded by {@code lock}. */
    private boolean onDevice;

    /** When its latest run on the device began; guarded by {@code lock}. */
    private long runningSince;

    private LaneThread(BatchRunner runner, int maxItems, int index) {
      super("halcyon-engine-" + index);
      setDaemon(true);
      this.lane = new Lane(runner, maxItems, limit, observer, this::runBegins);
    }

    private void runBegins() {
      lock.lock();
      try {
        onDevice = true;
        runningSince = ticker.nanoTime();
        runs.signalAll();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void run() {
      try (lane) {
        if (warm()) {
          for (Filling batch = take(this); batch != null; batch = take(this)) {
            Batcher.this.run(this, batch);
          }
        }
      } catch (EngineBrokenException e) {
        broken(e);
      } catch (InterruptedException e) {
        broken(new EngineBrokenException("the engine is broken: its thread was interrupted", e));
      } catch (RuntimeException | Error e) {
        broken(new EngineBrokenException("the engine is broken by a fault of its own: " + e, e));
      }
    }

    /** Whether its device computes; if not, whoever starts the batcher is told. */
    private boolean warm() {
      try {
        lane.warm();
      } catch (EngineBrokenException e) {
        warmed.completeExceptionally(e);
        return false;
      }
      lock.lock();
      try {
        onDevice = false;
      } finally {
        lock.unlock();
      }
      return warmed.complete(null);
    }
  }
}
