/** Prompts to token ids. The one place that names the tokenizer library. */
package dev.halcyon.clip.tokenize;
