package dev.halcyon.clip.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.Map;
import java.util.Set;

/**
 * A session that several lanes run batches in. The runtime does not look after runs that are under
 * way when a session is closed: they would read freed memory and take the process down. So a
 * session that is closed meanwhile is released by the last run that leaves it. Used by any thread.
 */
final class BatchSession implements AutoCloseable {
  private final String name;
  private final OrtSession session;
  private final AutoCloseable released;
  private int running;
  private boolean closed;

  /** A session, with the name of its graph for errors. */
  BatchSession(String name, OrtSession session) {
    this(name, session, session);
  }

  BatchSession(String name, OrtSession session, AutoCloseable released) {
    this.name = name;
    this.session = session;
    this.released = released;
  }

  /** The session itself, for what it says of its graph. */
  OrtSession session() {
    return session;
  }

  /**
   * Runs the graph into an output that lies ready.
   *
   * @throws IllegalStateException if the session was closed, or gave another number of outputs
   */
  void run(String inputName, OnnxTensor input, String outputName, OnnxTensor output)
      throws OrtException {
    enter();
    // A pinned output is not the result's to close: it stays open for the next batch.
    try (OrtSession.Result result =
        session.run(Map.of(inputName, input), Set.of(), Map.of(outputName, output))) {
      if (result.size() != 1) {
        throw new IllegalStateException("one output was asked for, " + result.size() + " came");
      }
    } finally {
      leave();
    }
  }

  synchronized void enter() {
    if (closed) {
      throw new IllegalStateException(name + ": the session was closed");
    }
    running++;
  }

  synchronized void leave() {
    running--;
    if (closed && running == 0) {
      release();
    }
  }

  /** Refuses further runs, and releases the session, or leaves that to the last run. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (running == 0) {
      release();
    }
  }

  private void release() {
    try {
      released.close();
    } catch (Exception e) {
      throw new IllegalStateException(name + ": session does not close", e);
    }
  }
}
