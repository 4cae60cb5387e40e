package dev.halcyon.bench.kill;

import java.time.Duration;

/** What is done to a running stream. */
enum Fault {
  /** SIGKILL to a process, which is then started anew. */
  KILL("kill -9", 10),
  /** SIGSTOP until the group and the transactions have given the process up, then SIGCONT. */
  PAUSE("pause", 200),
  /** A stream thread's producer is fenced by another of the same transactional id. */
  FENCE("fence", 10),
  /** The engine breaks for good; the process stops by itself and is started anew. */
  ENGINE("engine", 10),
  /** The brokers are stopped and started again, where there are several one after the other. */
  BROKER("broker", 200);

  private final String title;
  private final Duration batchTime;

  Fault(String title, long batchMillis) {
    this.title = title;
    this.batchTime = Duration.ofMillis(batchMillis);
  }

  /** As tables show it. */
  String title() {
    return title;
  }

  /**
   * Time of a batch of 32 under it. A fault that lasts for seconds needs a slower device, or no
   * work would be left for the next one.
   */
  Duration batchTime() {
    return batchTime;
  }
}
