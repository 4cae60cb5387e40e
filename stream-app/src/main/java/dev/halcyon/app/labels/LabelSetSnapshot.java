package dev.halcyon.app.labels;

import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.decision.DeciderSource;
import dev.halcyon.app.decision.LabelSetDecider;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.events.LabelSetRecord;
import dev.halcyon.events.wire.EventDecoder;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelStatus;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The label sets in force at one moment, to decide history by: read once, and told what another set
 * would make of it. It takes the same sets and chooses between them as {@link LabelSetFeed} does,
 * without alert quotas, which follow the live traffic of one instance. Immutable.
 */
public final class LabelSetSnapshot implements DeciderSource {
  private final LabelSetCompiler compiler;
  private final LocalDate day;
  private final Map<String, Member> members;
  private final Map<String, List<String>> refusals;
  private final InForce inForce;

  private record Member(LabelSet set, LabelSetDecider decider) {}

  private LabelSetSnapshot(
      LabelSetCompiler compiler,
      LocalDate day,
      Map<String, Member> members,
      Map<String, List<String>> refusals) {
    this.compiler = compiler;
    this.day = day;
    this.members = members;
    this.refusals = refusals;
    Map<String, InForce.Installed> installed = new HashMap<>();
    members.forEach(
        (name, member) ->
            installed.put(
                name, new InForce.Installed(member.set(), member.decider(), member.decider())));
    this.inForce = new InForce(installed, new NoLabelSet(LabelSetObserver.none()));
  }

  /**
   * Reads what is in force now.
   *
   * @param compiler of the model whose evidence is to be decided
   * @param day the day (UTC) for which dates are judged
   * @throws LabelTopicException if the topics cannot be read
   */
  public static LabelSetSnapshot read(
      LabelSetStore.Settings settings,
      EventDecoder<LabelSetRecord> decoder,
      LabelSetCompiler compiler,
      LocalDate day) {
    Map<String, List<ConsumerRecord<String, byte[]>>> records = new LinkedHashMap<>();
    for (ConsumerRecord<String, byte[]> record :
        TopicReader.readAll(
            settings.client(), settings.labelConfig(), Deadline.in(settings.patience()))) {
      if (record.key() != null) {
        records.computeIfAbsent(record.key(), none -> new ArrayList<>()).add(record);
      }
    }
    Admission admission = new Admission(decoder, compiler.model());
    Map<String, Member> members = new TreeMap<>();
    Map<String, List<String>> refusals = new TreeMap<>();
    records.forEach(
        (name, ofName) -> {
          List<ConsumerRecord<String, byte[]>> newestFirst = new ArrayList<>(ofName);
          Collections.reverse(newestFirst);
          if (newestFirst.get(0).value() == null) {
            return;
          }
          Optional<Member> found = firstUsable(newestFirst, admission, compiler, day, refusals);
          found
              .or(
                  () ->
                      firstUsable(
                          history(settings, name), admission, compiler, day, new HashMap<>()))
              .ifPresent(member -> members.put(name, member));
        });
    return new LabelSetSnapshot(compiler, day, members, refusals);
  }

  /**
   * No label set at all, to begin from.
   *
   * @param compiler of the model whose evidence is to be decided
   * @param day the day (UTC) for which dates are judged
   */
  public static LabelSetSnapshot none(LabelSetCompiler compiler, LocalDate day) {
    return new LabelSetSnapshot(compiler, day, Map.of(), Map.of());
  }

  /**
   * The same with one set put in force, in the place of the set of its name.
   *
   * @throws LabelSetRefusedException if the model cannot read its prompts
   */
  public LabelSetSnapshot with(LabelSet set, LabelSetVersion version)
      throws LabelSetRefusedException {
    Map<String, Member> changed = new TreeMap<>(members);
    changed.put(
        set.name(), new Member(set, new LabelSetDecider(compiler.compile(set, version, day))));
    return new LabelSetSnapshot(compiler, day, changed, refusals);
  }

  @Override
  public Decider forSurface(Optional<String> surface) {
    return inForce.decider(surface);
  }

  /** How much work uploads of a surface are worth as to written text. */
  public TextAnalysis textAnalysis(Optional<String> surface) {
    return inForce.textAnalysis(surface);
  }

  /** What decides by the set of a name, if there is one. */
  public Optional<LabelSetDecider> decider(String name) {
    return Optional.ofNullable(members.get(name)).map(Member::decider);
  }

  /** What an operator should know of a set: surfaces it does not get, and the compiler's words. */
  public List<String> warnings(String name) {
    List<String> warnings = new ArrayList<>(inForce.conflicts(name));
    Member member = members.get(name);
    if (member != null) {
      warnings.addAll(member.decider().compiled().warnings());
      if (member.set().status().compareTo(LabelStatus.SHADOW) < 0) {
        warnings.add(
            "status: the set is "
                + member.set().status().name().toLowerCase(java.util.Locale.ROOT)
                + " and decides nothing; give it the status active to see what it would do");
      }
    }
    return warnings;
  }

  /** Why the newest record of a name is not in force, by name. */
  public Map<String, List<String>> refusals() {
    return Collections.unmodifiableMap(refusals);
  }

  private static Optional<Member> firstUsable(
      List<ConsumerRecord<String, byte[]>> newestFirst,
      Admission admission,
      LabelSetCompiler compiler,
      LocalDate day,
      Map<String, List<String>> refusals) {
    for (ConsumerRecord<String, byte[]> record : newestFirst) {
      if (record.value() == null) {
        return Optional.empty();
      }
      Admission.Verdict verdict = admission.judge(record, day);
      if (verdict instanceof Admission.Verdict.Admitted admitted) {
        LabelSetRecord published = admitted.record();
        LabelSetVersion version =
            new LabelSetVersion(
                published.getName(), published.getVersion(), published.getContentHash());
        try {
          return Optional.of(
              new Member(
                  admitted.set(),
                  new LabelSetDecider(compiler.compile(admitted.set(), version, day))));
        } catch (LabelSetRefusedException e) {
          refusals.putIfAbsent(record.key(), e.problems());
        }
      } else if (verdict instanceof Admission.Verdict.Refused refused) {
        refusals.putIfAbsent(record.key(), refused.problems());
      }
    }
    return Optional.empty();
  }

  private static List<ConsumerRecord<String, byte[]>> history(
      LabelSetStore.Settings settings, String name) {
    List<ConsumerRecord<String, byte[]>> versions =
        new ArrayList<>(
            TopicReader.readAll(
                settings.client(), settings.history(), Deadline.in(settings.patience())));
    versions.removeIf(record -> !name.equals(record.key()) || record.value() == null);
    Collections.reverse(versions);
    return versions;
  }
}
