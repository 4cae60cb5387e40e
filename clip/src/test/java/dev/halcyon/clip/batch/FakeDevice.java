package dev.halcyon.clip.batch;

import dev.halcyon.clip.batch.BatchFailedException.Kind;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A device whose item is one number x and whose embedding is (x, 1), with faults on demand. One
 * instance is one lane; {@link #laneOf} makes more of the same device.
 */
final class FakeDevice implements BatchRunner {
  /** An item that makes its whole batch fail. */
  static final float POISON = -1;

  /** An item whose embedding is not finite. */
  static final float NOT_A_NUMBER = -2;

  /** What all lanes of one device share. */
  private static final class State {
    final List<Integer> batches = Collections.synchronizedList(new ArrayList<>());
    final AtomicInteger openMemories = new AtomicInteger();
    final AtomicInteger allocations = new AtomicInteger();
    final AtomicInteger running = new AtomicInteger();
    volatile int capacity = Integer.MAX_VALUE;
    volatile boolean failing;
    volatile boolean lost;
    volatile boolean garbage;
    volatile boolean queueing;
    volatile boolean shaped;
    final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    volatile CountDownLatch gate = new CountDownLatch(0);
  }

  private final State state;

  FakeDevice() {
    this(new State());
  }

  private FakeDevice(State state) {
    this.state = state;
  }

  FakeDevice laneOf() {
    return new FakeDevice(state);
  }

  /** Sizes of the batches that ran, failed ones and probes included. */
  List<Integer> batches() {
    synchronized (state.batches) {
      return List.copyOf(state.batches);
    }
  }

  void forgetBatches() {
    state.batches.clear();
  }

  int openMemories() {
    return state.openMemories.get();
  }

  /** Memories that were ever given out. */
  int allocations() {
    return state.allocations.get();
  }

  /** Lanes that are computing. */
  int running() {
    return state.running.get();
  }

  void capacity(int items) {
    state.capacity = items;
  }

  /** From now on everything fails. */
  void fail() {
    state.failing = true;
  }

  /** From now on the device is gone. */
  void lose() {
    state.lost = true;
  }

  /** From now on nothing finite comes out. */
  void giveGarbage() {
    state.garbage = true;
  }

  /** Its lanes say that they queue behind each other. */
  void queue() {
    state.queueing = true;
  }

  /** Its first run of a size that is a power of two costs more. */
  void chooseByShape() {
    state.shaped = true;
  }

  /** Threads that ran batches or probes. */
  Set<Thread> threads() {
    return Set.copyOf(state.threads);
  }

  /** Holds runs until the latch is counted down. */
  CountDownLatch hold() {
    state.gate = new CountDownLatch(1);
    return state.gate;
  }

  @Override
  public int maxItems() {
    return Integer.MAX_VALUE;
  }

  @Override
  public boolean queuesBehindOtherLanes() {
    return state.queueing;
  }

  @Override
  public List<Integer> sizesToWarm(int most) {
    return state.shaped
        ? IntStream.rangeClosed(2, most).filter(n -> Integer.bitCount(n) == 1).boxed().toList()
        : List.of();
  }

  @Override
  public BatchMemory allocate(int items) {
    state.openMemories.incrementAndGet();
    state.allocations.incrementAndGet();
    return new Memory(items);
  }

  @Override
  public void run(BatchMemory memory, int items) throws BatchFailedException {
    state.running.incrementAndGet();
    state.threads.add(Thread.currentThread());
    try {
      state.gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      state.running.decrementAndGet();
    }
    state.batches.add(items);
    if (state.lost) {
      throw new BatchFailedException(Kind.DEVICE_LOST, "gone", null);
    }
    if (items > state.capacity) {
      throw new BatchFailedException(Kind.OUT_OF_MEMORY, "no room for " + items, null);
    }
    Memory batch = (Memory) memory;
    for (int i = 0; i < items; i++) {
      if (state.failing || batch.inputs[i] == POISON) {
        throw new BatchFailedException(Kind.FAILED, "choked", null);
      }
    }
    for (int i = 0; i < items; i++) {
      boolean garbage = state.garbage || batch.inputs[i] == NOT_A_NUMBER;
      batch.outputs[i] = garbage ? new float[] {Float.NaN, 1} : new float[] {batch.inputs[i], 1};
    }
  }

  @Override
  public void close() {}

  private final class Memory implements BatchMemory {
    private final float[] inputs;
    private final float[][] outputs;

    private Memory(int items) {
      this.inputs = new float[items];
      this.outputs = new float[items][];
    }

    @Override
    public void write(int item, Consumer<FloatBuffer> writer) {
      writer.accept(FloatBuffer.wrap(inputs, item, 1));
    }

    @Override
    public float[] read(int item) {
      return outputs[item].clone();
    }

    @Override
    public void copyFrom(BatchMemory other, int from, int items) {
      System.arraycopy(((Memory) other).inputs, from, inputs, 0, items);
    }

    @Override
    public void close() {
      state.openMemories.decrementAndGet();
    }
  }
}
