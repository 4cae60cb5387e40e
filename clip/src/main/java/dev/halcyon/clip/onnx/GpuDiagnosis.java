package dev.halcyon.clip.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import dev.halcyon.clip.ExecutionProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Why a GPU cannot be used, and what would change that: from the runtime's own words. */
final class GpuDiagnosis {
  /** What the dynamic linker says of a library it does not find. */
  private static final Pattern NOT_FOUND =
      Pattern.compile(
          "(lib([A-Za-z]+)[A-Za-z_]*\\.so(?:\\.([0-9]+))?)[^:]*: cannot open shared object");

  /** What cuDNN's loader says: it is opened late, and not by the linker. */
  private static final Pattern CUDNN_NOT_LOADED =
      Pattern.compile("(?i)(could ?n.t|cannot|unable to|failed to) (load|open|find)[^.]*cudnn");

  private static final String CPU_INSTEAD = ", or set the provider to cpu";

  /** A part of CUDA: the start of its libraries' names, and the packages that bring it. */
  private record Part(String prefix, String name, String debian, String pypi) {}

  private static final List<Part> PARTS =
      List.of(
          new Part("cublas", "cuBLAS", "libcublas-%s-*", "nvidia-cublas"),
          new Part("cudart", "the CUDA runtime", "cuda-cudart-%s-*", "nvidia-cuda-runtime"),
          new Part("curand", "cuRAND", "libcurand-%s-*", "nvidia-curand"),
          new Part("cufft", "cuFFT", "libcufft-%s-*", "nvidia-cufft"),
          new Part("nvrtc", "NVRTC", "cuda-nvrtc-%s-*", "nvidia-cuda-nvrtc"),
          new Part("cudnn", "cuDNN 9", "libcudnn9-cuda-%s", "nvidia-cudnn"),
          new Part("nvinfer", "TensorRT 10", "libnvinfer10", "tensorrt"),
          new Part("nvonnxparser", "TensorRT 10", "libnvonnxparsers10", "tensorrt"));

  private GpuDiagnosis() {}

  /** Whether the machine shows an NVIDIA device. */
  static boolean hasNvidiaDevice() {
    return Files.exists(Path.of("/dev/nvidia0"))
        || Files.isDirectory(Path.of("/proc/driver/nvidia/gpus"))
        || Files.exists(Path.of("/dev/dxg"));
  }

  /** Why a provider could not be added, and the remedy. */
  static String explain(ExecutionProvider asked, String message) {
    return explain(
        asked,
        message,
        OrtEnvironment.getAvailableProviders(),
        hasNvidiaDevice(),
        System.getProperty("onnxruntime.native.path") != null);
  }

  static String explain(
      ExecutionProvider asked,
      String message,
      Set<OrtProvider> builtIn,
      boolean device,
      boolean ownLibraries) {
    Set<OrtProvider> needed =
        asked == ExecutionProvider.TENSORRT
            ? Set.of(OrtProvider.TENSOR_RT, OrtProvider.CUDA)
            : Set.of(OrtProvider.CUDA);
    if (!builtIn.containsAll(needed)) {
      return (ownLibraries
              ? "the ONNX Runtime at onnxruntime.native.path is one for the CPU; put a build with"
                  + " CUDA there"
              : "this build carries ONNX Runtime for the CPU only; build with -Pgpu for CUDA 12, or"
                  + " point onnxruntime.native.path at a build for another CUDA")
          + CPU_INSTEAD;
    }
    if (!device) {
      return "no NVIDIA device (/dev/nvidia0, /proc/driver/nvidia) is visible; give the container"
          + " a GPU"
          + CPU_INSTEAD
          + " ("
          + message
          + ")";
    }
    return remedy(message)
        .orElse(
            "its libraries do not load; the CUDA that ONNX Runtime was built for, cuDNN 9"
                + (asked == ExecutionProvider.TENSORRT ? " and TensorRT 10" : "")
                + " must be on LD_LIBRARY_PATH"
                + CPU_INSTEAD
                + ": "
                + message);
  }

  /** What is missing and which package brings it, where the runtime's message tells. */
  static Optional<String> remedy(String message) {
    String text = String.valueOf(message);
    Matcher missing = NOT_FOUND.matcher(text);
    if (missing.find()) {
      return Optional.of(missing(missing.group(1), missing.group(2), missing.group(3)));
    }
    if (CUDNN_NOT_LOADED.matcher(text).find()) {
      return Optional.of(missing("libcudnn.so.9", "cudnn", "9"));
    }
    if (text.contains("not compiled with CUDA support")) {
      return Optional.of(
          "libonnxruntime4j_jni.so is that of the CPU's jar; take the one of the same version's"
              + " onnxruntime_gpu jar"
              + CPU_INSTEAD);
    }
    if (text.contains("CUDA failure 35") || text.contains("driver version is insufficient")) {
      return Optional.of(
          "the NVIDIA driver is too old for this CUDA; CUDA 12 needs driver 525, CUDA 13 driver 580"
              + " or later"
              + CPU_INSTEAD);
    }
    if (text.contains("Failed to find TensorRT shared provider")) {
      return Optional.of(
          "libonnxruntime_providers_tensorrt.so is not among ONNX Runtime's libraries; put it beside"
              + " the others, or set the provider to cuda");
    }
    if (text.contains("CUDA failure 100") || text.contains("no CUDA-capable device")) {
      return Optional.of("the driver shows no GPU to this process; give it one" + CPU_INSTEAD);
    }
    if (text.contains("Invalid device ID") || text.contains("invalid device ordinal")) {
      return Optional.of(
          "there is no GPU of that index; set deviceId to one that nvidia-smi lists");
    }
    return Optional.empty();
  }

  private static String missing(String library, String stem, String version) {
    if (library.startsWith("libcuda.so")) {
      return library
          + " is not found; it belongs to the NVIDIA driver: install that, in a container let its"
          + " runtime mount it (--gpus all)"
          + CPU_INSTEAD;
    }
    String lower = stem.toLowerCase(Locale.ROOT);
    for (Part part : PARTS) {
      if (lower.startsWith(part.prefix())) {
        // cuBLAS and the runtime count with CUDA; the others do not.
        boolean counts = part.prefix().equals("cublas") || part.prefix().equals("cudart");
        String cuda = counts && version != null ? version : "N";
        return library
            + " is not on the library path; it is part of "
            + part.name()
            + (counts ? " for CUDA " + cuda : "")
            + ": install it (Debian package "
            + String.format(Locale.ROOT, part.debian(), cuda)
            + (counts || !part.debian().contains("%s") ? "" : ", N the CUDA in use")
            + "; PyPI "
            + pypi(part, cuda)
            + ") and put its folder on LD_LIBRARY_PATH"
            + CPU_INSTEAD;
      }
    }
    return library + " is not on the library path; put its folder on LD_LIBRARY_PATH" + CPU_INSTEAD;
  }

  private static String pypi(Part part, String cuda) {
    boolean always = part.prefix().equals("cudnn") || part.pypi().equals("tensorrt");
    if (always) {
      return part.pypi() + "-cu12 or -cu13";
    }
    return switch (cuda) {
      case "12" -> part.pypi() + "-cu12";
      case "N" -> part.pypi() + "-cu12 for CUDA 12, " + part.pypi() + " for 13";
      default -> part.pypi();
    };
  }
}
