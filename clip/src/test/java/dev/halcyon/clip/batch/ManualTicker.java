package dev.halcyon.clip.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/** A clock that moves when told to. */
final class ManualTicker implements Ticker {
  private static final class Waiter {
    private final Lock lock;
    private final Condition condition;
    private final long dueNanos;

    private Waiter(Lock lock, Condition condition, long dueNanos) {
      this.lock = lock;
      this.condition = condition;
      this.dueNanos = dueNanos;
    }
  }

  private final List<Waiter> waiters = new ArrayList<>();
  private long nowNanos = 1_000;

  @Override
  public synchronized long nanoTime() {
    return nowNanos;
  }

  @Override
  @SuppressWarnings("WaitNotInLoop") // callers loop
  public void await(Lock lock, Condition condition, long nanos) throws InterruptedException {
    Waiter waiter;
    synchronized (this) {
      waiter = new Waiter(lock, condition, nowNanos + nanos);
      waiters.add(waiter);
      notifyAll();
    }
    try {
      condition.await();
    } finally {
      synchronized (this) {
        waiters.remove(waiter);
        notifyAll();
      }
    }
  }

  /**
   * Moves the clock and wakes whoever waits on it; returns once each that woke is waiting again or
   * has gone on to something else.
   */
  void advance(Duration by) throws InterruptedException {
    List<Waiter> woken;
    synchronized (this) {
      nowNanos += by.toNanos();
      woken = List.copyOf(waiters);
    }
    for (Waiter waiter : woken) {
      waiter.lock.lock();
      try {
        waiter.condition.signalAll();
      } finally {
        waiter.lock.unlock();
      }
    }
    synchronized (this) {
      long giveUp = System.nanoTime() + 10_000_000_000L;
      while (woken.stream().anyMatch(waiters::contains)) {
        assertThat(System.nanoTime()).isLessThan(giveUp);
        wait(100);
      }
    }
  }

  /** Waits until somebody waits for a moment that far from now. */
  synchronized void awaitWaiter(Duration away) throws InterruptedException {
    long giveUp = System.nanoTime() + 10_000_000_000L;
    while (waiters.stream().noneMatch(w -> w.dueNanos == nowNanos + away.toNanos())) {
      assertThat(System.nanoTime()).as("nobody waits for " + away).isLessThan(giveUp);
      wait(100);
    }
  }
}
