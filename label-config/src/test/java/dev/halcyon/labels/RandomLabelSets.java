package dev.halcyon.labels;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/** Sound label sets by chance, with texts chosen to upset a writer. The same seed, the same set. */
final class RandomLabelSets {
  private static final List<String> NASTY =
      List.of(
          "off",
          "no",
          "null",
          "~",
          "1e3",
          "0x1F",
          "1_000",
          "12:30",
          "2026-01-01",
          "- a",
          "? b",
          "a: b",
          "a #b",
          "#c",
          "*d",
          "&e",
          "!f",
          "|",
          ">",
          "%g",
          "@h",
          "`i`",
          "{j}",
          "[k]",
          "a, b",
          "\"quoted\"",
          "it's",
          "\\back\\slash",
          "ümlaut",
          "日本語",
          "🔫 pistol",
          "👩🏽‍🚀",
          "a\u00a0b",
          "tab-less",
          "trailing:",
          "<<",
          "=",
          ".5",
          "1.",
          "+1",
          "NaN",
          ".inf",
          "true",
          "Yes",
          "---",
          "...",
          "a\u200db",
          "\u00ad",
          "x\ufffdy",
          "🏴󠁧󠁢󠁥󠁮󠁧󠁿");

  private final Random random;

  private RandomLabelSets(long seed) {
    random = new Random(seed);
  }

  static LabelSet of(long seed) {
    return new RandomLabelSets(seed).set();
  }

  private LabelSet set() {
    List<PromptTemplate> templates = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      templates.add(
          new PromptTemplate("template-" + i, texts(1, 3).stream().map(t -> t + " {}").toList()));
    }
    List<LabelGroup> groups = new ArrayList<>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      groups.add(
          new LabelGroup(
              "group-" + i,
              i == 1 ? LabelGroup.Mode.INDEPENDENT : one(LabelGroup.Mode.values()),
              texts(1, 3).stream().map(t -> "background " + t).toList(),
              random.nextBoolean() ? 1 : random.nextDouble() * 10 + 1e-3,
              templateOf(templates)));
    }
    boolean calibrated = random.nextBoolean();
    List<Label> labels = new ArrayList<>();
    int count = 1 + random.nextInt(5);
    for (int i = 0; i < count; i++) {
      labels.add(label(i, count, groups, templates, calibrated));
    }
    List<String> surfaces = texts(0, 2);
    if (!surfaces.isEmpty()) {
      labels.replaceAll(label -> onSurfaces(label, surfaces));
    }
    LabelStatus status = one(LabelStatus.values());
    return new LabelSet(
        "set-" + random.nextInt(1000),
        text(),
        text(),
        maybe(this::text),
        one("en", "de", "pt-BR", "zh-Hans-CN"),
        surfaces,
        status,
        status == LabelStatus.CANARY ? 1 + random.nextInt(99) : random.nextInt(101),
        1 - random.nextDouble(),
        calibrated ? Optional.of(new Calibration(text(), hash(), text())) : Optional.empty(),
        templates,
        groups,
        labels);
  }

  private Label label(
      int index,
      int count,
      List<LabelGroup> groups,
      List<PromptTemplate> templates,
      boolean calibrated) {
    LabelGroup group = groups.get(random.nextInt(groups.size()));
    String id = "label_" + index;
    int severity = random.nextInt(7);
    boolean sensitive = count > 1 && random.nextInt(4) == 0;
    Action action = calibrated ? one(Action.values()) : one(Action.TAG, Action.REVIEW);
    Supplier<Action> flagged = () -> action == Action.TAG ? Action.TAG : Action.REVIEW;
    double threshold = 0.2 + random.nextDouble() * 0.79;
    LabelStatus status = one(LabelStatus.ACTIVE, LabelStatus.SHADOW, LabelStatus.CANARY);
    return new Label(
        id,
        display(),
        index == 0 ? Optional.empty() : maybe(() -> "label_" + random.nextInt(index)),
        group.id(),
        texts(1, 4).stream().map(text -> id + " " + text).toList(),
        texts(0, 3),
        templateOf(templates),
        Optional.empty(),
        calibrated && random.nextBoolean()
            ? new Threshold(
                threshold,
                Threshold.Method.QUANTILE,
                OptionalDouble.of(0.01),
                OptionalDouble.empty(),
                OptionalInt.of(1 + random.nextInt(5000)),
                maybe(() -> new Threshold.Interval(0.004, 0.02)))
            : Threshold.manual(threshold),
        random.nextBoolean() ? OptionalDouble.of(threshold / 2) : OptionalDouble.empty(),
        severity,
        action,
        Map.of(),
        status,
        status == LabelStatus.CANARY ? 25 : 100,
        maybe(() -> LocalDate.ofEpochDay(20_000 + random.nextInt(4000))),
        new TypographicPolicy(
            severity >= 4
                ? one(TypographicPolicy.Mode.OFF, TypographicPolicy.Mode.ALWAYS)
                : one(TypographicPolicy.Mode.values()),
            severity >= 4
                ? one(TypographicPolicy.Polarity.HARM, TypographicPolicy.Polarity.NEUTRAL)
                : one(TypographicPolicy.Polarity.values()),
            random.nextBoolean()
                ? OptionalDouble.of(random.nextDouble() + 1)
                : OptionalDouble.empty(),
            flagged.get(),
            flagged.get(),
            random.nextBoolean(),
            texts(0, 3)),
        new BiasPolicy(
            sensitive,
            sensitive ? List.of("label_" + (index + 1) % count) : List.of(),
            random.nextBoolean() ? List.of("age", "religion") : List.of(),
            random.nextBoolean() ? OptionalDouble.of(random.nextDouble()) : OptionalDouble.empty(),
            random.nextBoolean()
                ? OptionalDouble.of(1 + random.nextDouble())
                : OptionalDouble.empty(),
            random.nextBoolean() ? OptionalDouble.of(random.nextDouble()) : OptionalDouble.empty(),
            sensitive && action == Action.BLOCK
                ? Optional.of(new BiasPolicy.Waiver(text(), text(), LocalDate.of(2030, 1, 1)))
                : Optional.empty()));
  }

  private Label onSurfaces(Label label, List<String> surfaces) {
    if (random.nextBoolean()) {
      return label;
    }
    return new Label(
        label.id(),
        label.display(),
        label.parent(),
        label.group(),
        label.prompts(),
        label.negativePrompts(),
        label.template(),
        label.probe(),
        label.threshold(),
        label.reviewThreshold(),
        label.severity(),
        label.action(),
        Map.of(surfaces.get(0), Action.REVIEW),
        label.status(),
        label.canaryPercent(),
        label.expires(),
        label.typographic(),
        label.bias());
  }

  private Map<String, String> display() {
    Map<String, String> names = new HashMap<>();
    for (String tag : List.of("en", "de", "pt-BR")) {
      if (random.nextBoolean()) {
        names.put(tag, text());
      }
    }
    return names;
  }

  private Optional<String> templateOf(List<PromptTemplate> templates) {
    return templates.isEmpty()
        ? Optional.empty()
        : maybe(() -> templates.get(random.nextInt(templates.size())).id());
  }

  private String hash() {
    StringBuilder hash = new StringBuilder();
    for (int i = 0; i < 64; i++) {
      hash.append(Character.forDigit(random.nextInt(16), 16));
    }
    return hash.toString();
  }

  private List<String> texts(int least, int most) {
    Set<String> texts = new LinkedHashSet<>();
    int count = least + random.nextInt(most - least + 1);
    while (texts.size() < count) {
      String text = text();
      if (texts.stream().noneMatch(text::equalsIgnoreCase)) {
        texts.add(text);
      }
    }
    return List.copyOf(texts);
  }

  private String text() {
    String nasty = NASTY.get(random.nextInt(NASTY.size()));
    return switch (random.nextInt(4)) {
      case 0 -> nasty;
      case 1 -> nasty + " " + random.nextInt(100);
      case 2 -> "a photo of " + nasty;
      default -> "word" + random.nextInt(1000);
    };
  }

  @SafeVarargs
  private <T> T one(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private <T> Optional<T> maybe(Supplier<T> value) {
    return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
  }
}
