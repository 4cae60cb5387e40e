package dev.halcyon.app.history;

import java.util.List;

/** Takes what is put right, a batch at a time, from any thread. */
public interface Corrections extends AutoCloseable {
  /** Takes some; all of them or, where it throws, none. */
  void take(List<Corrected> corrections);

  @Override
  default void close() {}
}
