package dev.halcyon.clip.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import dev.halcyon.clip.EngineBrokenException;
import dev.halcyon.clip.EngineObserver;
import dev.halcyon.clip.EngineSettings;
import dev.halcyon.clip.EngineSettings.MemoryPattern;
import dev.halcyon.clip.EngineSettings.Weights;
import dev.halcyon.clip.ExecutionProvider;
import dev.halcyon.clip.ModelException;
import dev.halcyon.clip.RejectedImageException;
import dev.halcyon.clip.batch.BatchFailedException;
import dev.halcyon.clip.batch.BatchFailedException.Kind;
import dev.halcyon.clip.batch.BatchMemory;
import dev.halcyon.clip.batch.BatchRunner;
import dev.halcyon.clip.batch.Batcher;
import dev.halcyon.clip.reference.Reference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnnxVisionModelTest {
  private static final int SIDE = 32;

  @TempDir Path dir;

  private final OnnxRuntime runtime = OnnxRuntime.start(settings());

  static EngineSettings settings() {
    return new EngineSettings(
        ExecutionProvider.CPU,
        0,
        Weights.DEFAULT,
        1,
        1,
        8,
        Duration.ZERO,
        Duration.ofSeconds(60),
        MemoryPattern.AUTO);
  }

  /** Graphs differ in names, in precision, and in whether the batch is free or fixed at four. */
  @ParameterizedTest
  @CsvSource({
    "tiny-clip, vision_model.onnx, 12, 0.999999",
    "tiny-clip, vision_model_fixed.onnx, 12, 0.999999",
    "tiny-clip, vision_model_fp16.onnx, 12, 0.9999",
    "tiny-clip, vision_model_quantized.onnx, 12, 0.98",
    "tiny-siglip, vision_model.onnx, 16, 0.999999",
  })
  void embedsAsTheReference(String name, String file, int dimensions, double cosine)
      throws Exception {
    Reference reference = Reference.read(name);
    try (OnnxVisionModel model = open(name, file, dimensions);
        BatchRunner lane = model.lane();
        BatchMemory memory = lane.allocate(8)) {
      int most = Math.min(reference.images().size(), lane.maxItems());
      for (int items : new int[] {most, 1, 3, most}) {
        for (int i = 0; i < items; i++) {
          float[] pixels = reference.pixelValues()[i];
          memory.write(i, out -> out.put(pixels));
        }
        lane.run(memory, items);
        for (int i = 0; i < items; i++) {
          assertThat(Reference.cosine(memory.read(i), reference.imageEmbeds()[i]))
              .as("image " + i + " of " + items)
              .isGreaterThan(cosine);
        }
      }
    }
  }

  @Test
  void writerGetsExactlyItsPlace() {
    try (OnnxVisionModel model = open("tiny-clip", "vision_model.onnx", 12);
        BatchRunner lane = model.lane();
        BatchMemory memory = lane.allocate(2)) {
      memory.write(
          1,
          out -> {
            assertThat(out.remaining()).isEqualTo(3 * SIDE * SIDE);
            assertThat(out.isDirect()).isTrue();
          });
    }
  }

  @Test
  void realRuntimeErrorFindsTheCulprit() throws Exception {
    try (OnnxVisionModel model = openChoking();
        Batcher batcher = Batcher.start(List.of(model.lane()), settings(), EngineObserver.NONE)) {
      // Means within the table's range are sound, 5 is outside of it, -2 has no square root.
      float[] means = {0, 1, 5, 0.5f, -2, 1.5f, 0, 5};
      List<Batcher.Ticket> tickets = new ArrayList<>();
      for (int i = 0; i < means.length; i++) {
        tickets.add(batcher.expect());
      }
      List<CompletableFuture<float[]>> futures = new ArrayList<>();
      for (int i = 0; i < means.length; i++) {
        float mean = means[i];
        futures.add(
            tickets
                .get(i)
                .submit(
                    out -> {
                      while (out.hasRemaining()) {
                        out.put(mean);
                      }
                    }));
      }
      for (int i = 0; i < means.length; i++) {
        CompletableFuture<float[]> future = futures.get(i);
        if (means[i] == 5) {
          assertThatThrownBy(future::get)
              .hasCauseInstanceOf(RejectedImageException.class)
              .hasMessageContaining("fails on this image alone")
              .hasMessageContaining("out of data bounds");
        } else if (means[i] == -2) {
          assertThatThrownBy(future::get)
              .hasCauseInstanceOf(RejectedImageException.class)
              .hasMessageContaining("not finite");
        } else {
          assertThat(future.get()[0]).isEqualTo(means[i]);
        }
      }
    }
  }

  @Test
  void closedSessionIsABrokenDevice() throws Exception {
    OnnxVisionModel model = openChoking();
    try (Batcher batcher = Batcher.start(List.of(model.lane()), settings(), EngineObserver.NONE)) {
      model.close();
      CompletableFuture<float[]> future = batcher.expect().submit(out -> out.put(0));
      assertThatThrownBy(future::get).hasCauseInstanceOf(EngineBrokenException.class);
    }
  }

  @Test
  void runtimeErrorsAreToldApart() {
    assertThat(kind("Failed to allocate memory for requested buffer of size 1073741824"))
        .isEqualTo(Kind.OUT_OF_MEMORY);
    assertThat(kind("CUDA failure 2: out of memory ; GPU=0")).isEqualTo(Kind.OUT_OF_MEMORY);
    assertThat(kind("CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED")).isEqualTo(Kind.OUT_OF_MEMORY);
    assertThat(kind("Available memory of 1024 is smaller than requested bytes of 4096"))
        .isEqualTo(Kind.OUT_OF_MEMORY);
    assertThat(kind("CUDA failure 700: an illegal memory access was encountered"))
        .isEqualTo(Kind.DEVICE_LOST);
    assertThat(kind("indices element out of data bounds, idx=5")).isEqualTo(Kind.FAILED);
  }

  private static Kind kind(String message) {
    BatchFailedException failure =
        new BatchFailedException(OnnxBatchRunner.kind(new OrtException(message)), message, null);
    return failure.kind();
  }

  @Test
  void picturesOfAnotherSizeAreRefusedWithWhatWasExpected() {
    assertThatThrownBy(
            () ->
                OnnxVisionModel.open(runtime, file("choking", "vision_model.onnx"), 1, 224, 224, 3))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("expected one input of pictures [batch, 3, 224, 224]")
        .hasMessageContaining("found pixel_values FLOAT[?, 3, 4, 4]");
  }

  @Test
  void embeddingsOfAnotherLengthAreRefused() {
    assertThatThrownBy(() -> open("choking", "vision_model.onnx", 512, 4))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("gives embeddings of 3 values")
        .hasMessageContaining("512");
  }

  @Test
  void lengthOfEmbeddingsIsReadFromTheGraph() {
    try (OnnxVisionModel model =
        OnnxVisionModel.open(runtime, file("choking", "vision_model.onnx"), 1, 4, 4)) {
      assertThat(model.dimensions()).isEqualTo(3);
    }
  }

  @Test
  void textGraphIsNoImageEncoder() {
    assertThatThrownBy(() -> open("tiny-siglip", "text_model.onnx", 16))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("expected one input of pictures")
        .hasMessageContaining("found input_ids INT64[?, 64]");
  }

  @Test
  void damagedGraphIsNamed() throws Exception {
    Path broken = java.nio.file.Files.writeString(dir.resolve("vision_model.onnx"), "no graph");
    assertThatThrownBy(() -> OnnxVisionModel.open(runtime, broken, 1, SIDE, SIDE, 12))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(broken.toString())
        .hasMessageContaining("cannot open it on cpu");
  }

  @Test
  void gpuThatIsAskedForAndAbsentIsAnErrorThatSaysWhatIsMissing() {
    for (ExecutionProvider provider : List.of(ExecutionProvider.CUDA, ExecutionProvider.TENSORRT)) {
      EngineSettings d = settings();
      EngineSettings asking =
          new EngineSettings(
              provider, 0, d.weights(), 1, 1, 8, d.linger(), d.runTimeout(), d.memoryPattern());
      if (java.nio.file.Files.exists(Path.of("/dev/nvidia0"))) {
        return;
      }
      assertThatThrownBy(() -> OnnxRuntime.start(asking))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("provider " + provider.settingName() + " does not work here")
          .hasMessageContaining("set the provider to cpu");
    }
  }

  @Test
  void autoFallsBackToTheCpu() {
    if (!java.nio.file.Files.exists(Path.of("/dev/nvidia0"))) {
      assertThat(OnnxRuntime.start(EngineSettings.defaults()).provider())
          .isEqualTo(ExecutionProvider.CPU);
    }
  }

  private OnnxVisionModel open(String model, String file, int dimensions) {
    return open(model, file, dimensions, SIDE);
  }

  private OnnxVisionModel open(String model, String file, int dimensions, int side) {
    return OnnxVisionModel.open(runtime, file(model, file), 1, side, side, dimensions);
  }

  private OnnxVisionModel openChoking() {
    return open("choking", "vision_model.onnx", 3, 4);
  }

  private Path file(String model, String file) {
    return Reference.copyFile(model, file, dir.resolve(model).resolve(file));
  }
}
