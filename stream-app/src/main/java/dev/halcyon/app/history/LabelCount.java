package dev.halcyon.app.history;

/**
 * On how many images a label stands, before and after. Adds up; used by one thread.
 *
 * <p>A label stands on an image where it fires or asks for review; in shadow, where it would fire.
 */
public final class LabelCount {
  private long before;
  private long after;
  private long gained;
  private long lost;

  void add(boolean was, boolean is) {
    before += was ? 1 : 0;
    after += is ? 1 : 0;
    gained += is && !was ? 1 : 0;
    lost += was && !is ? 1 : 0;
  }

  void add(LabelCount other) {
    before += other.before;
    after += other.after;
    gained += other.gained;
    lost += other.lost;
  }

  /** Images it stood on. */
  public long before() {
    return before;
  }

  /** Images it stands on. */
  public long after() {
    return after;
  }

  /** Images it stands on and did not. */
  public long gained() {
    return gained;
  }

  /** Images it stood on and does not. */
  public long lost() {
    return lost;
  }
}
