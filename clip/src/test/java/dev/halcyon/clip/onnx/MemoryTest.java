package dev.halcyon.clip.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.halcyon.clip.batch.BatchMemory;
import dev.halcyon.clip.batch.BatchRunner;
import dev.halcyon.clip.reference.Reference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the runtime allocates outside of the heap, seen as resident memory that is not the heap's.
 * Code and caches grow into that at first; what counts is the least growth of several rounds.
 */
class MemoryTest {
  private static final Path SMAPS = Path.of("/proc/self/smaps");
  private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-[0-9a-f]+ ");

  private static final int ROUNDS = 4;
  private static final int RUNS = 500;
  private static final long MEBIBYTE = 1 << 20;

  private static final long LEAST_LEAK = 8 * MEBIBYTE;

  /**
   * A result left open takes 8 KB, so that a round of them takes 4 MB. Memory that earlier tests
   * gave back to the allocator may hold the first rounds.
   */
  private static final int MOST_ROUNDS = 60;

  private static final long NOISE = 2 * MEBIBYTE;

  @TempDir Path dir;

  @BeforeEach
  void residentMemoryCanBeRead() {
    assumeTrue(Files.exists(SMAPS));
  }

  @Test
  void batchesOfEverySizeLeaveNothingBehind() throws Exception {
    try (OnnxVisionModel model = open();
        BatchRunner lane = model.lane();
        BatchMemory memory = lane.allocate(8)) {
      assertThat(growth(run -> lane.run(memory, 1 + run % 8))).isLessThan(NOISE);
    }
  }

  @Test
  void promptsLeaveNothingBehind() throws Exception {
    Path graph = Reference.copyFile("tiny-clip", "text_model.onnx", dir.resolve("text_model.onnx"));
    try (OnnxTextModel model =
        OnnxTextModel.open(OnnxRuntime.start(OnnxVisionModelTest.settings()), graph, 1)) {
      // 500 results of 256 embeddings of 12 floats would be 6 MB.
      long[][] tokens = new long[256][];
      Arrays.fill(tokens, new long[] {49406, 2368, 49407});
      int[] lengths = new int[256];
      assertThat(growth(run -> model.run(tokens, lengths))).isLessThan(NOISE);
    }
  }

  /** Shows that the tests above would notice results that are not closed. */
  @Test
  void resultsLeftOpenAreSeen() throws Exception {
    List<OrtSession.Result> open = new ArrayList<>();
    try (OnnxVisionModel model = open();
        OnnxTensor input =
            OnnxTensor.createTensor(
                model.batches().runtime().environment(),
                FloatBuffer.allocate(8 * model.batches().inputFloats()),
                model.batches().inputShape(8))) {
      long before = residentBytes();
      long growth = 0;
      for (int round = 0; growth <= LEAST_LEAK && round < MOST_ROUNDS; round++) {
        for (int i = 0; i < RUNS; i++) {
          open.add(
              model.batches().session().session().run(Map.of(model.batches().inputName(), input)));
        }
        growth = residentBytes() - before;
      }
      assertThat(growth).isGreaterThan(LEAST_LEAK);
    } finally {
      open.forEach(OrtSession.Result::close);
    }
  }

  private OnnxVisionModel open() throws OrtException {
    return OnnxVisionModel.open(
        OnnxRuntime.start(OnnxVisionModelTest.settings()),
        Reference.copyFile("tiny-siglip", "vision_model.onnx", dir.resolve("vision_model.onnx")),
        1,
        32,
        32,
        16);
  }

  private interface Run {
    void run(int number) throws Exception;
  }

  /** Least growth of resident memory over a round of runs, in bytes. */
  private static long growth(Run run) throws Exception {
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long before = residentBytes();
      for (int i = 0; i < RUNS; i++) {
        run.run(i);
      }
      least = Math.min(least, residentBytes() - before);
    }
    return least;
  }

  /**
   * Resident memory outside of the Java heap. A heap with compressed pointers, and its classes, lie
   * in the first terabytes of the address space; what native code allocates lies far above.
   */
  private static long residentBytes() {
    System.gc();
    try (Stream<String> lines = Files.lines(SMAPS)) {
      long kibibytes = 0;
      boolean outside = false;
      for (String line : (Iterable<String>) lines::iterator) {
        Matcher mapping = MAPPING.matcher(line);
        if (mapping.lookingAt()) {
          outside = Long.parseUnsignedLong(mapping.group(1), 16) >= 1L << 44;
        } else if (outside && line.startsWith("Rss:")) {
          kibibytes += Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
      return kibibytes * 1024;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
