package dev.halcyon.bench.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.app.config.GroupProtocol;
import dev.halcyon.app.config.Guarantee;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kill matrix in small: real processes, real kill -9, an audit of what is committed. */
class KillTest {
  @TempDir private Path logs;

  @Test
  void exactlyOnceEveryUploadHasItsOutcomeOnceAndInOrder() throws Exception {
    CellRun.Result result =
        run(
            new Cell(
                Guarantee.EXACTLY_ONCE_V2, GroupProtocol.CLASSIC, 1, Fault.KILL, 3, 9_000, true));
    assertThat(result.audit()).isEqualTo(new AuditReport(9_000, 0, 0, 0, 0, 0));
    assertThat(result.leastWorkLeft()).isPositive();
  }

  @Test
  void atLeastOnceNoUploadIsLost() throws Exception {
    CellRun.Result result =
        run(
            new Cell(
                Guarantee.AT_LEAST_ONCE, GroupProtocol.STREAMS, 1, Fault.KILL, 2, 9_000, true));
    assertThat(result.audit().lost()).isZero();
    assertThat(result.audit().disagreeing()).isZero();
    assertThat(result.leastWorkLeft()).isPositive();
  }

  /** The negative control: were this to lose nothing, the others would show nothing. */
  @Test
  void withoutTheWindowsStoreUploadsAreLost() throws Exception {
    CellRun.Result result =
        run(
            new Cell(
                Guarantee.EXACTLY_ONCE_V2, GroupProtocol.CLASSIC, 1, Fault.KILL, 2, 9_000, false));
    assertThat(result.audit().lost()).isPositive();
    assertThat(result.audit().duplicated()).isZero();
  }

  private CellRun.Result run(Cell cell) throws Exception {
    try (CellRun run = new CellRun(cell, 1, distinct -> {})) {
      return run.run(logs);
    }
  }
}
