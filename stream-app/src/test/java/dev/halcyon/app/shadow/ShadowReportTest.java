package dev.halcyon.app.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.app.decision.StableShare;
import dev.halcyon.events.LabelSetRef;
import dev.halcyon.events.ModelRef;
import dev.halcyon.events.SourceRef;
import dev.halcyon.events.Tag;
import dev.halcyon.events.TagEvent;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetReader;
import dev.halcyon.labels.LabelStatus;
import dev.halcyon.labels.ReadResult;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ShadowReportTest {
  @Test
  void aSetInShadowIsHeldAgainstTheOneThatDecides() {
    ShadowReport report = new ShadowReport(set("surfaces: [forum]", "shadow"), 2, name -> false);
    report.add(event("1", "default", 9, "forum", List.of("cat"), List.of("pets/cat")));
    report.add(event("2", "default", 9, "forum", List.of(), List.of("pets/cat")));
    report.add(event("3", "default", 9, "forum", List.of("cat"), List.of()));
    report.add(event("4", "default", 9, "forum", List.of("dog"), List.of("other/cat")));
    report.add(event("5", "default", 9, "chat", List.of(), List.of()));
    report.add(event("6", "default", 9, null, List.of(), List.of()));

    assertThat(report.decisions()).isEqualTo(4);
    ShadowReport.Row cat = report.rows().get(0);
    assertThat(cat.label()).isEqualTo("cat");
    assertThat(cat.status()).isEqualTo(LabelStatus.SHADOW);
    assertThat(cat.shadowed()).isEqualTo(4);
    assertThat(cat.fired()).isEqualTo(2);
    assertThat(cat.agreed()).isEqualTo(1);
    assertThat(cat.alone()).isEqualTo(1);
    assertThat(cat.missed()).contains(1L);
    assertThat(cat.examples()).containsExactly("2");
    assertThat(cat.rate().orElseThrow().holds(0.5)).isTrue();
    assertThat(report.rows()).extracting(ShadowReport.Row::label).containsExactly("cat", "dog");
  }

  @Test
  void aLabelInShadowIsHeldAgainstItsGroupAndOtherVersionsArePassedOver() {
    ShadowReport report = new ShadowReport(set("", "active"), 2, name -> true);
    report.add(event("1", "pets", 2, null, List.of("dog"), List.of("fox")));
    report.add(event("2", "pets", 2, null, List.of(), List.of("fox")));
    report.add(event("3", "pets", 1, null, List.of(), List.of("fox")));
    report.add(event("4", "pets", 2, null, List.of("dog"), List.of()));

    ShadowReport.Row fox = row(report, "fox");
    assertThat(fox.shadowed()).isEqualTo(3);
    assertThat(fox.fired()).isEqualTo(2);
    assertThat(fox.agreed()).isEqualTo(1);
    assertThat(fox.examples()).containsExactly("2");
    assertThat(fox.missed()).isEmpty();
    assertThat(report.rows()).extracting(ShadowReport.Row::label).containsExactly("fox", "owl");
  }

  @Test
  void aCanaryIsCountedInsideItsShareAndOutside() {
    ShadowReport report = new ShadowReport(set("", "active"), 2, name -> true);
    long inside = 0;
    for (int i = 0; i < 400; i++) {
      String id = "image-" + i;
      boolean acts = StableShare.holds("pets/owl", id, 25);
      boolean fires = i % 4 == 0;
      inside += acts ? 1 : 0;
      report.add(
          event(
              id,
              "pets",
              2,
              null,
              fires && acts ? List.of("owl") : List.of(),
              fires && !acts ? List.of("owl") : List.of()));
    }
    ShadowReport.Row owl = row(report, "owl");
    assertThat(owl.status()).isEqualTo(LabelStatus.CANARY);
    assertThat(owl.acted()).isEqualTo(inside);
    assertThat(owl.shadowed()).isEqualTo(400 - inside);
    assertThat(owl.fired() + owl.actedFired()).isEqualTo(100);
    assertThat(owl.examples()).hasSize(5);
  }

  @Test
  void aLabelOverItsQuotaShowsUpThoughItsSetSaysItIsActive() {
    ShadowReport report = new ShadowReport(set("", "active"), 2, name -> true);
    report.add(event("1", "pets", 2, null, List.of(), List.of("cat")));
    assertThat(row(report, "cat").fired()).isEqualTo(1);
  }

  @Test
  void correctionsOfHistoryAreNoTraffic() {
    ShadowReport report = new ShadowReport(set("", "active"), 2, name -> true);
    TagEvent event = event("1", "pets", 2, null, List.of(), List.of("fox"));
    event.setCorrective(true);
    report.add(event);
    assertThat(report.decisions()).isZero();
  }

  private static ShadowReport.Row row(ShadowReport report, String label) {
    return report.rows().stream()
        .filter(row -> row.label().equals(label))
        .findFirst()
        .orElseThrow();
  }

  private static LabelSet set(String more, String status) {
    boolean shadow = status.equals("shadow");
    String labels =
        shadow
            ? ""
            : """
                - {id: fox, prompts: [a fox], status: shadow}
                - {id: owl, prompts: [an owl], status: canary, canaryPercent: 25}
              """;
    return ((ReadResult.Read)
            LabelSetReader.read(
                "name: pets\nowner: tests\nstatus: "
                    + status
                    + "\n"
                    + more
                    + "\ngroups: [{id: g, background: [a photo]}]\nlabels:\n"
                    + "  - {id: cat, prompts: [a cat]}\n  - {id: dog, prompts: [a dog]}\n"
                    + labels))
        .labelSet();
  }

  private static TagEvent event(
      String imageId,
      String set,
      int version,
      String surface,
      List<String> tags,
      List<String> shadow) {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    return TagEvent.newBuilder()
        .setImageId(imageId)
        .setTags(tags(tags.stream()))
        .setShadowTags(tags(shadow.stream()))
        .setAlertCount(0)
        .setLabelSet(new LabelSetRef(set, version, "0".repeat(64)))
        .setModel(new ModelRef("m", "0".repeat(64), "p"))
        .setSource(new SourceRef("image-uploads", 0, 0L))
        .setUploadedAt(now)
        .setDecidedAt(now)
        .setSurface(surface)
        .build();
  }

  private static List<Tag> tags(Stream<String> labels) {
    return labels.map(label -> new Tag(label, null, "g", 0.9, 25.0, 0.5)).toList();
  }
}
