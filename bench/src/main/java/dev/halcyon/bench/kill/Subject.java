package dev.halcyon.bench.kill;

import dev.halcyon.app.config.KafkaConfig;
import dev.halcyon.app.config.WindowConfig;
import dev.halcyon.app.topology.ForgetfulTopology;
import dev.halcyon.app.topology.ModerationStream;
import dev.halcyon.app.topology.ModerationTopology;
import dev.halcyon.app.topology.StreamObserver;
import dev.halcyon.app.topology.TopicUploadSource;
import dev.halcyon.bench.SimulatedDevice;
import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.events.AlertEvent;
import dev.halcyon.events.EvidenceEvent;
import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.RejectEvent;
import dev.halcyon.events.TagEvent;
import dev.halcyon.events.wire.EventSerdes;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/**
 * The process that gets killed: the program's own stream, with a simulated device for an engine and
 * a decider that needs no label set. Prints {@code restored N} when it takes over pending uploads.
 * Ends with 1 when the stream stops by itself, with 0 on SIGTERM.
 */
final class Subject {
  private Subject() {}

  public static void main(String[] arguments) throws InterruptedException {
    SubjectSettings settings = SubjectSettings.parse(arguments);
    KafkaConfig kafka = settings.kafka();
    WindowConfig window = WindowConfig.defaults();
    window.checkAgainst(kafka);
    SimulatedDevice device = new SimulatedDevice(32, settings.batchTime(), settings.breaksAfter());
    EventSerdes serdes = new EventSerdes(Map.of("schema.registry.url", settings.registryUrl()));
    ModerationTopology.Parts parts =
        new ModerationTopology.Parts(
            serdes.decoder(ImageUpload.class),
            device,
            surface -> TextAnalysis.OFF,
            new TopicUploadSource(kafka.clientProperties(), Duration.ofSeconds(30)),
            surface -> new HashDecider(),
            serdes.values(TagEvent.class).serializer(),
            serdes.values(AlertEvent.class).serializer(),
            serdes.values(EvidenceEvent.class).serializer(),
            serdes.values(RejectEvent.class).serializer(),
            Clock.systemUTC(),
            new RestoresPrinted());
    ModerationTopology.Settings behaviour =
        new ModerationTopology.Settings(settings.topics(1), kafka, window);
    ModerationTopology topology =
        settings.remembering()
            ? ModerationTopology.build(parts, behaviour)
            : ForgetfulTopology.build(parts, behaviour);
    ModerationStream stream = new ModerationStream(topology);
    Runtime.getRuntime().addShutdownHook(new Thread(stream::close, "close"));
    stream.start();
    try {
      stream.stopped().get();
    } catch (ExecutionException e) {
      System.exit(1);
    }
  }

  private static final class RestoresPrinted implements StreamObserver {
    @Override
    public void restored(int uploads) {
      System.out.println("restored " + uploads);
    }
  }
}
