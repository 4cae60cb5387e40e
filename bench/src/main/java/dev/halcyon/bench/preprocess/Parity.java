package dev.halcyon.bench.preprocess;

import dev.halcyon.app.Home;
import dev.halcyon.bench.Pictures;
import dev.halcyon.clip.EngineSettings;
import dev.halcyon.clip.batch.BatchFailedException;
import dev.halcyon.clip.batch.BatchMemory;
import dev.halcyon.clip.batch.BatchRunner;
import dev.halcyon.clip.decode.DecodeLimits;
import dev.halcyon.clip.decode.DecodedImage;
import dev.halcyon.clip.decode.ImageDecoder;
import dev.halcyon.clip.model.ModelDirectory;
import dev.halcyon.clip.onnx.OnnxRuntime;
import dev.halcyon.clip.onnx.OnnxVisionModel;
import dev.halcyon.clip.preprocess.PreprocessingSpec;
import dev.halcyon.clip.preprocess.Preprocessor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** Whether decoding a JPEG at a part of its size changes what the starter model sees. */
final class Parity {
  /** Photographs among the samples. */
  static final List<String> PHOTOGRAPHS =
      List.of(
          "airplane.jpg",
          "astronaut.jpg",
          "bee.jpg",
          "bridge-at-night.jpg",
          "cat.jpg",
          "citrus-fruits.jpg",
          "dog.jpg",
          "flower.jpg",
          "giraffe.jpg",
          "horses.jpg",
          "mountains.jpg",
          "portrait.jpg",
          "raccoon.jpg",
          "rocket.jpg",
          "temple.jpg");

  private Parity() {}

  /**
   * How alike one picture is to itself decoded at full size, resized as Pillow does.
   *
   * @param picture file name
   * @param cosine of the embeddings, decoded as the program does
   * @param levels root mean square of the difference of the inputs, in levels of 256
   * @param exactCosine the cosine with {@link ExactResize} in place of the program's way
   */
  record Likeness(String picture, double cosine, double levels, double exactCosine) {}

  /** Of photographs enlarged or reduced to so many megapixels, with a camera's grain. */
  static List<Likeness> of(List<String> photographs, double megapixels)
      throws BatchFailedException {
    ModelDirectory files = ModelDirectory.open(Home.resolve("starter-model/model"));
    PreprocessingSpec spec = PreprocessingSpec.read(files.preprocessing());
    List<Likeness> found = new ArrayList<>();
    try (OnnxVisionModel model =
            OnnxVisionModel.open(
                OnnxRuntime.start(EngineSettings.defaults()),
                files.visionModel(),
                1,
                spec.height(),
                spec.width(),
                files.dimensions().orElseThrow());
        BatchRunner lane = model.lane();
        BatchMemory memory = lane.allocate(3)) {
      for (String photograph : photographs) {
        byte[] file = Pictures.sample(photograph).scaledTo(megapixels).file();
        found.add(of(photograph, file, spec, lane, memory));
      }
    }
    return found;
  }

  private static Likeness of(
      String name, byte[] file, PreprocessingSpec spec, BatchRunner lane, BatchMemory memory)
      throws BatchFailedException {
    Preprocessor preprocessor = new Preprocessor(spec);
    ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);
    DecodedImage full = decoder.decode(ByteBuffer.wrap(file));
    FloatBuffer own = FloatBuffer.allocate(spec.floats());
    FloatBuffer pillow = FloatBuffer.allocate(spec.floats());
    preprocessor.writeTo(
        decoder.decode(ByteBuffer.wrap(file), preprocessor.decodeShortSidePixels()), own);
    preprocessor.writeTo(full, pillow);
    float[] exact = ExactResize.of(full.image(), spec);
    memory.write(0, out -> out.put(own.array()));
    memory.write(1, out -> out.put(pillow.array()));
    memory.write(2, out -> out.put(exact));
    lane.run(memory, 3);
    return new Likeness(
        name,
        cosine(memory.read(0), memory.read(1)),
        levels(own.array(), pillow.array(), spec),
        cosine(memory.read(2), memory.read(1)));
  }

  private static double levels(float[] a, float[] b, PreprocessingSpec spec) {
    int pixels = spec.height() * spec.width();
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double levels = 255 * spec.std().get(i / pixels) * (a[i] - b[i]);
      sum += levels * levels;
    }
    return Math.sqrt(sum / a.length);
  }

  private static double cosine(float[] a, float[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (double) a[i] * b[i];
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
    }
    return ab / Math.sqrt(aa * bb);
  }
}
