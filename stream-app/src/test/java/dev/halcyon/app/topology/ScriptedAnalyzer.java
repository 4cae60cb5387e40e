package dev.halcyon.app.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ImageAnalyzer;
import dev.halcyon.clip.ImageSource;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.clip.Outcome;
import dev.halcyon.clip.TextAnalysis;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** An engine that does with each image what the test says. */
final class ScriptedAnalyzer implements ImageAnalyzer {
  static final ModelIdentity MODEL = new ModelIdentity("scripted", "hash", "none", 2, 100f, 0f);

  private final Function<String, CompletableFuture<Outcome>> script;
  final AtomicInteger started = new AtomicInteger();

  /**
   * Makes an engine.
   *
   * @param script given the image's bytes as text, or its URI
   */
  ScriptedAnalyzer(Function<String, CompletableFuture<Outcome>> script) {
    this.script = script;
  }

  /** An engine that is done at once. */
  static ScriptedAnalyzer instant() {
    return new ScriptedAnalyzer(image -> CompletableFuture.completedFuture(evidence(image)));
  }

  /** Another model's engine that is done at once. */
  static ImageAnalyzer of(ModelIdentity model) {
    return new ImageAnalyzer() {
      @Override
      public ModelIdentity model() {
        return model;
      }

      @Override
      public CompletableFuture<Outcome> analyze(ImageSource image, TextAnalysis text) {
        return CompletableFuture.completedFuture(
            new Evidence(
                model, new float[] {0, 1}, Optional.empty(), 640, 480, "jpeg", "sha", false));
      }

      @Override
      public void close() {}
    };
  }

  static Evidence evidence(String image) {
    return new Evidence(
        MODEL, new float[] {1, 0}, Optional.empty(), 640, 480, "jpeg", "sha-of-" + image, false);
  }

  @Override
  public CompletableFuture<Outcome> analyze(ImageSource image, TextAnalysis text) {
    started.incrementAndGet();
    return script.apply(
        image instanceof ImageSource.Inline inline
            ? UTF_8.decode(inline.bytes().duplicate()).toString()
            : ((ImageSource.Remote) image).uri().toString());
  }

  @Override
  public ModelIdentity model() {
    return MODEL;
  }

  @Override
  public void close() {}
}
