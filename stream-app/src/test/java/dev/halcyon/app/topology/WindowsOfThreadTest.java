package dev.halcyon.app.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WindowsOfThreadTest {
  private final WindowsOfThread windows = new WindowsOfThread();
  private final AtomicInteger ends = new AtomicInteger();

  @Test
  void anAnalysisThatFinishesEndsTheWaitThatIsUnderWayAndOnlyThat() {
    windows.analysisFinished();
    assertThat(windows.beginWait(ends::incrementAndGet)).isTrue();
    assertThat(ends).hasValue(0);

    windows.analysisFinished();
    windows.analysisFinished();
    assertThat(ends).as("a wait ends once").hasValue(1);

    windows.endWait();
    windows.analysisFinished();
    assertThat(ends).as("nobody waits").hasValue(1);

    windows.beginWait(ends::incrementAndGet);
    windows.analysisFinished();
    assertThat(ends).hasValue(2);
  }

  @Test
  void commitsKeepTheirDistanceAndAClockThatIsSetBackStopsNone() {
    assertThat(windows.mayCommit(1_000, 100)).isTrue();
    windows.commitAsked(1_000);
    assertThat(windows.mayCommit(1_099, 100)).isFalse();
    assertThat(windows.mayCommit(1_100, 100)).isTrue();
    assertThat(windows.mayCommit(500, 100)).isTrue();
  }

  @Test
  void whatIsSentIsUnreadUntilACommitIsAskedFor() {
    assertThat(windows.hasUnread()).isFalse();
    windows.sent();
    assertThat(windows.hasUnread()).isTrue();
    windows.commitAsked(0);
    assertThat(windows.hasUnread()).isFalse();
  }
}
