package dev.halcyon.bench.gpu;

import dev.halcyon.app.speed.EncoderSpeed;
import dev.halcyon.app.speed.RandomPictures;
import dev.halcyon.app.speed.SpeedComparison;
import dev.halcyon.app.speed.Spread;
import dev.halcyon.bench.gpu.Figures.Speed;
import dev.halcyon.bench.shapes.Likeness;
import dev.halcyon.bench.shapes.ModelMaker;
import dev.halcyon.bench.shapes.Variant;
import dev.halcyon.bench.shapes.Variant.Attention;
import dev.halcyon.bench.shapes.Variant.Input;
import dev.halcyon.bench.shapes.Variant.Precision;
import dev.halcyon.clip.EngineSettings;
import dev.halcyon.clip.ExecutionProvider;
import dev.halcyon.clip.decode.RgbImage;
import dev.halcyon.clip.preprocess.PreprocessingSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One run of the check: the figures in an order that loses the least when time runs out. */
final class CheckRun {
  private static final double LEAST_COSINE_FP32 = 0.999;
  private static final double LEAST_COSINE_FP16 = 0.998;
  private static final int VERIFIED_PICTURES = 8;

  /** Pictures of each size: enough that none lies in a cache, few enough to be made at once. */
  private static final int DISTINCT_PICTURES = 64;

  private static final Map<String, Double> GOALS =
      Map.of("vit-b-32", 10_000.0, "vit-l-14", 1_500.0);

  private final Plan plan;
  private final Figures figures;
  private final ModelMaker maker;
  private final String device;
  private final long began = System.nanoTime();
  private boolean holds = true;

  CheckRun(Plan plan, ModelMaker maker, Figures figures) throws InterruptedException {
    this.plan = plan;
    this.figures = figures;
    this.maker = maker;
    this.device = plan.onGpu() ? NvidiaSmi.deviceName(plan.deviceId()) : "CPU";
  }

  /** Whether every figure holds. */
  boolean run() throws InterruptedException {
    List<float[][]> references = new ArrayList<>();
    for (String shape : plan.shapes()) {
      Variant fused = new Variant(shape, Attention.FUSED, Input.FP16);
      references.add(verify(fused, references.isEmpty()));
      sweep(fused, references.size() == 1);
    }
    for (String shape : plan.shapes()) {
      if (isOver()) {
        break;
      }
      try (EncoderSpeed encoder = open(Variant.of(shape), Precision.FP16)) {
        for (int batch : plan.batches()) {
          speed(encoder, Variant.of(shape), Precision.FP16, batch, lanes(), smallest());
        }
      }
      Variant published = Variant.published(shape);
      try (EncoderSpeed encoder = open(published, Precision.FP16)) {
        speed(encoder, published, Precision.FP16, middleBatch(), lanes(), smallest());
      }
    }
    if (!isOver()) {
      eightBits(plan.shapes().get(0), references.get(0));
    }
    if (isOver()) {
      figures.say("\nThe limit was reached; what is missing above was not measured.");
    }
    return holds;
  }

  /** Gives the embeddings of the CPU in full precision. */
  private float[][] verify(Variant variant, boolean first) throws InterruptedException {
    float[][] reference;
    List<RgbImage> pictures = pictures(smallest(), VERIFIED_PICTURES);
    try (EncoderSpeed encoder = open(variant, Precision.FP32)) {
      if (first) {
        figures.machine(
            device,
            encoder.provider().settingName(),
            encoder.runtimeVersion(),
            Runtime.getRuntime().availableProcessors());
      }
      float[][] found = encoder.embed(pictures);
      try (EncoderSpeed cpu = open(variant, Precision.FP32, ExecutionProvider.CPU)) {
        reference = cpu.embed(pictures);
      }
      compare(variant, Precision.FP32, found, reference, LEAST_COSINE_FP32);
    }
    try (EncoderSpeed encoder = open(variant, Precision.FP16)) {
      compare(variant, Precision.FP16, encoder.embed(pictures), reference, LEAST_COSINE_FP16);
    }
    return reference;
  }

  /** What the runtime makes of eight-bit weights there; nothing is demanded of them. */
  private void eightBits(String shape, float[][] reference) throws InterruptedException {
    Variant published = Variant.published(shape);
    try (EncoderSpeed encoder = open(published, Precision.INT8)) {
      compare(
          published,
          Precision.INT8,
          encoder.embed(pictures(smallest(), VERIFIED_PICTURES)),
          reference,
          -1);
      speed(encoder, published, Precision.INT8, plan.batches().get(0), lanes(), smallest());
    }
  }

  private void compare(
      Variant variant, Precision precision, float[][] found, float[][] reference, double least) {
    Likeness likeness = Likeness.of(found, reference);
    boolean like = likeness.cosine() >= least;
    holds &= like;
    figures.likeness(variant.toString(), precision.title(), likeness, least, like);
  }

  private void sweep(Variant variant, boolean first) throws InterruptedException {
    try (EncoderSpeed encoder = open(variant, Precision.FP16)) {
      figures.opened(variant.toString(), "fp16", encoder.openSeconds());
      if (first) {
        for (Plan.PictureSize size : plan.pictures()) {
          preprocessing(encoder, size);
        }
      }
      for (int batch : plan.batches()) {
        speed(encoder, variant, Precision.FP16, batch, lanes(), smallest());
      }
      if (plan.onGpu()) {
        for (int lanes : new int[] {1, 3}) {
          speed(encoder, variant, Precision.FP16, middleBatch(), lanes, smallest());
        }
      }
      for (Plan.PictureSize size : plan.pictures().subList(1, plan.pictures().size())) {
        speed(encoder, variant, Precision.FP16, middleBatch(), lanes(), size);
      }
    }
  }

  private void preprocessing(EncoderSpeed encoder, Plan.PictureSize size)
      throws InterruptedException {
    List<RgbImage> pictures = pictures(size, DISTINCT_PICTURES);
    List<Double> rates = new ArrayList<>();
    // The first round warms the code up.
    for (int round = 0; round <= plan.rounds(); round++) {
      double rate = encoder.preprocessing(plan.threads(), pictures, plan.time());
      if (round > 0) {
        rates.add(rate);
      }
    }
    figures.preprocessing(size.toString(), plan.threads(), Spread.of(rates));
  }

  private void speed(
      EncoderSpeed encoder,
      Variant variant,
      Precision precision,
      int batch,
      int lanes,
      Plan.PictureSize size)
      throws InterruptedException {
    if (isOver()) {
      return;
    }
    List<RgbImage> pictures = pictures(size, DISTINCT_PICTURES);
    SpeedComparison.Case what =
        new SpeedComparison.Case(
            batch, List.of(1, 2), lanes, plan.threads(), plan.rounds(), plan.time());
    Speed speed =
        new Speed(
            SpeedComparison.of(encoder, what, pictures),
            copyMillis(variant, batch),
            goal(variant, batch),
            isJudged(precision, lanes, size));
    holds &= speed.holds();
    figures.speed(variant, precision.title(), batch, lanes, size.toString(), speed);
  }

  /**
   * Whether a speed must reach its goals: as the program runs by itself, on pictures that cost
   * little to bring to size. A CPU computes in the threads that preprocess, and a trial is too
   * short.
   */
  private boolean isJudged(Precision precision, int lanes, Plan.PictureSize size) {
    return plan.onGpu()
        && !plan.quick()
        && precision == Precision.FP16
        && lanes == lanes()
        && size.equals(smallest());
  }

  /** What a batch of this precision takes to the device and back where nothing is computed. */
  private double copyMillis(Variant variant, int batch) throws InterruptedException {
    Variant copy =
        new Variant(
            variant.shape().equals(Variant.TINY) ? "copy-tiny" : "copy",
            Attention.SPELLED,
            variant.input());
    try (EncoderSpeed encoder = open(copy, Precision.FP16)) {
      double rate = encoder.bare(batch, 1, pictures(smallest(), 1), plan.time().dividedBy(4));
      return 1000.0 * batch / rate;
    }
  }

  /**
   * Goals are of the larger batches of graphs with one operator for attention, on the GPU they are
   * set for.
   */
  private Optional<Double> goal(Variant variant, int batch) {
    boolean hopper = device.contains("H100") || device.contains("H200");
    return hopper && batch >= 64 && variant.attention() == Attention.FUSED
        ? Optional.ofNullable(GOALS.get(variant.shape()))
        : Optional.empty();
  }

  private EncoderSpeed open(Variant variant, Precision precision) throws InterruptedException {
    return open(variant, precision, plan.provider());
  }

  private EncoderSpeed open(Variant variant, Precision precision, ExecutionProvider provider)
      throws InterruptedException {
    EngineSettings defaults = EngineSettings.defaults();
    EngineSettings settings =
        new EngineSettings(
            provider,
            plan.deviceId(),
            defaults.weights(),
            0,
            0,
            plan.batches().stream().mapToInt(Integer::intValue).max().getAsInt(),
            defaults.linger(),
            defaults.runTimeout(),
            defaults.memoryPattern());
    return EncoderSpeed.open(
        maker.graph(variant, precision),
        PreprocessingSpec.read(maker.preprocessing(variant)),
        settings);
  }

  private Plan.PictureSize smallest() {
    return plan.pictures().get(0);
  }

  private int middleBatch() {
    return plan.batches().get(plan.batches().size() / 2);
  }

  private int lanes() {
    return plan.onGpu() ? 2 : 1;
  }

  private static List<RgbImage> pictures(Plan.PictureSize size, int count) {
    return RandomPictures.of(count, size.width(), size.height(), 7);
  }

  private boolean isOver() {
    return (System.nanoTime() - began) / 1e9 > plan.limitSeconds();
  }
}
