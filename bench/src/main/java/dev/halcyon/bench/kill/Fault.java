package dev.halcyon.bench.kill;

/** What is done to a running stream. */
enum Fault {
  /** SIGKILL to a process, which is then started anew. */
  KILL("kill -9"),
  /** SIGSTOP until the group and the transactions have given the process up, then SIGCONT. */
  PAUSE("pause"),
  /** A stream thread's producer is fenced by another of the same transactional id. */
  FENCE("fence"),
  /** The engine breaks for good; the process stops by itself and is started anew. */
  ENGINE("engine"),
  /** The brokers are stopped and started again, where there are several one after the other. */
  BROKER("broker");

  private final String title;

  Fault(String title) {
    this.title = title;
  }

  /** As tables show it. */
  String title() {
    return title;
  }
}
