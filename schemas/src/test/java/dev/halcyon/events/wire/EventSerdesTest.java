package dev.halcyon.events.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.RejectEvent;
import dev.halcyon.events.TagEvent;
import dev.halcyon.events.wire.Decoded.Undecodable;
import dev.halcyon.events.wire.Decoded.Value;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class EventSerdesTest {
  private static final String TOPIC = "image-uploads";
  private static EmbeddedRegistry registry;
  private static EventSerdes serdes;

  @BeforeAll
  static void start() {
    registry = EmbeddedRegistry.start();
    serdes = new EventSerdes(Map.of("schema.registry.url", registry.url()));
  }

  @AfterAll
  static void stop() {
    serdes.close();
    registry.close();
  }

  @Test
  void anEventIsReadAsItWasWritten() {
    assertThat(roundTrip(ImageUpload.class, Events.upload())).isEqualTo(Events.upload());
    assertThat(roundTrip(RejectEvent.class, Events.reject())).isEqualTo(Events.reject());
    assertThat(roundTrip(TagEvent.class, Events.tags())).isEqualTo(Events.tags());
    assertThat(serdes.values(TagEvent.class).serializer().serialize(TOPIC, null)).isNull();
    assertThat(serdes.values(TagEvent.class).deserializer().deserialize(TOPIC, null)).isNull();
  }

  @Test
  void theBytesAreZeroThenTheIdThenPlainAvro() throws Exception {
    byte[] bytes = bytes(Events.upload());

    assertThat(bytes[0]).isZero();
    int id = ByteBuffer.wrap(bytes, 1, 4).getInt();
    Schema registered = client().schema(id);
    assertThat(registered.toString()).doesNotContain("avro.java.string");
    GenericRecord generic =
        new GenericDatumReader<GenericRecord>(registered)
            .read(null, DecoderFactory.get().binaryDecoder(bytes, 5, bytes.length - 5, null));
    assertThat(generic.get("imageId")).hasToString("img-1");
    assertThat(generic.get("uploadedAt")).isEqualTo(Events.NOON.toEpochMilli());
  }

  @Test
  void anOldWritersRecordIsReadWithDefaultsAndANewWritersExtraFieldIsPassedOver() {
    Schema old =
        SchemaBuilder.record("ImageUpload")
            .namespace("dev.halcyon.events")
            .fields()
            .requiredString("imageId")
            .name("uploadedAt")
            .type()
            .longType()
            .noDefault()
            .endRecord();
    byte[] fromOld =
        generic(
            "old", new GenericRecordBuilder(old).set("imageId", "i").set("uploadedAt", 5L).build());
    assertThat(decode(fromOld))
        .isInstanceOfSatisfying(
            Value.class,
            value -> {
              ImageUpload upload = (ImageUpload) value.value();
              assertThat(upload.getImageId()).isEqualTo("i");
              assertThat(upload.getUploadedAt().toEpochMilli()).isEqualTo(5);
              assertThat(upload.getUri()).isNull();
              assertThat(upload.getAttributes()).isEmpty();
            });

    Schema extended =
        SchemaBuilder.record("ImageUpload")
            .namespace("dev.halcyon.events")
            .fields()
            .requiredString("imageId")
            .name("uploadedAt")
            .type()
            .longType()
            .noDefault()
            .requiredString("invented")
            .endRecord();
    byte[] fromNew =
        generic(
            "new",
            new GenericRecordBuilder(extended)
                .set("imageId", "n")
                .set("uploadedAt", 6L)
                .set("invented", "later")
                .build());
    assertThat(decode(fromNew))
        .isInstanceOfSatisfying(
            Value.class,
            value -> assertThat(((ImageUpload) value.value()).getImageId()).isEqualTo("n"));
  }

  @Test
  void bytesThatAreNoEventAreUndecodableAndSayWhy() {
    byte[] good = bytes(Events.upload());
    byte[] unknownId = good.clone();
    ByteBuffer.wrap(unknownId).putInt(1, 987_654);
    byte[] trailing = Arrays.copyOf(good, good.length + 3);

    assertUndecodable(null, "no value");
    assertUndecodable(new byte[0], "0 bytes");
    assertUndecodable(new byte[] {0, 0, 0}, "3 bytes");
    assertUndecodable("{\"imageId\":\"a\"}".getBytes(UTF_8), "starts with byte 0x7b");
    assertUndecodable(unknownId, "schema id 987654 is unknown");
    assertUndecodable(Arrays.copyOf(good, good.length / 2), "is not a dev.halcyon.events.Image");
    assertUndecodable(trailing, "3 bytes after the end");
    assertUndecodable(
        bytes(Events.reject()),
        "is a dev.halcyon.events.RejectEvent, not a dev.halcyon.events.ImageUpload");
  }

  @Test
  void whateverTheBytesAreTheAnswerIsAResult() {
    byte[] good = bytes(Events.upload());
    Random random = new Random(7);
    int undecodable = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bad = Arrays.copyOf(good, 6 + random.nextInt(good.length));
      for (int flips = 1 + random.nextInt(8); flips > 0; flips--) {
        bad[5 + random.nextInt(bad.length - 5)] = (byte) random.nextInt(256);
      }
      if (decode(bad) instanceof Undecodable<ImageUpload> result) {
        assertThat(result.reason()).isNotBlank();
        undecodable++;
      }
    }
    assertThat(undecodable).isGreaterThan(1_000);
  }

  @Test
  void aLengthOfTwoGigabytesTakesNoMemory() {
    byte[] huge = Arrays.copyOf(bytes(Events.upload()), 5 + 6);
    // The length of imageId: 2^31 - 9 as a zigzag varint.
    System.arraycopy(
        new byte[] {(byte) 0xee, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f, 'x'}, 0, huge, 5, 6);
    assertThatCode(() -> assertUndecodable(huge, "is not a")).doesNotThrowAnyException();
  }

  @Test
  void aSilentRegistryIsNoFaultOfTheRecord() {
    byte[] bytes = bytes(Events.upload());
    EmbeddedRegistry gone = EmbeddedRegistry.start();
    String url = gone.url();
    gone.close();
    try (EventSerdes lost = new EventSerdes(Map.of("schema.registry.url", url))) {
      assertThatThrownBy(() -> lost.decoder(ImageUpload.class).decode(TOPIC, bytes))
          .isInstanceOf(RegistryException.class)
          .hasMessageContaining(url)
          .hasMessageContaining("schema.registry.url");
    }
  }

  @Test
  void aMissingClassNamesTheRemedy() {
    assertThatThrownBy(
            () ->
                new EventSerdes(
                    "io.confluent.kafka.serializers.KafkaAvroSerializer",
                    "io.confluent.kafka.serializers.KafkaAvroDeserializer",
                    Map.of("schema.registry.url", registry.url())))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("-Pconfluent");
    assertThatThrownBy(
            () ->
                new EventSerdes(
                    "java.lang.String",
                    "java.lang.String",
                    Map.of("schema.registry.url", registry.url())))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("not a Kafka Serializer");
  }

  @Test
  void anotherDeserializersFaultsAreToldApart() {
    try (EventSerdes foreign =
        new EventSerdes(
            EventSerializer.class.getName(),
            ForeignDeserializer.class.getName(),
            Map.of("schema.registry.url", registry.url()))) {
      EventDecoder<ImageUpload> decoder = foreign.decoder(ImageUpload.class);
      assertThat(decoder.decode("good", bytes(Events.upload()))).isInstanceOf(Value.class);
      assertThat(decoder.decode("good", bytes(Events.reject())))
          .isInstanceOfSatisfying(
              Undecodable.class,
              bad ->
                  assertThat(bad.reason()).contains("is a dev.halcyon.events.RejectEvent, not a"));
      assertThat(decoder.decode("unknown", bytes(Events.upload())))
          .isInstanceOfSatisfying(
              Undecodable.class, bad -> assertThat(bad.reason()).contains("Schema not found"));
      for (String fault : new String[] {"refused", "broken", "forbidden"}) {
        assertThatThrownBy(() -> decoder.decode(fault, bytes(Events.upload())))
            .isInstanceOf(RegistryException.class);
      }
    }
  }

  /** Fails as Confluent's deserializer does, by the name of the topic. */
  public static final class ForeignDeserializer implements Deserializer<Object> {
    private final EventDeserializer delegate = new EventDeserializer();

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
      assertThat(configs.get("specific.avro.reader")).isEqualTo(true);
      delegate.configure(configs, isKey);
    }

    @Override
    public Object deserialize(String topic, byte[] data) {
      switch (topic) {
        case "unknown" -> throw failure(new RestClientException("Schema not found", 404));
        case "broken" -> throw failure(new RestClientException("Error in the backend", 500));
        case "forbidden" -> throw failure(new RestClientException("Forbidden", 403));
        case "refused" -> throw failure(new java.net.ConnectException("Connection refused"));
        default -> {
          return delegate.deserialize(topic, data);
        }
      }
    }

    private static SerializationException failure(Exception cause) {
      return new SerializationException("Error retrieving Avro value schema for id 1", cause);
    }
  }

  /** The shape of the exception of the same name in Confluent's client. */
  public static final class RestClientException extends Exception {
    private static final long serialVersionUID = 1L;
    private final int status;

    RestClientException(String message, int status) {
      super(message);
      this.status = status;
    }

    public int getStatus() {
      return status;
    }
  }

  private static <T extends org.apache.avro.specific.SpecificRecord> T roundTrip(
      Class<T> type, T event) {
    Serde<T> serde = serdes.values(type);
    return serde.deserializer().deserialize("t", serde.serializer().serialize("t-" + type, event));
  }

  private static byte[] bytes(ImageUpload event) {
    return serdes.values(ImageUpload.class).serializer().serialize(TOPIC, event);
  }

  private static byte[] bytes(RejectEvent event) {
    return serdes.values(RejectEvent.class).serializer().serialize("image-rejects", event);
  }

  private static byte[] generic(String subject, GenericRecord event) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(WireFormat.header(client().register(subject, event.getSchema())));
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    try {
      new GenericDatumWriter<GenericRecord>(event.getSchema()).write(event, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static Decoded<ImageUpload> decode(byte[] bytes) {
    return serdes.decoder(ImageUpload.class).decode(TOPIC, bytes);
  }

  private static void assertUndecodable(byte[] bytes, String reason) {
    assertThat(decode(bytes))
        .isInstanceOfSatisfying(
            Undecodable.class, result -> assertThat(result.reason()).contains(reason));
  }

  private static RegistryClient client() {
    return new RegistryClient(RegistrySettings.from(Map.of("schema.registry.url", registry.url())));
  }
}
