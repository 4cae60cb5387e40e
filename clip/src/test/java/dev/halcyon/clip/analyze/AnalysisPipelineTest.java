package dev.halcyon.clip.analyze;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.halcyon.clip.AnalyzerSettings;
import dev.halcyon.clip.EngineBrokenException;
import dev.halcyon.clip.EngineObserver;
import dev.halcyon.clip.EngineSettings;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ExecutionProvider;
import dev.halcyon.clip.ImageSource;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.clip.Outcome;
import dev.halcyon.clip.ReferencePixels;
import dev.halcyon.clip.RejectReason;
import dev.halcyon.clip.Rejected;
import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.clip.TextEvidence;
import dev.halcyon.clip.TextSettings;
import dev.halcyon.clip.batch.BatchFailedException;
import dev.halcyon.clip.batch.BatchMemory;
import dev.halcyon.clip.batch.BatchRunner;
import dev.halcyon.clip.batch.Batcher;
import dev.halcyon.clip.decode.DecodeLimits;
import dev.halcyon.clip.decode.DecodedImage;
import dev.halcyon.clip.decode.RgbImage;
import dev.halcyon.clip.fetch.FetchSettings;
import dev.halcyon.clip.preprocess.PreprocessingSpec;
import dev.halcyon.clip.preprocess.Preprocessor;
import dev.halcyon.clip.reference.Reference;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AnalysisPipelineTest {
  private static final ModelIdentity MODEL = new ModelIdentity("mean", "hash", "pp", 2, 100, 0);
  private static final ImageSource GREY = inline(png(128));

  private final MeanDevice device = new MeanDevice();
  private final Map<EngineObserver.CacheLookup, AtomicInteger> lookups = new ConcurrentHashMap<>();
  private final EngineObserver observer =
      new EngineObserver() {
        @Override
        public void cacheLookedUp(CacheLookup result) {
          lookups.computeIfAbsent(result, r -> new AtomicInteger()).incrementAndGet();
        }
      };
  private final Batcher batcher =
      Batcher.start(
          List.of(device),
          EngineSettings.defaults().on(ExecutionProvider.CUDA, 1),
          EngineObserver.NONE);
  private final List<AutoCloseable> opened = new ArrayList<>();
  private AnalysisPipeline pipeline = open(settings(1 << 20), TextLooker.NONE);

  @AfterEach
  void close() throws Exception {
    device.gate.countDown();
    for (AutoCloseable part : opened) {
      part.close();
    }
    batcher.close();
  }

  @Test
  void bytesBecomeEvidence() throws Exception {
    Evidence evidence = evidence(analyze(GREY));
    assertThat(evidence.model()).isEqualTo(MODEL);
    assertThat(evidence.embedding()[0]).isBetween(0.01f, 0.99f);
    assertThat(Math.hypot(evidence.embedding()[0], evidence.embedding()[1])).isCloseTo(1, within());
    assertThat(evidence.text()).isEmpty();
    assertThat(evidence.widthPixels()).isEqualTo(40);
    assertThat(evidence.heightPixels()).isEqualTo(30);
    assertThat(evidence.format()).isEqualTo("png");
    assertThat(evidence.contentSha256()).matches("[0-9a-f]{64}");
    assertThat(evidence.reused()).isFalse();
  }

  @Test
  void brokenImagesAreRejectedAndOthersAreNot() throws Exception {
    byte[] sound = png(10);
    byte[] truncated = java.util.Arrays.copyOf(sound, sound.length / 2);
    assertThat(rejected(analyze(inline(new byte[0])))).isEqualTo(RejectReason.EMPTY);
    assertThat(rejected(analyze(inline("not an image at all".getBytes(US_ASCII)))))
        .isEqualTo(RejectReason.UNSUPPORTED_FORMAT);
    assertThat(rejected(analyze(inline(truncated)))).isEqualTo(RejectReason.UNREADABLE);
    evidence(analyze(inline(sound)));
  }

  @Test
  void sameBytesAreAnalyzedOnce() throws Exception {
    Evidence first = evidence(analyze(GREY));
    int images = device.images.get();
    Evidence second = evidence(analyze(inline(png(128))));
    assertThat(second.reused()).isTrue();
    assertThat(second.embedding()).isSameAs(first.embedding());
    assertThat(device.images).hasValue(images);
    assertThat(evidence(analyze(inline(png(129)))).reused()).isFalse();
    assertThat(lookups(EngineObserver.CacheLookup.HIT)).isEqualTo(1);
    assertThat(lookups(EngineObserver.CacheLookup.MISS)).isEqualTo(2);
  }

  @Test
  void sameBytesStillBeingAnalyzedAreJoined() throws Exception {
    device.gate = new CountDownLatch(1);
    List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      outcomes.add(analyze(inline(png(77))));
    }
    await(() -> lookups(EngineObserver.CacheLookup.JOINED) == 49);
    int before = device.images.get();
    device.gate.countDown();
    int fresh = 0;
    for (CompletableFuture<Outcome> outcome : outcomes) {
      fresh += evidence(outcome).reused() ? 0 : 1;
    }
    assertThat(fresh).isEqualTo(1);
    assertThat(device.images.get() - before).isEqualTo(1);
  }

  @Test
  void cacheIsBoundedByBytes() throws Exception {
    int entry = EvidenceCache.bytes(evidence(analyze(GREY)));
    pipeline = open(settings(entry * 10L), TextLooker.NONE);
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 200; i++) {
        analyze(inline(png(i))).get();
      }
    }
    assertThat(lookups(EngineObserver.CacheLookup.HIT))
        .as("few of 200 images in turn fit ten places")
        .isLessThanOrEqualTo(20);
    pipeline = open(settings(0), TextLooker.NONE);
    analyze(GREY).get();
    assertThat(evidence(analyze(GREY)).reused()).as("no cache").isFalse();
  }

  /** A fetch that takes as long as all others together. */
  @Test
  void slowFetchHoldsUpNobodyElse() throws Exception {
    CountDownLatch othersDone = new CountDownLatch(1);
    HttpServer server = serve(othersDone);
    try {
      CompletableFuture<Outcome> slow = analyze(remote(server, "/slow"));
      List<CompletableFuture<Outcome>> others = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        others.add(analyze(i % 2 == 0 ? remote(server, "/" + i) : inline(png(i))));
      }
      for (CompletableFuture<Outcome> other : others) {
        evidence(other);
      }
      assertThat(slow).isNotDone();
      othersDone.countDown();
      evidence(slow);
    } finally {
      othersDone.countDown();
      server.stop(0);
    }
  }

  @Test
  void failedFetchIsTheRejectOfItsImageAlone() throws Exception {
    HttpServer server = serve(new CountDownLatch(0));
    try {
      CompletableFuture<Outcome> gone = analyze(remote(server, "/gone"));
      CompletableFuture<Outcome> sound = analyze(remote(server, "/1"));
      assertThat(rejected(gone)).isEqualTo(RejectReason.FETCH_FAILED);
      evidence(sound);
    } finally {
      server.stop(0);
    }
  }

  /** Pictures over HTTP: /slow answers once released, /gone never has one. */
  private static HttpServer serve(CountDownLatch release) throws java.io.IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "pictures");
              thread.setDaemon(true);
              return thread;
            }));
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          try {
            if (path.equals("/slow")) {
              release.await();
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          if (path.equals("/gone")) {
            exchange.sendResponseHeaders(404, -1);
          } else {
            byte[] picture = png(path.equals("/slow") ? 200 : Integer.parseInt(path.substring(1)));
            exchange.sendResponseHeaders(200, picture.length);
            exchange.getResponseBody().write(picture);
          }
          exchange.close();
        });
    server.start();
    return server;
  }

  private static ImageSource remote(HttpServer server, String path) {
    return new ImageSource.Remote(
        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path));
  }

  @Test
  void rejectionsAreNotCached() throws Exception {
    ImageSource broken = inline("no image".getBytes(US_ASCII));
    rejected(analyze(broken));
    rejected(analyze(broken));
    assertThat(lookups(EngineObserver.CacheLookup.MISS)).isEqualTo(2);
  }

  @Test
  void brokenEngineFailsOpenAndLaterImages() throws Exception {
    device.gate = new CountDownLatch(1);
    List<CompletableFuture<Outcome>> open = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      open.add(analyze(inline(png(i))));
    }
    device.broken = true;
    device.gate.countDown();
    for (CompletableFuture<Outcome> outcome : open) {
      assertThatThrownBy(outcome::get).hasCauseInstanceOf(EngineBrokenException.class);
    }
    assertThatThrownBy(analyze(GREY)::get).hasCauseInstanceOf(EngineBrokenException.class);
  }

  @Test
  void closeCancelsWhatIsOpen() throws Exception {
    device.gate = new CountDownLatch(1);
    List<CompletableFuture<Outcome>> open = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      open.add(analyze(inline(png(i))));
    }
    pipeline.close();
    for (CompletableFuture<Outcome> outcome : open) {
      assertThatThrownBy(outcome::get).isInstanceOf(CancellationException.class);
    }
    assertThatThrownBy(analyze(GREY)::get).isInstanceOf(CancellationException.class);
  }

  @Test
  void textIsLookedForWhereAskedAndItsPicturesShareTheBatches() throws Exception {
    pipeline = open(settings(1 << 20), new MirrorLooker());
    assertThat(evidence(analyze(GREY)).text()).isEmpty();
    Evidence looked = evidence(pipeline.analyze(GREY, TextAnalysis.ALWAYS));
    assertThat(looked.reused()).as("evidence without text is other evidence").isFalse();
    assertThat(looked.text().orElseThrow().mirror().orElseThrow()).hasSize(2);
    assertThat(evidence(pipeline.analyze(GREY, TextAnalysis.ALWAYS)).reused()).isTrue();
  }

  @Test
  void lookerThatFailsIsTheImagesFault() throws Exception {
    pipeline =
        open(
            settings(0),
            new MirrorLooker() {
              @Override
              public CompletableFuture<Optional<TextEvidence>> look(
                  DecodedImage image, TextAnalysis how, PictureEncoder encoder) {
                throw new IllegalStateException("tripped");
              }
            });
    assertThat(rejected(pipeline.analyze(GREY, TextAnalysis.ALWAYS)))
        .isEqualTo(RejectReason.UNREADABLE);
    evidence(analyze(GREY));
  }

  @Test
  void whatStandsAtTheEdgeOfAWidePictureIsSeenInATile() throws Exception {
    Evidence black = evidence(analyze(inline(wide(false))));
    Evidence uncut = evidence(analyze(inline(wide(true))));
    assertThat(uncut.parts()).as("tiling is off").isEmpty();
    assertThat(uncut.embedding())
        .as("the centre crop misses the edge")
        .isEqualTo(black.embedding());

    pipeline = open(settings(1 << 20, 1.5, 1), TextLooker.NONE);
    Evidence cut = evidence(analyze(inline(wide(true))));
    assertThat(cut.embedding()).isEqualTo(uncut.embedding());
    assertThat(cut.parts()).hasSize(3);
    assertThat(cut.parts().get(0)).isEqualTo(black.embedding());
    assertThat(cut.parts().get(2)[0]).isGreaterThan(black.embedding()[0] + 0.01f);
    Evidence again = evidence(analyze(inline(wide(true))));
    assertThat(again.reused()).isTrue();
    assertThat(again.parts()).isEqualTo(cut.parts());
    assertThat(evidence(analyze(GREY)).parts()).as("4:3 is not cut").isEmpty();
  }

  @Test
  void furtherFramesOfAnAnimationAreLookedAtWhereAsked() throws Exception {
    ImageSource gif = new ImageSource.Inline(ReferencePixels.picture("gif-animated.gif"));
    Evidence first = evidence(analyze(gif));
    assertThat(first.parts()).isEmpty();

    pipeline = open(settings(1 << 20, 0, 3), TextLooker.NONE);
    Evidence frames = evidence(analyze(gif));
    assertThat(frames.embedding()).isEqualTo(first.embedding());
    assertThat(frames.parts()).hasSize(2);
    assertThat(frames.parts().get(0)).isNotEqualTo(first.embedding());
    assertThat(evidence(analyze(GREY)).parts()).as("a still picture has one frame").isEmpty();
  }

  private AnalysisPipeline open(AnalyzerSettings settings, TextLooker looker) {
    AnalysisPipeline made =
        new AnalysisPipeline(
            MODEL,
            batcher,
            new Preprocessor(
                PreprocessingSpec.read(
                    Reference.folder("tiny-clip").resolve("preprocessor_config.json"))),
            looker,
            settings,
            observer);
    opened.add(0, made);
    return made;
  }

  private static AnalyzerSettings settings(long cacheBytes) {
    return settings(cacheBytes, 0, 1);
  }

  private static AnalyzerSettings settings(
      long cacheBytes, double tileAspect, int animationFrames) {
    FetchSettings d = FetchSettings.defaults();
    return new AnalyzerSettings(
        3,
        tileAspect,
        animationFrames,
        DecodeLimits.DEFAULT,
        new FetchSettings(
            d.allowedSchemes(),
            Set.of("127.0.0.1"),
            true,
            List.of(),
            d.maxBytes(),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            d.maxRedirects(),
            d.maxConcurrent()),
        8,
        1 << 20,
        cacheBytes,
        TextSettings.defaults());
  }

  private CompletableFuture<Outcome> analyze(ImageSource image) {
    return pipeline.analyze(image, TextAnalysis.OFF);
  }

  private int lookups(EngineObserver.CacheLookup result) {
    return lookups.getOrDefault(result, new AtomicInteger()).get();
  }

  private static ImageSource inline(byte[] bytes) {
    return new ImageSource.Inline(ByteBuffer.wrap(bytes));
  }

  private static Evidence evidence(CompletableFuture<Outcome> outcome) throws Exception {
    assertThat(outcome.get()).isInstanceOf(Evidence.class);
    return (Evidence) outcome.get();
  }

  private static RejectReason rejected(CompletableFuture<Outcome> outcome) throws Exception {
    assertThat(outcome.get()).isInstanceOf(Rejected.class);
    return ((Rejected) outcome.get()).reason();
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.api.Assertions.within(1e-6);
  }

  /** A PNG of 40 x 30 in one grey, all different for levels from 0 to 255. */
  private static byte[] png(int level) {
    BufferedImage image = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 30; y++) {
      for (int x = 0; x < 40; x++) {
        image.setRGB(x, y, (level & 0xff) * 0x010101);
      }
    }
    return png(image);
  }

  private static byte[] png(BufferedImage image) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ImageIO.write(image, "png", out);
      return out.toByteArray();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** A black PNG of 90 x 30, its last 15 columns white where asked. */
  private static byte[] wide(boolean edge) {
    BufferedImage image = new BufferedImage(90, 30, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; edge && y < 30; y++) {
      for (int x = 75; x < 90; x++) {
        image.setRGB(x, y, 0xffffff);
      }
    }
    return png(image);
  }

  private static void await(BooleanSupplier condition) {
    long giveUp = System.nanoTime() + 20_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(giveUp);
      Thread.onSpinWait();
    }
  }

  /** Takes no text to be there, and embeds the picture again in place of its mirror image. */
  private static class MirrorLooker implements TextLooker {
    @Override
    public TextAnalysis effective(TextAnalysis asked) {
      return asked;
    }

    @Override
    public int decodeShortSidePixels() {
      return 1;
    }

    @Override
    public CompletableFuture<Optional<TextEvidence>> look(
        DecodedImage image, TextAnalysis how, PictureEncoder encoder) throws InterruptedException {
      RgbImage picture = image.image();
      return encoder
          .encode(picture)
          .thenApply(
              mirror ->
                  Optional.of(
                      new TextEvidence(
                          List.of(),
                          0,
                          Optional.empty(),
                          Optional.empty(),
                          Optional.empty(),
                          Optional.of(mirror))));
    }
  }

  /** Embeds a picture as (1 + its mean / 10, 1). */
  private static final class MeanDevice implements BatchRunner {
    private static final int FLOATS = 3 * 32 * 32;

    private final AtomicInteger images = new AtomicInteger();
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile boolean broken;

    @Override
    public int maxItems() {
      return 1024;
    }

    @Override
    public BatchMemory allocate(int items) {
      float[][] inputs = new float[items][FLOATS];
      return new BatchMemory() {
        @Override
        public void write(int item, Consumer<FloatBuffer> writer) {
          writer.accept(FloatBuffer.wrap(inputs[item]));
        }

        @Override
        public float[] read(int item) {
          double sum = 0;
          for (float value : inputs[item]) {
            sum += value;
          }
          return new float[] {(float) (1 + sum / FLOATS / 10), 1};
        }

        @Override
        public void copyFrom(BatchMemory other, int from, int count) {
          throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public void run(BatchMemory memory, int items) throws BatchFailedException {
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      if (broken) {
        throw new BatchFailedException(BatchFailedException.Kind.DEVICE_LOST, "gone", null);
      }
      images.addAndGet(items);
    }

    @Override
    public void close() {}
  }
}
