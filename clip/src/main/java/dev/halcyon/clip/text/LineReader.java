package dev.halcyon.clip.text;

import dev.halcyon.clip.batch.Batcher;
import dev.halcyon.clip.decode.RgbImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * PP-OCR's reader: strips of writing to words. Strips are of one size, so that those of many
 * pictures go in one batch; a longer line is cut where there is least ink. Safe for use by any
 * thread.
 */
final class LineReader {
  private static final int STEPS = Strip.WIDTH / 8;

  /** Mean probability of its letters below which a line counts as not read. */
  private static final double LEAST_CONFIDENCE = 0.5;

  private static final int BLANK = 0;

  private final Batcher batcher;
  private final List<String> alphabet;

  private LineReader(Batcher batcher, List<String> alphabet) {
    this.batcher = batcher;
    this.alphabet = alphabet;
  }

  /** Loads the reader. */
  static LineReader open(OcrBatches batches) {
    List<String> alphabet = new ArrayList<>(OcrModels.ALPHABET.lines());
    alphabet.add(" ");
    return new LineReader(
        batches.open(
            OcrModels.READER.file(),
            OcrModels.READER.bytes(),
            List.of(3, Strip.HEIGHT, Strip.WIDTH),
            List.of(STEPS, alphabet.size() + 1)),
        List.copyOf(alphabet));
  }

  /**
   * Reads lines. Blocks until all are read.
   *
   * @return one entry a line, empty where nothing could be read
   * @throws ExecutionException if the engine is broken
   */
  List<Optional<String>> read(RgbImage picture, List<TextLine> lines)
      throws InterruptedException, ExecutionException {
    List<List<Piece>> open = new ArrayList<>();
    for (TextLine line : lines) {
      List<Piece> pieces = new ArrayList<>();
      for (Strip strip : Strip.of(picture, line)) {
        try (Batcher.Ticket ticket = batcher.expect()) {
          pieces.add(new Piece(strip.beginsWord(), ticket.submit(strip::writeTo)));
        }
      }
      open.add(pieces);
    }
    List<Optional<String>> read = new ArrayList<>();
    for (List<Piece> pieces : open) {
      StringBuilder words = new StringBuilder();
      for (Piece piece : pieces) {
        Optional<String> text = decode(piece.letters().get());
        if (text.isPresent()) {
          words.append(piece.beginsWord() && !words.isEmpty() ? " " : "").append(text.get());
        }
      }
      read.add(words.isEmpty() ? Optional.empty() : Optional.of(words.toString()));
    }
    return read;
  }

  /** A strip on its way through the reader. */
  private record Piece(boolean beginsWord, CompletableFuture<float[]> letters) {}

  /** The likeliest letter of each step, repetitions and blanks dropped (Graves et al. 2006). */
  private Optional<String> decode(float[] probabilities) {
    int letters = alphabet.size() + 1;
    StringBuilder text = new StringBuilder();
    double sum = 0;
    int count = 0;
    int before = BLANK;
    for (int step = 0; step < STEPS; step++) {
      int best = BLANK;
      int base = step * letters;
      for (int letter = 1; letter < letters; letter++) {
        if (probabilities[base + letter] > probabilities[base + best]) {
          best = letter;
        }
      }
      if (best != BLANK && best != before) {
        text.append(alphabet.get(best - 1));
        sum += probabilities[base + best];
        count++;
      }
      before = best;
    }
    String read = text.toString().strip();
    return read.isEmpty() || sum / count < LEAST_CONFIDENCE ? Optional.empty() : Optional.of(read);
  }
}
