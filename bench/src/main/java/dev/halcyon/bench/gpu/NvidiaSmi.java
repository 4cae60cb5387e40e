package dev.halcyon.bench.gpu;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** What the driver's own tool says of the device. */
final class NvidiaSmi {
  private NvidiaSmi() {}

  /** The device's name and driver, or a word that says that the tool does not answer. */
  static String deviceName(int index) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(
                  "nvidia-smi",
                  "--id=" + index,
                  "--query-gpu=name,driver_version",
                  "--format=csv,noheader")
              .redirectErrorStream(true)
              .start();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return "GPU " + index;
      }
      String text = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
      return process.exitValue() == 0 && !text.isEmpty()
          ? text.lines().findFirst().orElseThrow().replace(", ", ", driver ")
          : "GPU " + index;
    } catch (IOException e) {
      return "GPU " + index;
    }
  }
}
