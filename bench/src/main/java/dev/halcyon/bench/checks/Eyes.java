package dev.halcyon.bench.checks;

import dev.halcyon.app.console.Progress;
import dev.halcyon.clip.AnalyzerSettings;
import dev.halcyon.clip.ClipModel;
import dev.halcyon.clip.EngineSettings;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ImageAnalyzer;
import dev.halcyon.clip.ImageSource;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.clip.Outcome;
import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.clip.TextEncoder;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The real engine, as the program opens it, looking at pictures. */
final class Eyes implements AutoCloseable {
  /** Pictures at once: enough to keep every lane busy, few enough to hold. */
  private static final int AT_ONCE = 16;

  private final ClipModel model;
  private final ImageAnalyzer analyzer;
  private final boolean terminal;

  Eyes(Path directory, boolean terminal) {
    this.model = ClipModel.open(directory, EngineSettings.defaults());
    // Parts look at the same pictures; one that takes the time must not find them in the cache.
    this.analyzer = model.analyzer(AnalyzerSettings.defaults().withCacheBytes(0));
    this.terminal = terminal;
  }

  ModelIdentity model() {
    return model.identity();
  }

  TextEncoder textEncoder() {
    return model.textEncoder();
  }

  /** Where the engine runs. */
  String provider() {
    return model.provider().settingName();
  }

  /** Evidence of encoded pictures, with their text looked for. */
  List<Evidence> look(String what, List<byte[]> pictures) {
    List<Evidence> seen = new ArrayList<>();
    List<CompletableFuture<Outcome>> open = new ArrayList<>();
    Progress progress = new Progress(System.err, terminal, what, pictures.size(), System::nanoTime);
    try {
      for (int i = 0; i < pictures.size(); i++) {
        open.add(start(pictures.get(i), TextAnalysis.ALWAYS));
        if (open.size() > seen.size() + AT_ONCE) {
          seen.add(evidence(open.get(seen.size())));
          progress.at(seen.size());
        }
      }
      while (seen.size() < pictures.size()) {
        seen.add(evidence(open.get(seen.size())));
        progress.at(seen.size());
      }
    } finally {
      progress.close();
    }
    return seen;
  }

  /** Evidence of one picture, and nothing else going on. */
  Evidence look(byte[] picture, TextAnalysis how) {
    return evidence(start(picture, how));
  }

  private CompletableFuture<Outcome> start(byte[] picture, TextAnalysis how) {
    return analyzer.analyze(new ImageSource.Inline(ByteBuffer.wrap(picture)), how);
  }

  private static Evidence evidence(CompletableFuture<Outcome> outcome) {
    if (outcome.join() instanceof Evidence evidence) {
      return evidence;
    }
    throw new IllegalStateException("a picture of the bench is refused: " + outcome.join());
  }

  @Override
  public void close() {
    analyzer.close();
    model.close();
  }
}
