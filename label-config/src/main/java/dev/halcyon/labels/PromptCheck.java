package dev.halcyon.labels;

/** How long a sentence is for the model that will read it; the caller brings the tokenizer. */
public interface PromptCheck {
  /** How many tokens the sentence takes, start and end marks included. */
  int tokens(String sentence);

  /** Most tokens a sentence may take, start and end marks included. */
  int contextLength();
}
