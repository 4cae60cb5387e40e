package dev.halcyon.labels;

import java.util.List;
import java.util.Optional;

/** Labels that are scored together. */
public record LabelGroup(
    @Field(
            value = "identity of the group within the set",
            pattern = "[a-z0-9][a-z0-9_-]*",
            patternInWords =
                "lower-case letters, digits, - and _, beginning with a letter or digit",
            maxLength = 64)
        String id,
    @Field(value = "whether the labels of the group compete", fallback = "independent") Mode mode,
    @Field(
            value = "prompts of what an image shows when no label of the group applies",
            min = 1,
            maxItems = 200)
        List<String> background,
    @Field(
            value = "divides the logit: above 1 softens scores, below 1 sharpens them",
            fallback = "1",
            min = 0,
            max = 1000,
            exclusive = true)
        double temperature,
    @Field(
            "id of the template for the group's prompts, where a label names none; without any, a"
                + " prompt is the whole sentence")
        Optional<String> template) {

  /** How the labels of a group relate. */
  public enum Mode {
    @Field("any number of labels may apply: each is scored against the background on its own")
    INDEPENDENT,
    @Field("one label applies, or the background: scored by a softmax")
    EXCLUSIVE
  }

  public LabelGroup {
    background = List.copyOf(background);
  }
}
