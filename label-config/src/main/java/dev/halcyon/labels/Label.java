package dev.halcyon.labels;

import java.time.LocalDate;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** One thing to look for. Its maps iterate in the order of their keys. */
public record Label(
    @Field(
            value = "identity of the label within the set",
            pattern = "[a-z0-9][a-z0-9_-]*",
            patternInWords =
                "lower-case letters, digits, - and _, beginning with a letter or digit",
            maxLength = 64)
        String id,
    @Field(
            value =
                "display names by language tag; a plain text is the name in the set's own locale",
            fallback = "{}",
            languageTag = true)
        Map<String, String> display,
    @Field("id of the label this one is a kind of") Optional<String> parent,
    @Field(value = "id of its group", fallbackInWords = "the group, where the set has only one")
        String group,
    @Field(
            value = "what the label looks like, each prompt put into the template",
            fallback = "[]",
            maxItems = 200)
        List<String> prompts,
    @Field(
            value =
                "what looks like the label and is not; joins the group's background for this label",
            fallback = "[]",
            maxItems = 200)
        List<String> negativePrompts,
    @Field("id of the template for its prompts, instead of the group's") Optional<String> template,
    @Field("a classifier learned from examples; it scores the label instead of the prompts")
        Optional<Probe> probe,
    @Field(value = "score from which the label fires", fallback = "0.5") Threshold threshold,
    @Field(
            value = "score, below the threshold, from which a person should look",
            min = 0,
            max = 1,
            exclusive = true)
        OptionalDouble reviewThreshold,
    @Field(value = "0 (none), 2 (low), 4 (medium) to 6 (gravest)", fallback = "0", min = 0, max = 6)
        int severity,
    @Field(
            value = "what to do when the label fires",
            fallbackInWords = "review where the severity is 2 or more, else tag")
        Action action,
    @Field(value = "exceptions to the action, by surface", fallback = "{}")
        Map<String, Action> actionBySurface,
    @Field(value = "life of the label; never livelier than its set's", fallback = "active")
        LabelStatus status,
    @Field(
            value = "share of image ids acted on while the status is canary, in percent",
            fallback = "100",
            min = 0,
            max = 100)
        double canaryPercent,
    @Field("last day on which the label is scored, as 2026-12-31") Optional<LocalDate> expires,
    @Field(value = "how written text is weighed", fallback = "{}") TypographicPolicy typographic,
    @Field(value = "how disparities between groups of people are watched", fallback = "{}")
        BiasPolicy bias) {
  public Label {
    display = Collections.unmodifiableMap(new TreeMap<>(display));
    prompts = List.copyOf(prompts);
    negativePrompts = List.copyOf(negativePrompts);
    actionBySurface = Collections.unmodifiableMap(new TreeMap<>(actionBySurface));
  }

  /** What to do when the label fires on an upload of a surface. */
  public Action actionFor(Optional<String> surface) {
    return surface.map(actionBySurface::get).orElse(action);
  }

  /** The same label with other thresholds. */
  public Label with(Threshold newThreshold, OptionalDouble newReviewThreshold) {
    return new Label(
        id,
        display,
        parent,
        group,
        prompts,
        negativePrompts,
        template,
        probe,
        newThreshold,
        newReviewThreshold,
        severity,
        action,
        actionBySurface,
        status,
        canaryPercent,
        expires,
        typographic,
        bias);
  }

  /** The same label at another stage of its life. */
  public Label with(LabelStatus newStatus) {
    return new Label(
        id,
        display,
        parent,
        group,
        prompts,
        negativePrompts,
        template,
        probe,
        threshold,
        reviewThreshold,
        severity,
        action,
        actionBySurface,
        newStatus,
        canaryPercent,
        expires,
        typographic,
        bias);
  }

  /** The same label with another probe, or scored by its prompts. */
  public Label with(Optional<Probe> newProbe) {
    return new Label(
        id,
        display,
        parent,
        group,
        prompts,
        negativePrompts,
        template,
        newProbe,
        threshold,
        reviewThreshold,
        severity,
        action,
        actionBySurface,
        status,
        canaryPercent,
        expires,
        typographic,
        bias);
  }
}
