package dev.halcyon.clip.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halcyon.clip.batch.BatchMemory;
import dev.halcyon.clip.batch.BatchRunner;
import dev.halcyon.clip.reference.Reference;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchSessionTest {
  private final AtomicInteger releases = new AtomicInteger();
  private final BatchSession session =
      new BatchSession("model.onnx", null, releases::incrementAndGet);

  @Test
  void isReleasedAtOnceWhereNothingRuns() {
    session.close();
    session.close();

    assertThat(releases).hasValue(1);
  }

  @Test
  void isReleasedByTheLastRunWhereItIsClosedDuringOne() {
    session.enter();
    session.enter();
    session.close();
    assertThat(releases).hasValue(0);

    session.leave();
    assertThat(releases).as("another run is inside").hasValue(0);
    session.leave();
    assertThat(releases).hasValue(1);
  }

  @Test
  void staysOpenBetweenRuns() {
    session.enter();
    session.leave();

    assertThat(releases).hasValue(0);
  }

  @Test
  void refusesRunsOnceItIsClosed() {
    session.close();

    assertThatThrownBy(session::enter)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("model.onnx: the session was closed");
    assertThat(releases).hasValue(1);
  }

  /** Without the count this ends the process, now and then. */
  @Test
  void aModelMayBeClosedWhileItRuns(@TempDir Path dir) throws Exception {
    Path graph =
        Reference.copyFile("tiny-siglip", "vision_model.onnx", dir.resolve("vision_model.onnx"));
    for (int round = 0; round < 20; round++) {
      OnnxVisionModel model =
          OnnxVisionModel.open(
              OnnxRuntime.start(OnnxVisionModelTest.settings()), graph, 1, 32, 32, 16);
      CountDownLatch runs = new CountDownLatch(3);
      AtomicInteger refused = new AtomicInteger();
      Thread running =
          new Thread(
              () -> {
                try (BatchRunner lane = model.lane();
                    BatchMemory memory = lane.allocate(64)) {
                  while (true) {
                    lane.run(memory, 64);
                    runs.countDown();
                  }
                } catch (Exception e) {
                  refused.incrementAndGet();
                }
              });
      running.start();
      runs.await();
      model.close();
      running.join();
      assertThat(refused).hasValue(1);
    }
  }
}
