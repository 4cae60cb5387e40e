package dev.halcyon.bench.peers;

import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.onnxruntime.OrtEnvironment;
import dev.halcyon.clip.preprocess.PreprocessingSpec;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.AppInfoParser;

/**
 * A moderation consumer as one would write it on DJL, tuned: pictures of a batch are decoded and
 * resized on threads while the batch before them is in the model. At least once.
 */
final class DjlConsumer {
  private final PreprocessingSpec spec;
  private final float[][] texts;
  private final float logitScale;

  private DjlConsumer(PreprocessingSpec spec, float[][] texts, float logitScale) {
    this.spec = spec;
    this.texts = texts;
    this.logitScale = logitScale;
  }

  /** A batch that is being decoded. */
  private record Ahead(
      List<ConsumerRecord<String, byte[]>> records, List<Future<float[]>> pixels) {}

  public static void main(String[] arguments) throws Exception {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      given.put(arguments[i], arguments[i + 1]);
    }
    Path model = Path.of(given.get("--model"));
    int threads = Integer.parseInt(given.get("--threads"));
    String brokers = given.get("--bootstrap");
    DjlConsumer consumer =
        new DjlConsumer(
            PreprocessingSpec.read(model.resolve("preprocessor_config.json")),
            texts(Path.of(given.get("--texts")), Integer.parseInt(given.get("--prompts"))),
            Float.parseFloat(given.get("--logit-scale")));
    Path graph = model.resolve("vision_model.onnx");
    if (!Files.exists(graph)) {
      graph = model.resolve("onnx/vision_model.onnx");
    }
    Criteria<NDList, NDList> criteria =
        Criteria.builder()
            .setTypes(NDList.class, NDList.class)
            .optModelPath(graph)
            .optEngine("OnnxRuntime")
            .optOption("intraOpNumThreads", Integer.toString(threads))
            .optOption("interOpNumThreads", "1")
            .build();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try (ZooModel<NDList, NDList> vision = criteria.loadModel();
        Predictor<NDList, NDList> predictor = vision.newPredictor();
        KafkaConsumer<String, byte[]> in =
            in(brokers, given.get("--group"), Integer.parseInt(given.get("--batch")));
        KafkaProducer<String, String> out = out(brokers)) {
      System.out.println(
          "versions DJL "
              + Engine.getDjlVersion()
              + ", onnxruntime "
              + OrtEnvironment.getEnvironment().getVersion()
              + ", kafka "
              + AppInfoParser.getVersion()
              + ", Java "
              + System.getProperty("java.version"));
      CountDownLatch stopping = new CountDownLatch(1);
      Runtime.getRuntime().addShutdownHook(new Thread(stopping::countDown));
      in.subscribe(List.of(given.get("--uploads")));
      Ahead ahead = consumer.take(in, pool);
      while (stopping.getCount() > 0) {
        Ahead now = ahead;
        ahead = consumer.take(in, pool);
        if (!now.records().isEmpty()) {
          consumer.tag(now, vision, predictor, out, given.get("--results"));
          out.flush();
          in.commitAsync(offsets(now.records()), (committed, failure) -> {});
        }
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private Ahead take(KafkaConsumer<String, byte[]> in, ExecutorService pool) {
    List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
    List<Future<float[]>> pixels = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : in.poll(Duration.ofMillis(10))) {
      records.add(record);
      pixels.add(pool.submit(() -> pixels(record.value())));
    }
    return new Ahead(records, pixels);
  }

  private void tag(
      Ahead ahead,
      ZooModel<NDList, NDList> vision,
      Predictor<NDList, NDList> predictor,
      KafkaProducer<String, String> out,
      String topic)
      throws Exception {
    List<String> keys = new ArrayList<>();
    FloatBuffer input = FloatBuffer.allocate(ahead.records().size() * spec.floats());
    for (int i = 0; i < ahead.records().size(); i++) {
      String key = ahead.records().get(i).key();
      try {
        input.put(ahead.pixels().get(i).get());
        keys.add(key);
      } catch (ExecutionException e) {
        out.send(new ProducerRecord<>(topic, key, "{\"rejected\": true}"));
      }
    }
    if (keys.isEmpty()) {
      return;
    }
    input.flip();
    try (NDManager manager = vision.getNDManager().newSubManager()) {
      NDArray array = manager.create(input, new Shape(keys.size(), 3, spec.height(), spec.width()));
      float[] all = predictor.predict(new NDList(array)).get(0).toFloatArray();
      int dimensions = all.length / keys.size();
      for (int i = 0; i < keys.size(); i++) {
        out.send(new ProducerRecord<>(topic, keys.get(i), tags(all, i * dimensions, dimensions)));
      }
    }
  }

  /** Softmax over the prompts, as JSON. */
  private String tags(float[] all, int from, int dimensions) {
    double norm = 0;
    for (int d = 0; d < dimensions; d++) {
      norm += (double) all[from + d] * all[from + d];
    }
    double[] scores = new double[texts.length];
    double sum = 0;
    for (int t = 0; t < texts.length; t++) {
      double dot = 0;
      for (int d = 0; d < dimensions; d++) {
        dot += (double) all[from + d] * texts[t][d];
      }
      scores[t] = Math.exp(logitScale * (dot / Math.sqrt(norm) - 1));
      sum += scores[t];
    }
    StringBuilder json = new StringBuilder("{");
    for (int t = 0; t < texts.length; t++) {
      json.append(t == 0 ? "" : ", ")
          .append(String.format(Locale.ROOT, "\"%d\": %.4f", t, scores[t] / sum));
    }
    return json.append('}').toString();
  }

  private float[] pixels(byte[] encoded) throws IOException {
    Image image = ImageFactory.getInstance().fromInputStream(new ByteArrayInputStream(encoded));
    double scale = (double) spec.resizeWidth() / Math.min(image.getWidth(), image.getHeight());
    int width = Math.max(spec.width(), (int) (image.getWidth() * scale));
    int height = Math.max(spec.height(), (int) (image.getHeight() * scale));
    Image cropped =
        image
            .resize(width, height, true)
            .getSubImage(
                (width - spec.width()) / 2,
                (height - spec.height()) / 2,
                spec.width(),
                spec.height());
    int[] rgb =
        ((BufferedImage) cropped.getWrappedImage())
            .getRGB(0, 0, spec.width(), spec.height(), null, 0, spec.width());
    float[] pixels = new float[spec.floats()];
    for (int channel = 0; channel < 3; channel++) {
      float mean = spec.mean().get(channel);
      float std = spec.std().get(channel);
      for (int i = 0; i < rgb.length; i++) {
        int value = (rgb[i] >> (16 - 8 * channel)) & 0xff;
        pixels[channel * rgb.length + i] = (value / 255f - mean) / std;
      }
    }
    return pixels;
  }

  private static float[][] texts(Path file, int count) throws IOException {
    FloatBuffer values = ByteBuffer.wrap(Files.readAllBytes(file)).asFloatBuffer();
    float[][] texts = new float[count][values.remaining() / count];
    for (float[] row : texts) {
      values.get(row);
    }
    return texts;
  }

  private static Map<TopicPartition, OffsetAndMetadata> offsets(
      List<ConsumerRecord<String, byte[]>> records) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    for (ConsumerRecord<String, byte[]> record : records) {
      offsets.put(
          new TopicPartition(record.topic(), record.partition()),
          new OffsetAndMetadata(record.offset() + 1));
    }
    return offsets;
  }

  private static KafkaConsumer<String, byte[]> in(String brokers, String group, int batch) {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers",
            brokers,
            "group.id",
            group,
            "auto.offset.reset",
            "earliest",
            "enable.auto.commit",
            false,
            "max.poll.records",
            batch,
            "fetch.max.wait.ms",
            10,
            "max.partition.fetch.bytes",
            16 << 20),
        new StringDeserializer(),
        new ByteArrayDeserializer());
  }

  private static KafkaProducer<String, String> out(String brokers) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", brokers, "linger.ms", 5),
        new StringSerializer(),
        new StringSerializer());
  }
}
