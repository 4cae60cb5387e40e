package dev.halcyon.app.pictures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ImageAnalyzer;
import dev.halcyon.clip.ImageSource;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.clip.Outcome;
import dev.halcyon.clip.RejectReason;
import dev.halcyon.clip.Rejected;
import dev.halcyon.clip.TextAnalysis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureLookerTest {
  private static final int MANY = 300;

  @TempDir private Path folder;

  @Test
  void theOrderIsThatOfTheFilesAndFewAreOpenAtOnce() throws IOException {
    for (int i = 0; i < MANY; i++) {
      Files.writeString(folder.resolve(String.format("%03d.png", i)), i % 10 == 3 ? "" : "x");
    }
    Files.writeString(folder.resolve("notes.txt"), "no picture");
    Lazy analyzer = new Lazy();
    List<Long> progress = new ArrayList<>();
    List<PictureLooker.Looked> rejects = new ArrayList<>();

    List<PictureLooker.Seen> seen =
        new PictureLooker(analyzer, TextAnalysis.OFF, progress::add)
            .evidence(PictureFolder.list(folder), rejects::add);

    assertThat(seen).hasSize(MANY - 30);
    assertThat(seen).extracting(PictureLooker.Seen::file).isSorted();
    assertThat(rejects).hasSize(30);
    assertThat(rejects.get(0).file()).hasFileName("003.png");
    assertThat(progress).hasSize(MANY).endsWith((long) MANY);
    assertThat(analyzer.mostOpen).isBetween(2, 64);
  }

  @Test
  void foldersWithinAreListedWhereAskedFor() throws IOException {
    Files.writeString(folder.resolve("a.jpg"), "x");
    Path within = Files.createDirectory(folder.resolve("within"));
    Files.writeString(within.resolve("b.jpg"), "x");
    assertThat(PictureFolder.list(folder)).hasSize(1);
    assertThat(PictureFolder.listAll(folder)).hasSize(2);
    Path link = Files.createSymbolicLink(folder.resolve("link"), within);
    assertThat(PictureFolder.listAll(link)).hasSize(1);
    assertThatThrownBy(() -> PictureFolder.listAll(folder.resolve("missing")))
        .isInstanceOf(PictureException.class)
        .hasMessageContaining("missing: no such folder");
  }

  /** Completes an image only once another is waiting behind it or nothing more comes. */
  private static final class Lazy implements ImageAnalyzer {
    private int open;
    private int mostOpen;

    @Override
    public CompletableFuture<Outcome> analyze(ImageSource image, TextAnalysis text) {
      mostOpen = Math.max(mostOpen, ++open);
      boolean empty = !((ImageSource.Inline) image).bytes().hasRemaining();
      return new CompletableFuture<>() {
        @Override
        public Outcome join() {
          open--;
          return empty
              ? new Rejected(RejectReason.EMPTY, "the image has no bytes")
              : new Evidence(
                  model(), new float[] {1}, Optional.empty(), 1, 1, "png", "0".repeat(64), false);
        }
      };
    }

    @Override
    public ModelIdentity model() {
      return new ModelIdentity("m", "0".repeat(64), "p", 1, 100, 0);
    }

    @Override
    public void close() {}
  }
}
