package dev.halcyon.app.topology;

import dev.halcyon.clip.ImageAnalyzer;
import dev.halcyon.clip.ImageSource;
import dev.halcyon.clip.Outcome;
import dev.halcyon.clip.RejectReason;
import dev.halcyon.clip.Rejected;
import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.events.state.PendingUpload;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Analysis by the JVM's one engine; inline images that are not at hand are read again first. */
final class EngineAnalysis implements Analysis {
  private static final Rejected GONE =
      new Rejected(
          RejectReason.SOURCE_GONE,
          "the upload had to be read a second time and its topic no longer has it; give the topic a"
              + " longer retention, or upload the image again");

  private final ImageAnalyzer analyzer;
  private final Function<Optional<String>, TextAnalysis> textAnalysis;
  private final UploadSource source;
  private final UploadReader reader;

  EngineAnalysis(
      ImageAnalyzer analyzer,
      Function<Optional<String>, TextAnalysis> textAnalysis,
      UploadSource source,
      UploadReader reader) {
    this.analyzer = analyzer;
    this.textAnalysis = textAnalysis;
    this.source = source;
    this.reader = reader;
  }

  @Override
  public CompletableFuture<Outcome> start(PendingUpload pending, Optional<ByteBuffer> inline) {
    if (pending.getRejectReason() != null) {
      return CompletableFuture.completedFuture(
          new Rejected(RejectReason.valueOf(pending.getRejectReason()), pending.getRejectDetail()));
    }
    if (pending.getInlineBytes() == 0) {
      return analyze(pending, new ImageSource.Remote(URI.create(pending.getUpload().getUri())));
    }
    if (inline.isPresent()) {
      return analyze(pending, new ImageSource.Inline(inline.get()));
    }
    return source
        .read(pending.getSource())
        .thenCompose(
            value ->
                value
                    .flatMap(bytes -> reader.inlineImage(pending, bytes))
                    .map(image -> analyze(pending, new ImageSource.Inline(image)))
                    .orElseGet(() -> CompletableFuture.completedFuture(GONE)));
  }

  private CompletableFuture<Outcome> analyze(PendingUpload pending, ImageSource image) {
    Optional<String> surface = Optional.ofNullable(pending.getUpload().getSurface());
    return analyzer.analyze(image, textAnalysis.apply(surface));
  }
}
