package dev.halcyon.clip.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halcyon.clip.EngineBrokenException;
import dev.halcyon.clip.EngineObserver;
import dev.halcyon.clip.RejectReason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LaneTest {
  private static final int MAX = 32;

  private final FakeDevice device = new FakeDevice();
  private final List<Integer> limits = new ArrayList<>();
  private final BatchLimit limit =
      new BatchLimit(
          MAX,
          new EngineObserver() {
            @Override
            public void batchLimitChanged(int images) {
              limits.add(images);
            }
          });
  private final Lane lane = new Lane(device, MAX, limit, EngineObserver.NONE, () -> {});

  @Test
  void soundBatchRunsOnce() {
    assertResult(run(numbers(MAX)), numbers(MAX));
    assertThat(device.batches()).containsExactly(MAX);
  }

  @Test
  void culpritAloneIsRefused() {
    for (int culprit : new int[] {0, 13, MAX - 1}) {
      device.forgetBatches();
      float[] items = numbers(MAX);
      items[culprit] = FakeDevice.POISON;
      assertResult(run(items), items);
      assertThat(device.batches().size())
          .as("halving, not one by one")
          .isLessThanOrEqualTo(2 * 5 + 2);
    }
  }

  @Test
  void severalCulpritsAreFoundAmongTheSound() {
    float[] items = numbers(MAX);
    items[3] = items[4] = items[20] = FakeDevice.POISON;
    items[9] = FakeDevice.NOT_A_NUMBER;
    assertResult(run(items), items);
  }

  @Test
  void batchOfCulpritsAloneDoesNotBreakTheEngine() {
    float[] items = {FakeDevice.POISON, FakeDevice.POISON, FakeDevice.NOT_A_NUMBER};
    assertResult(run(items), items);
  }

  @Test
  void deviceThatFailsOnEverythingIsBrokenAndNobodyIsBlamed() {
    device.fail();
    assertThatThrownBy(() -> run(numbers(MAX)))
        .isInstanceOf(EngineBrokenException.class)
        .hasMessageContaining("fails on any image: choked");
  }

  @Test
  void deviceThatGivesGarbageForEverythingIsBroken() {
    device.giveGarbage();
    assertThatThrownBy(() -> run(numbers(4)))
        .isInstanceOf(EngineBrokenException.class)
        .hasMessageContaining("no finite embedding for any image");
  }

  @Test
  void lostDeviceIsBrokenAtOnce() {
    device.lose();
    assertThatThrownBy(() -> run(numbers(MAX))).isInstanceOf(EngineBrokenException.class);
    assertThat(device.batches()).containsExactly(MAX);
  }

  @Test
  void outOfMemoryHalvesTheBatchAndLosesNobody() {
    device.capacity(5);
    assertResult(run(numbers(MAX)), numbers(MAX));
    assertThat(limit.items()).isEqualTo(4);
    assertThat(limits).containsExactly(16, 8, 4);

    device.forgetBatches();
    assertResult(run(numbers(MAX)), numbers(MAX));
    assertThat(device.batches()).as("nothing too large is tried again").containsOnly(4);
  }

  @Test
  void limitGrowsAgainOnceTheMemoryIsBack() {
    device.capacity(16);
    run(numbers(MAX));
    assertThat(limit.items()).isEqualTo(16);
    device.capacity(Integer.MAX_VALUE);
    for (int i = 0; i < BatchLimit.GROW_AFTER_BATCHES; i++) {
      run(numbers(8));
    }
    assertThat(limit.items()).as("small batches prove nothing").isEqualTo(16);
    for (int i = 0; i < BatchLimit.GROW_AFTER_BATCHES; i++) {
      run(numbers(16));
    }
    assertThat(limit.items()).isEqualTo(MAX);
    assertResult(run(numbers(MAX)), numbers(MAX));
  }

  @Test
  void culpritIsFoundWhileMemoryIsShort() {
    device.capacity(8);
    float[] items = numbers(MAX);
    items[17] = FakeDevice.POISON;
    assertResult(run(items), items);
  }

  @Test
  void deviceWithoutMemoryForOneImageIsBroken() {
    device.capacity(0);
    assertThatThrownBy(() -> run(numbers(2)))
        .isInstanceOf(EngineBrokenException.class)
        .hasMessageContaining("does not hold one image");
  }

  @Test
  void closeGivesTheMemoryBack() {
    run(new float[] {1, FakeDevice.POISON});
    lane.close();
    assertThat(device.openMemories()).as("the test's own, one a run").isEqualTo(1);
  }

  private Lane.Result run(float[] items) {
    BatchMemory memory = device.allocate(items.length);
    for (int i = 0; i < items.length; i++) {
      float item = items[i];
      memory.write(i, out -> out.put(item));
    }
    return lane.execute(memory, items.length);
  }

  /** Numbers from 1, so that each embedding tells its item. */
  private static float[] numbers(int count) {
    float[] items = new float[count];
    for (int i = 0; i < count; i++) {
      items[i] = i + 1;
    }
    return items;
  }

  private static void assertResult(Lane.Result result, float[] items) {
    for (int i = 0; i < items.length; i++) {
      if (items[i] > 0) {
        assertThat(result.embeddings()[i]).as("item " + i).containsExactly(items[i], 1);
        assertThat(result.refusals()[i]).isNull();
      } else {
        assertThat(result.embeddings()[i]).as("item " + i).isNull();
        assertThat(result.refusals()[i].rejected().reason()).isEqualTo(RejectReason.ENGINE_REFUSED);
      }
    }
  }
}
