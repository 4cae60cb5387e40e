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

/** Whether decoding a JPEG at a part of its size changes what the starter model sees. */
final class Parity {
  private Parity() {}

  /** Cosine of the embeddings of a picture decoded smaller and decoded at full size. */
  static double cosineOfReducedDecoding(double megapixels) throws BatchFailedException {
    ModelDirectory files = ModelDirectory.open(Home.resolve("starter-model/model"));
    Preprocessor preprocessor = new Preprocessor(PreprocessingSpec.read(files.preprocessing()));
    ByteBuffer file = ByteBuffer.wrap(Pictures.samples().scaledTo(megapixels).file());
    ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);
    DecodedImage reduced = decoder.decode(file.duplicate(), preprocessor.decodeShortSidePixels());
    DecodedImage full = decoder.decode(file.duplicate());
    try (OnnxVisionModel model =
            OnnxVisionModel.open(
                OnnxRuntime.start(EngineSettings.defaults()),
                files.visionModel(),
                1,
                preprocessor.spec().height(),
                preprocessor.spec().width(),
                files.dimensions().orElseThrow());
        BatchRunner lane = model.lane();
        BatchMemory memory = lane.allocate(2)) {
      memory.write(0, out -> preprocessor.writeTo(reduced, out));
      memory.write(1, out -> preprocessor.writeTo(full, out));
      lane.run(memory, 2);
      return cosine(memory.read(0), memory.read(1));
    }
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
