package dev.halcyon.clip.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halcyon.clip.EngineBrokenException;
import dev.halcyon.clip.EngineObserver;
import dev.halcyon.clip.EngineSettings;
import dev.halcyon.clip.ExecutionProvider;
import dev.halcyon.clip.RejectedImageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatcherTest {
  private static final int MAX = 4;
  private static final Duration LINGER = Duration.ofMillis(10);
  private static final Duration RUN_TIMEOUT = Duration.ofSeconds(5);

  private final FakeDevice device = new FakeDevice();
  private final ManualTicker ticker = new ManualTicker();
  private final AtomicInteger batches = new AtomicInteger();
  private final EngineObserver observer =
      new EngineObserver() {
        @Override
        public void batchRan(int images, long waitNanos, long runNanos) {
          batches.incrementAndGet();
        }
      };
  private Batcher batcher = start(List.of(device));

  private Batcher start(List<FakeDevice> lanes) {
    return new Batcher(lanes, settings(), observer, ticker);
  }

  private static EngineSettings settings() {
    return settings(RUN_TIMEOUT);
  }

  private static EngineSettings settings(Duration runTimeout) {
    EngineSettings d = EngineSettings.defaults();
    return new EngineSettings(
        ExecutionProvider.CPU, 0, d.weights(), 1, 1, MAX, LINGER, runTimeout, d.memoryPattern());
  }

  @AfterEach
  void close() {
    device.hold().countDown();
    batcher.close();
  }

  @Test
  void aSizeOfBatchesThatIsLeftOpenIsRefused() {
    EngineSettings open = EngineSettings.defaults();

    assertThatThrownBy(() -> new Batcher(List.of(new FakeDevice()), open, observer, ticker))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxBatch is left open");
  }

  @Test
  void deviceIsTriedBeforeTheFirstImage() {
    assertThat(device.batches()).containsExactly(1);
    device.fail();
    assertThatThrownBy(() -> start(List.of(device))).isInstanceOf(EngineBrokenException.class);
    assertThat(device.openMemories()).as("the first batcher's alone: probe and three").isEqualTo(4);
  }

  @Test
  void everyLaneIsWarmedByItsOwnThreadBeforeTheFirstImage() throws Exception {
    FakeDevice shaped = new FakeDevice();
    shaped.chooseByShape();
    try (Batcher two = start(List.of(shaped, shaped.laneOf()))) {
      assertThat(shaped.batches()).containsExactlyInAnyOrder(1, 2, 4, 1, 2, 4);
      Set<Thread> warmedBy = shaped.threads();
      assertThat(warmedBy).hasSize(2).doesNotContain(Thread.currentThread());
      try (Batcher.Ticket ticket = two.expect()) {
        ticket.submit(out -> out.put(3)).get();
      }
      assertThat(shaped.threads()).isEqualTo(warmedBy);
    }
  }

  @Test
  void warmingFindsOutHowMuchTheMemoryHolds() throws Exception {
    FakeDevice small = new FakeDevice();
    small.chooseByShape();
    small.capacity(2);
    try (Batcher one = start(List.of(small))) {
      assertThat(one.maxItems()).isEqualTo(2);
    }
  }

  @Test
  void deviceThatHangsAtTheStartIsGivenUp() throws Exception {
    FakeDevice stuck = new FakeDevice();
    CountDownLatch gate = stuck.hold();
    Duration soon = Duration.ofMillis(200);
    CompletableFuture<Batcher> starting =
        CompletableFuture.supplyAsync(
            () -> new Batcher(List.of(stuck), settings(soon), observer, ticker));
    ticker.awaitWaiter(soon);
    ticker.advance(soon);
    assertThatThrownBy(starting::join)
        .hasRootCauseInstanceOf(EngineBrokenException.class)
        .hasMessageContaining("on the device for more than");
    gate.countDown();
  }

  @Test
  void memoryIsAllocatedAtTheStartAndForNoImage() throws Exception {
    int atTheStart = device.allocations();
    for (int size = 1; size <= MAX; size++) {
      for (int round = 0; round < 20; round++) {
        for (CompletableFuture<float[]> future : submitAll(new float[size])) {
          future.get();
        }
      }
    }
    assertThat(device.allocations()).isEqualTo(atTheStart);
  }

  @Test
  void loneImageDoesNotWait() throws Exception {
    assertThat(submit(7).get()).containsExactly(7, 1);
  }

  @Test
  void fullBatchDoesNotWait() throws Exception {
    try (Batcher.Ticket company = batcher.expect()) {
      List<CompletableFuture<float[]>> futures = submitAll(1, 2, 3, 4);
      for (int i = 0; i < MAX; i++) {
        assertThat(futures.get(i).get()).containsExactly(i + 1, 1);
      }
      assertThat(company).isNotNull();
    }
    assertThat(lastBatches()).containsExactly(4);
  }

  @Test
  void batchWaitsForCompanyAsLongAsLingerAndNotLonger() throws Exception {
    try (Batcher.Ticket company = batcher.expect()) {
      CompletableFuture<float[]> first = submit(1);
      ticker.awaitWaiter(LINGER);
      ticker.advance(LINGER.dividedBy(2));
      CompletableFuture<float[]> second = submit(2);
      ticker.awaitWaiter(LINGER.dividedBy(2));
      ticker.advance(LINGER.dividedBy(2).minusNanos(1));
      ticker.awaitWaiter(Duration.ofNanos(1));
      assertThat(lastBatches()).isEmpty();
      assertThat(first).isNotDone();

      ticker.advance(Duration.ofNanos(1));
      assertThat(first.get()).containsExactly(1, 1);
      assertThat(second.get()).containsExactly(2, 1);
      assertThat(company).isNotNull();
    }
    assertThat(lastBatches()).containsExactly(2);
  }

  @Test
  void batchRunsWhenTheLastCompanyWithdraws() throws Exception {
    CompletableFuture<float[]> waiting;
    try (Batcher.Ticket company = batcher.expect()) {
      waiting = submit(1);
      ticker.awaitWaiter(LINGER);
      assertThat(company).isNotNull();
    }
    assertThat(waiting.get()).containsExactly(1, 1);
  }

  @Test
  void nextBatchFillsWhileOneRuns() throws Exception {
    CountDownLatch gate = device.hold();
    List<CompletableFuture<float[]>> futures = new ArrayList<>(submitAll(1, 2, 3, 4));
    await(() -> device.running() == 1);
    futures.addAll(submitAll(5, 6, 7, 8));
    gate.countDown();
    for (int i = 0; i < 8; i++) {
      assertThat(futures.get(i).get()).containsExactly(i + 1, 1);
    }
    assertThat(lastBatches()).containsExactly(4, 4);
  }

  @Test
  void lateBatchStaysOpenWhileTheDeviceIsBusy() throws Exception {
    CountDownLatch gate = device.hold();
    submitAll(1, 2, 3, 4);
    await(() -> device.running() == 1);
    CompletableFuture<float[]> early = submit(5);
    ticker.advance(LINGER.multipliedBy(3));
    CompletableFuture<float[]> late = submit(6);
    gate.countDown();
    early.get();
    late.get();
    assertThat(lastBatches()).containsExactly(4, 2);
  }

  @Test
  void partOfABatchIsNotHandedOverToQueueBehindAnother() throws Exception {
    batcher.close();
    device.queue();
    batcher = start(List.of(device, device.laneOf()));
    device.forgetBatches();
    CountDownLatch gate = device.hold();
    submitAll(1, 2, 3, 4);
    await(() -> device.running() == 1);
    CompletableFuture<float[]> early = submit(5);
    ticker.awaitWaiter(LINGER);
    ticker.advance(LINGER.minusNanos(1));
    ticker.awaitWaiter(Duration.ofNanos(1));
    CompletableFuture<float[]> late = submit(6);
    assertThat(device.running()).as("the second lane waits for more").isEqualTo(1);

    gate.countDown();
    early.get();
    late.get();
    assertThat(device.batches()).containsExactly(4, 2);
  }

  @Test
  void partOfABatchQueuesBehindAnotherAfterLingerAndAFullOneAtOnce() throws Exception {
    batcher.close();
    device.queue();
    batcher = start(List.of(device, device.laneOf(), device.laneOf()));
    CountDownLatch gate = device.hold();
    submitAll(1, 2, 3, 4);
    await(() -> device.running() == 1);
    submitAll(5, 6, 7, 8);
    await(() -> device.running() == 2);
    CompletableFuture<float[]> part = submit(9);
    ticker.awaitWaiter(LINGER);
    ticker.advance(LINGER);
    await(() -> device.running() == 3);
    gate.countDown();
    assertThat(part.get()).containsExactly(9, 1);
  }

  @Test
  void lanesThatDoNotQueueTakePartOfABatchAtOnce() throws Exception {
    batcher.close();
    batcher = start(List.of(device, device.laneOf()));
    CountDownLatch gate = device.hold();
    submitAll(1, 2, 3, 4);
    await(() -> device.running() == 1);
    CompletableFuture<float[]> part = submit(5);
    await(() -> device.running() == 2);
    gate.countDown();
    assertThat(part.get()).containsExactly(5, 1);
  }

  @Test
  void submitterWaitsWhileAllMemoryIsTaken() throws Exception {
    CountDownLatch gate = device.hold();
    submitAll(1, 2, 3, 4);
    await(() -> device.running() == 1);
    submitAll(5, 6, 7, 8);
    submitAll(9, 10, 11, 12);
    AtomicReference<CompletableFuture<float[]>> waiting = new AtomicReference<>();
    Thread submitter = new Thread(() -> waiting.set(submit(13)));
    submitter.start();
    await(() -> submitter.getState() == Thread.State.WAITING);
    assertThat(waiting).hasValue(null);
    gate.countDown();
    submitter.join();
    assertThat(waiting.get().get()).containsExactly(13, 1);
  }

  @Test
  void slowWriterHoldsUpItsOwnBatchOnly() throws Exception {
    CountDownLatch pixels = new CountDownLatch(1);
    AtomicReference<CompletableFuture<float[]>> slow = new AtomicReference<>();
    CountDownLatch claimed = new CountDownLatch(1);
    Thread writer =
        new Thread(
            () ->
                slow.set(
                    submit(
                        out -> {
                          claimed.countDown();
                          awaitQuietly(pixels);
                          out.put(1);
                        })));
    batcher.close();
    batcher = start(List.of(device, device.laneOf()));
    device.forgetBatches();
    writer.start();
    claimed.await();
    submitAll(2, 3, 4);
    for (CompletableFuture<float[]> other : submitAll(5, 6, 7, 8)) {
      other.get();
    }
    assertThat(device.batches()).as("the other lane ran the next batch").containsExactly(4);
    pixels.countDown();
    writer.join();
    assertThat(slow.get().get()).containsExactly(1, 1);
  }

  @Test
  void lanesRunAtTheSameTime() throws Exception {
    batcher.close();
    batcher = start(List.of(device, device.laneOf()));
    CountDownLatch gate = device.hold();
    submitAll(1, 2, 3, 4);
    List<CompletableFuture<float[]>> second = submitAll(5, 6, 7, 8);
    await(() -> device.running() == 2);
    gate.countDown();
    assertThat(second.get(3).get()).containsExactly(8, 1);
  }

  @Test
  void writerThatThrowsFailsItsImageOnly() throws Exception {
    IllegalStateException fault = new IllegalStateException("no pixels");
    try (Batcher.Ticket company = batcher.expect()) {
      CompletableFuture<float[]> sound = submit(1);
      assertThatThrownBy(
              () ->
                  submit(
                      out -> {
                        throw fault;
                      }))
          .isSameAs(fault);
      company.close();
      assertThat(sound.get()).containsExactly(1, 1);
    }
    assertThat(submit(2).get()).containsExactly(2, 1);
  }

  @Test
  void culpritIsRefusedAndItsNeighboursAreNot() throws Exception {
    List<CompletableFuture<float[]>> futures = submitAll(1, FakeDevice.POISON, 3, 4);
    assertThatThrownBy(() -> futures.get(1).get()).hasCauseInstanceOf(RejectedImageException.class);
    assertThat(futures.get(0).get()).containsExactly(1, 1);
    assertThat(futures.get(2).get()).containsExactly(3, 1);
    assertThat(futures.get(3).get()).containsExactly(4, 1);
    assertThat(submit(5).get()).containsExactly(5, 1);
  }

  @Test
  void brokenDeviceFailsEveryOpenAndLaterImageAndReleasesWhoWaits() throws Exception {
    CountDownLatch gate = device.hold();
    List<CompletableFuture<float[]>> open = new ArrayList<>(submitAll(1, 2, 3, 4));
    await(() -> device.running() == 1);
    open.addAll(submitAll(5, 6, 7, 8));
    open.addAll(submitAll(9, 10, 11, 12));
    AtomicReference<CompletableFuture<float[]>> blocked = new AtomicReference<>();
    Thread submitter = new Thread(() -> blocked.set(submit(13)));
    submitter.start();
    await(() -> submitter.getState() == Thread.State.WAITING);

    device.fail();
    gate.countDown();
    submitter.join();
    open.add(blocked.get());
    open.add(submit(14));
    for (CompletableFuture<float[]> future : open) {
      assertThatThrownBy(future::get).hasCauseInstanceOf(EngineBrokenException.class);
    }
    assertThat(batches).as("no batch of the broken device counts").hasValue(0);
  }

  @Test
  void runThatTakesTooLongBreaksTheEngine() throws Exception {
    CountDownLatch gate = device.hold();
    CompletableFuture<float[]> stuck = submit(1);
    await(() -> device.running() == 1);
    ticker.awaitWaiter(RUN_TIMEOUT);
    ticker.advance(RUN_TIMEOUT.minusNanos(1));
    ticker.awaitWaiter(Duration.ofNanos(1));
    assertThat(stuck).isNotDone();
    ticker.advance(Duration.ofNanos(1));
    assertThatThrownBy(stuck::get)
        .hasCauseInstanceOf(EngineBrokenException.class)
        .hasMessageContaining("on the device for more than PT5S");
    assertThatThrownBy(() -> submit(2).get()).hasCauseInstanceOf(EngineBrokenException.class);
    gate.countDown();
  }

  @Test
  void idleTimeDoesNotCountAsRunning() throws Exception {
    submit(1).get();
    ticker.advance(RUN_TIMEOUT.multipliedBy(10));
    assertThat(submit(2).get()).containsExactly(2, 1);
  }

  @Test
  void closeCancelsWhatIsOpenAndGivesTheMemoryBack() throws Exception {
    CountDownLatch gate = device.hold();
    List<CompletableFuture<float[]>> open = new ArrayList<>(submitAll(1, 2, 3, 4));
    await(() -> device.running() == 1);
    open.add(submit(5));
    Thread closer = new Thread(batcher::close);
    closer.start();
    for (CompletableFuture<float[]> future : open) {
      assertThatThrownBy(future::get).isInstanceOf(CancellationException.class);
    }
    gate.countDown();
    closer.join();
    assertThat(device.openMemories()).isZero();
    assertThatThrownBy(() -> submit(6).get()).isInstanceOf(CancellationException.class);
  }

  @Test
  void manyThreadsGetTheirOwnResults() throws Exception {
    batcher.close();
    batcher = Batcher.start(List.of(device, device.laneOf()), settings(), EngineObserver.NONE);
    int threads = 6;
    int each = 3_000;
    AtomicInteger wrong = new AtomicInteger();
    List<Thread> submitters = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int from = 1 + t * each;
      Thread thread =
          new Thread(
              () -> {
                for (int i = from; i < from + each; i++) {
                  boolean poison = i % 500 == 0;
                  CompletableFuture<float[]> future = submit(poison ? FakeDevice.POISON : i);
                  try {
                    if (i % 5 == 0 && (future.get()[0] != i || poison)) {
                      wrong.incrementAndGet();
                    }
                  } catch (InterruptedException | ExecutionException e) {
                    wrong.addAndGet(poison ? 0 : 1);
                  }
                }
              });
      submitters.add(thread);
      thread.start();
    }
    for (Thread thread : submitters) {
      thread.join();
    }
    assertThat(wrong).hasValue(0);
    assertThat(device.batches()).allMatch(size -> size <= MAX);
  }

  /** The batches since the device was tried at the start. */
  private List<Integer> lastBatches() {
    return device.batches().subList(1, device.batches().size());
  }

  /** Submits several that know of one another. */
  private List<CompletableFuture<float[]>> submitAll(float... items) {
    List<Batcher.Ticket> tickets = new ArrayList<>();
    for (int i = 0; i < items.length; i++) {
      tickets.add(batcher.expect());
    }
    List<CompletableFuture<float[]>> futures = new ArrayList<>();
    for (int i = 0; i < items.length; i++) {
      float item = items[i];
      futures.add(submit(tickets.get(i), out -> out.put(item)));
    }
    return futures;
  }

  private CompletableFuture<float[]> submit(float item) {
    return submit(out -> out.put(item));
  }

  private CompletableFuture<float[]> submit(
      java.util.function.Consumer<java.nio.FloatBuffer> writer) {
    return submit(batcher.expect(), writer);
  }

  private static CompletableFuture<float[]> submit(
      Batcher.Ticket ticket, java.util.function.Consumer<java.nio.FloatBuffer> writer) {
    try {
      return ticket.submit(writer);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(BooleanSupplier condition) {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(giveUp);
      Thread.onSpinWait();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
