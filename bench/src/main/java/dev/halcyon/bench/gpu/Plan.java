package dev.halcyon.bench.gpu;

import dev.halcyon.clip.ExecutionProvider;
import java.time.Duration;
import java.util.List;

/**
 * What is to be checked.
 *
 * @param shapes shapes of models
 * @param batches sizes of batches, at least one
 * @param pictures sizes of decoded pictures, at least one
 * @param threads threads that preprocess
 * @param rounds times each figure is measured
 * @param time of each measurement
 * @param limitSeconds after which no further figure is begun
 * @param quick whether speeds are only tried out, and so have no goal
 */
record Plan(
    ExecutionProvider provider,
    int deviceId,
    List<String> shapes,
    List<Integer> batches,
    List<PictureSize> pictures,
    int threads,
    int rounds,
    Duration time,
    int limitSeconds,
    boolean quick) {

  /** A size in pixels. */
  record PictureSize(int width, int height) {
    static PictureSize parse(String text) {
      String[] sides = text.split("x", -1);
      try {
        if (sides.length == 2) {
          int width = Integer.parseInt(sides[0]);
          int height = Integer.parseInt(sides[1]);
          if (width >= 1 && height >= 1 && width <= 8192 && height <= 8192) {
            return new PictureSize(width, height);
          }
        }
      } catch (NumberFormatException e) {
        // Said below.
      }
      throw new IllegalArgumentException(
          "\"" + text + "\" is not a size of pictures; write 640x480, sides up to 8192");
    }

    @Override
    public String toString() {
      return width + "x" + height;
    }
  }

  Plan {
    if (provider == ExecutionProvider.AUTO) {
      throw new IllegalArgumentException("--provider must name one: cuda, tensorrt or cpu");
    }
    if (shapes.isEmpty()
        || batches.isEmpty()
        || pictures.isEmpty()
        || batches.stream().anyMatch(batch -> batch < 1 || batch > 1024)) {
      throw new IllegalArgumentException(
          "there must be a shape, a size of pictures, and batches of 1 to 1024");
    }
    if (threads < 1 || limitSeconds < 1) {
      throw new IllegalArgumentException("threads and limit must be above 0");
    }
  }

  boolean onGpu() {
    return provider != ExecutionProvider.CPU;
  }
}
