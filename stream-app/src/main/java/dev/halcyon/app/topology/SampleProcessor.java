package dev.halcyon.app.topology;

import dev.halcyon.app.decision.StableShare;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Lets a share of the uploads through, the same ones on every run: by their key, which is the image
 * id. Uploads without a key all pass. Lives on one stream thread.
 */
final class SampleProcessor implements Processor<byte[], byte[], byte[], byte[]> {
  private final double percent;
  private ProcessorContext<byte[], byte[]> context;

  SampleProcessor(double percent) {
    this.percent = percent;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    this.context = context;
  }

  @Override
  public void process(Record<byte[], byte[]> upload) {
    if (upload.key() == null
        || StableShare.holds("shadow", new String(upload.key(), StandardCharsets.UTF_8), percent)) {
      context.forward(upload);
    }
  }
}
