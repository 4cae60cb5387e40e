package dev.halcyon.app.pictures;

import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ImageAnalyzer;
import dev.halcyon.clip.ImageSource;
import dev.halcyon.clip.Outcome;
import dev.halcyon.clip.RejectReason;
import dev.halcyon.clip.Rejected;
import dev.halcyon.clip.TextAnalysis;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Looks at picture files, enough of them at once to fill the engine's batches and no more, so that
 * memory stays bounded however many there are. For one thread at a time.
 */
public final class PictureLooker {
  private static final int AHEAD = 64;

  private final ImageAnalyzer analyzer;
  private final TextAnalysis text;
  private final LongConsumer progress;
  private long done;

  /**
   * A file and what became of it.
   *
   * @param outcome its evidence, or why it cannot be used
   */
  public record Looked(Path file, Outcome outcome) {}

  /**
   * A file and what it shows.
   *
   * @param evidence what it shows
   */
  public record Seen(Path file, Evidence evidence) {}

  /**
   * A looker.
   *
   * @param text how much work written text is worth
   * @param progress is told how many files are done, over all calls
   */
  public PictureLooker(ImageAnalyzer analyzer, TextAnalysis text, LongConsumer progress) {
    this.analyzer = analyzer;
    this.text = text;
    this.progress = progress;
  }

  /**
   * Looks at files, in their order.
   *
   * @param each receives every file, those that cannot be used too
   * @throws dev.halcyon.clip.EngineBrokenException if the engine is broken
   */
  public void look(List<Path> files, Consumer<Looked> each) {
    Queue<Pending> pending = new ArrayDeque<>();
    for (Path file : files) {
      if (pending.size() == AHEAD) {
        settle(pending.remove(), each);
      }
      pending.add(new Pending(file, start(file)));
    }
    while (!pending.isEmpty()) {
      settle(pending.remove(), each);
    }
  }

  /**
   * The evidence of files, in their order.
   *
   * @param rejects receives the files that cannot be used
   * @throws dev.halcyon.clip.EngineBrokenException if the engine is broken
   */
  public List<Seen> evidence(List<Path> files, Consumer<Looked> rejects) {
    List<Seen> seen = new ArrayList<>();
    look(
        files,
        looked -> {
          if (looked.outcome() instanceof Evidence evidence) {
            seen.add(new Seen(looked.file(), evidence));
          } else {
            rejects.accept(looked);
          }
        });
    return seen;
  }

  private record Pending(Path file, CompletableFuture<Outcome> outcome) {}

  private CompletableFuture<Outcome> start(Path file) {
    try {
      return analyzer.analyze(
          new ImageSource.Inline(ByteBuffer.wrap(Files.readAllBytes(file))), text);
    } catch (IOException e) {
      return CompletableFuture.completedFuture(
          new Rejected(
              RejectReason.UNREADABLE, file + " cannot be read: " + e.getClass().getSimpleName()));
    }
  }

  private void settle(Pending next, Consumer<Looked> each) {
    each.accept(new Looked(next.file(), next.outcome().join()));
    progress.accept(++done);
  }
}
