package dev.halcyon.labels;

import java.util.List;

/**
 * Sentences into which a prompt is put in place of {@code {}}; their embeddings are averaged.
 *
 * @param id identity within the set
 * @param prompts sentences, each with one {@code {}}
 */
public record PromptTemplate(String id, List<String> prompts) {
  public PromptTemplate {
    prompts = List.copyOf(prompts);
  }
}
