package dev.halcyon.clip.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtProvider;
import dev.halcyon.clip.ExecutionProvider;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages as ONNX Runtime 1.28 gives them. */
class GpuDiagnosisTest {
  private static final Set<OrtProvider> GPU_BUILD =
      Set.of(OrtProvider.CPU, OrtProvider.CUDA, OrtProvider.TENSOR_RT);

  private static final String NOT_FOUND =
      "Error code - ORT_FAIL - message: provider_bridge_ort.cc:1988 ProviderLibrary::Get()"
          + " Failed to load library /tmp/onnxruntime-java1/libonnxruntime_providers_cuda.so with"
          + " error: %s: cannot open shared object file: No such file or directory";

  @ParameterizedTest
  @CsvSource({
    "libcublasLt.so.12, cuBLAS for CUDA 12, libcublas-12-*, nvidia-cublas-cu12",
    "libcublas.so.13, cuBLAS for CUDA 13, libcublas-13-*, PyPI nvidia-cublas)",
    "libcudart.so.13, the CUDA runtime for CUDA 13, cuda-cudart-13-*, nvidia-cuda-runtime",
    "libcurand.so.10, cuRAND, libcurand-N-*, nvidia-curand",
    "libcufft.so.11, cuFFT, libcufft-N-*, nvidia-cufft",
    "libcudnn.so.9, cuDNN 9, libcudnn9-cuda-N, nvidia-cudnn-cu12 or -cu13",
    "libnvinfer.so.10, TensorRT 10, libnvinfer10, tensorrt-cu12 or -cu13",
    "libcuda.so.1, belongs to the NVIDIA driver, --gpus all, set the provider to cpu",
    "libother.so.3, libother.so.3 is not on the library path, LD_LIBRARY_PATH, LD_LIBRARY_PATH",
  })
  void missingLibraryIsNamedWithItsPackages(
      String library, String part, String debian, String pypi) {
    assertThat(explain(NOT_FOUND.formatted(library)))
        .startsWith(library + " is not")
        .contains(part, debian, pypi)
        .endsWith("or set the provider to cpu");
  }

  @Test
  void oldDriverAndWrongDeviceAreToldApart() {
    assertThat(explain("CUDA failure 35: CUDA driver version is insufficient for CUDA runtime"))
        .contains("driver is too old", "CUDA 13 driver 580");
    assertThat(explain("CUDA failure 100: no CUDA-capable device is detected ; GPU=0"))
        .contains("shows no GPU");
    assertThat(
            explain(
                "Failed to parse provider option \"device_id\": Invalid device ID: 7, must be"
                    + " between 0 (inclusive) and 1 (exclusive)"))
        .contains("set deviceId to one that nvidia-smi lists");
    assertThat(explain("Failed to find TensorRT shared provider"))
        .contains("libonnxruntime_providers_tensorrt.so");
  }

  @Test
  void whatIsNotKnownKeepsTheRuntimesWords() {
    assertThat(explain("something new")).endsWith(": something new").contains("cuDNN 9");
  }

  @Test
  void buildForTheCpuIsSaidFirst() {
    assertThat(
            GpuDiagnosis.explain(
                ExecutionProvider.CUDA, "x", Set.of(OrtProvider.CPU), false, false))
        .contains("build with -Pgpu", "onnxruntime.native.path");
    assertThat(
            GpuDiagnosis.explain(ExecutionProvider.CUDA, "x", Set.of(OrtProvider.CPU), true, true))
        .contains("at onnxruntime.native.path is one for the CPU");
  }

  @Test
  void machineWithoutDeviceIsSaidBeforeLibraries() {
    assertThat(GpuDiagnosis.explain(ExecutionProvider.CUDA, "x", GPU_BUILD, false, false))
        .contains("no NVIDIA device", "give the container a GPU");
  }

  private static String explain(String message) {
    return GpuDiagnosis.explain(ExecutionProvider.CUDA, message, GPU_BUILD, true, false);
  }
}
