package dev.halcyon.labels;

import java.util.List;

/** Sentences into which a prompt is put in place of {@code {}}; their embeddings are averaged. */
public record PromptTemplate(
    @Field(
            value = "identity of the template within the set",
            pattern = "[a-z0-9][a-z0-9_-]*",
            patternInWords =
                "lower-case letters, digits, - and _, beginning with a letter or digit",
            maxLength = 64)
        String id,
    @Field(value = "sentences, each with one {} where the prompt goes", min = 1, maxItems = 100)
        List<String> prompts) {

  /** Where the prompt goes. */
  static final String SLOT = "{}";

  public PromptTemplate {
    prompts = List.copyOf(prompts);
  }

  /** The prompt in each of the sentences, in their order. */
  public List<String> expand(String prompt) {
    return prompts.stream().map(sentence -> sentence.replace(SLOT, prompt)).toList();
  }
}
