package dev.halcyon.app.speed;

import dev.halcyon.clip.decode.RgbImage;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Pictures of random pixels: the same for the same seed, and none like another. */
public final class RandomPictures {
  private RandomPictures() {}

  /** So many pictures of one size in pixels. */
  public static List<RgbImage> of(int count, int width, int height, long seed) {
    return IntStream.range(0, count)
        .mapToObj(
            number -> {
              byte[] rgb = new byte[3 * width * height];
              new SplittableRandom(seed + number).nextBytes(rgb);
              return new RgbImage(width, height, rgb);
            })
        .toList();
  }
}
