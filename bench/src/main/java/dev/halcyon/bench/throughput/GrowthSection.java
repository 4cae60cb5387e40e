package dev.halcyon.bench.throughput;

import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.speed.Spread;
import dev.halcyon.bench.FigureLines;
import dev.halcyon.bench.Pictures;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.clip.decode.DecodeLimits;
import dev.halcyon.clip.decode.DecodedImage;
import dev.halcyon.clip.decode.ImageDecoder;
import dev.halcyon.clip.preprocess.Preprocessor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** How the work on one image grows with the number of prompts, and with its size, on one thread. */
final class GrowthSection implements Section {
  private static final int DIMENSIONS = 512;

  @Override
  public String name() {
    return "growth";
  }

  @Override
  public void measure(Settings settings, Cluster cluster, Report report) {
    for (int prompts : new int[] {10, 100, 1_000, 10_000}) {
      prompts(prompts, settings, report);
    }
    for (double megapixels : new double[] {0.25, 1, 4, 12}) {
      size(megapixels, settings, report);
    }
  }

  private void prompts(int prompts, Settings settings, Report report) {
    ModelIdentity model =
        new ModelIdentity("random", "0".repeat(64), Pictures.CLIP_224.id(), DIMENSIONS, 100, 0);
    Decider decider = Engine.decider(RandomWords.labels(prompts), new RandomWords(model), model);
    Random random = new Random(1);
    List<Evidence> images = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      images.add(
          new Evidence(
              model,
              RandomWords.unit(random, DIMENSIONS),
              Optional.empty(),
              1,
              1,
              "jpeg",
              "0".repeat(64),
              false));
    }
    Decider.Context context = new Decider.Context("image", Optional.empty());
    int each = Math.max(1, (settings.quick() ? 20_000 : 200_000) / prompts / images.size());
    Spread nanos =
        timed(
            settings.rounds(),
            each * images.size(),
            () -> {
              for (int i = 0; i < each; i++) {
                for (Evidence image : images) {
                  decider.decide(image, context);
                }
              }
            });
    report.add(
        Figure.plain(
            name(),
            String.format(java.util.Locale.ROOT, "decision over %,d prompts", prompts),
            "ms",
            nanos));
  }

  private void size(double megapixels, Settings settings, Report report) {
    ByteBuffer file = settings.images().scaledTo(megapixels).get(0);
    ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);
    Preprocessor preprocessor = new Preprocessor(Pictures.CLIP_224);
    FloatBuffer out = FloatBuffer.allocate(Pictures.CLIP_224.floats());
    int each = Math.max(2, (int) ((settings.quick() ? 4 : 60) / megapixels));
    Spread spent =
        timed(
            settings.rounds(),
            each,
            () -> {
              for (int i = 0; i < each; i++) {
                DecodedImage decoded =
                    decoder.decode(file.duplicate(), preprocessor.decodeShortSidePixels());
                preprocessor.writeTo(decoded, out.clear());
              }
            });
    report.add(
        Figure.plain(
            name(), "JPEG of " + FigureLines.number(megapixels) + " MP to pixels", "ms", spent));
  }

  /** Milliseconds an operation. */
  private static Spread timed(int rounds, int operations, Runnable work) {
    work.run();
    List<Double> times = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      long start = System.nanoTime();
      work.run();
      times.add((System.nanoTime() - start) / 1e6 / operations);
    }
    return Spread.of(times);
  }
}
