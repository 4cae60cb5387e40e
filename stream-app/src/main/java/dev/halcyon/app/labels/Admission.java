package dev.halcyon.app.labels;

import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.events.LabelSetRecord;
import dev.halcyon.events.wire.Decoded;
import dev.halcyon.events.wire.EventDecoder;
import dev.halcyon.labels.Calibration;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetReader;
import dev.halcyon.labels.LabelSetValidator;
import dev.halcyon.labels.LabelSetWriter;
import dev.halcyon.labels.LabelStatus;
import dev.halcyon.labels.Problem;
import dev.halcyon.labels.ReadResult;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Judges records of label-config: whether what they hold may come into force with a model. */
final class Admission {
  private final EventDecoder<LabelSetRecord> decoder;
  private final ModelIdentity model;

  Admission(EventDecoder<LabelSetRecord> decoder, ModelIdentity model) {
    this.decoder = decoder;
    this.model = model;
  }

  /** What became of a record. */
  sealed interface Verdict {
    /**
     * It may come into force.
     *
     * @param warnings what the operator should know all the same
     */
    record Admitted(LabelSetRecord record, LabelSet set, List<String> warnings)
        implements Verdict {}

    /**
     * It may not.
     *
     * @param version 0 where it could not be read so far
     */
    record Refused(int version, Optional<String> contentHash, List<String> problems)
        implements Verdict {
      public Refused {
        problems = List.copyOf(problems);
      }
    }
  }

  /**
   * Judges a record with a value.
   *
   * @param day the day (UTC) for which dates are judged
   * @throws dev.halcyon.events.wire.RegistryException if the registry does not answer, which says
   *     nothing of the record
   */
  Verdict judge(ConsumerRecord<String, byte[]> found, LocalDate day) {
    Decoded<LabelSetRecord> decoded = decoder.decode(found.topic(), found.value());
    if (decoded instanceof Decoded.Undecodable<LabelSetRecord> broken) {
      return new Verdict.Refused(
          0,
          Optional.empty(),
          List.of(
              "the record at partition "
                  + found.partition()
                  + " offset "
                  + found.offset()
                  + " is no label set record: "
                  + broken.reason()
                  + "; publish with: halcyon labels apply"));
    }
    LabelSetRecord record = ((Decoded.Value<LabelSetRecord>) decoded).value();
    List<String> problems = new ArrayList<>();
    if (!record.getName().equals(found.key())) {
      problems.add(
          "name \""
              + record.getName()
              + "\" is not the record's key \""
              + found.key()
              + "\"; key each record by its set's name");
    }
    if (record.getVersion() < 1) {
      problems.add("version " + record.getVersion() + " is below 1; versions rise from 1");
    }
    String hash = LabelSetWriter.hashOf(record.getDocument());
    if (!hash.equals(record.getContentHash())) {
      problems.add(
          "contentHash "
              + record.getContentHash()
              + " is not that of the document, "
              + hash
              + "; the document was changed after it was published");
    }
    ReadResult read = LabelSetReader.read(record.getDocument());
    if (read instanceof ReadResult.Faulty faulty) {
      faulty.problems().stream().map(Problem::toString).forEach(problems::add);
      return refused(record, problems);
    }
    LabelSet set = ((ReadResult.Read) read).labelSet();
    if (!set.name().equals(record.getName())) {
      problems.add(
          "document.name \""
              + set.name()
              + "\" is not the record's name \""
              + record.getName()
              + "\"; publish the set under its own name");
    }
    List<String> warnings = new ArrayList<>();
    if (set.status().compareTo(LabelStatus.SHADOW) >= 0) {
      judgeModel(record, set, problems, warnings);
    }
    for (Problem problem : LabelSetValidator.dates(set, day)) {
      warnings.add(problem.toString());
    }
    return problems.isEmpty()
        ? new Verdict.Admitted(record, set, warnings)
        : refused(record, problems);
  }

  /** Thresholds of another model are refused, unless somebody answers for them by name. */
  private void judgeModel(
      LabelSetRecord record, LabelSet set, List<String> problems, List<String> warnings) {
    if (set.calibration().isEmpty()) {
      warnings.add(
          "calibration is missing: the thresholds were set for no model in particular; calibrate"
              + " the set for "
              + model.id());
    }
    boolean waived = record.getWaiver() != null && !record.getWaiver().isBlank();
    Calibration running = new Calibration(model.id(), model.hash(), model.preprocessingId());
    for (Problem problem : LabelSetValidator.calibration(set, running)) {
      // No reason makes a probe learned on other embeddings mean anything here.
      if (waived && problem.path().startsWith("calibration")) {
        warnings.add("waived (" + record.getWaiver() + "): " + problem);
      } else {
        problems.add(problem.toString());
      }
    }
  }

  private static Verdict refused(LabelSetRecord record, List<String> problems) {
    return new Verdict.Refused(record.getVersion(), Optional.of(record.getContentHash()), problems);
  }
}
