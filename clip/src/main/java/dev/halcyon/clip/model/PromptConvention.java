package dev.halcyon.clip.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halcyon.clip.ModelException;
import dev.halcyon.clip.model.ModelDirectory.Family;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How prompts become the text encoder's input, as far as the configuration files say; the graph
 * settles the rest.
 *
 * @param contextLength most tokens a prompt may take, start and end marks included
 * @param padTokenId token that fills a prompt up to its batch's length
 * @param padding how far prompts are filled
 * @param lowercase whether prompts are lower-cased before the tokenizer sees them
 */
public record PromptConvention(
    OptionalInt contextLength, int padTokenId, Padding padding, boolean lowercase) {

  /** How far prompts are filled. */
  public enum Padding {
    /**
     * As the model was trained: to the context length, unless the graph takes an attention mask, so
     * that filling cannot matter.
     */
    AS_TRAINED,
    /** To the longest prompt of the batch. */
    LONGEST,
    /** To the context length. */
    CONTEXT
  }

  static PromptConvention read(
      Path root,
      Path tokenizer,
      Family family,
      Optional<Manifest> manifest,
      JsonNode config,
      JsonNode openClip) {
    JsonNode tokenizerJson = JsonFile.read(tokenizer);
    Path tokenizerConfigFile = tokenizer.resolveSibling("tokenizer_config.json");
    JsonNode tokenizerConfig =
        Files.isRegularFile(tokenizerConfigFile)
            ? JsonFile.read(tokenizerConfigFile)
            : JsonFile.none();
    return new PromptConvention(
        contextLength(manifest, tokenizerJson, tokenizerConfig, config, openClip),
        padTokenId(tokenizer, manifest, tokenizerJson, tokenizerConfig),
        padding(manifest),
        manifest
            .flatMap(Manifest::lowercasePrompts)
            .orElseGet(() -> family == Family.SIGLIP && isGemma(tokenizerConfig)));
  }

  /** SigLIP 2 was trained on lower-cased text, which Gemma's tokenizer.json does not do. */
  private static boolean isGemma(JsonNode tokenizerConfig) {
    return tokenizerConfig.path("tokenizer_class").asText("").startsWith("Gemma");
  }

  private static OptionalInt contextLength(
      Optional<Manifest> manifest,
      JsonNode tokenizer,
      JsonNode tokenizerConfig,
      JsonNode config,
      JsonNode openClip) {
    if (manifest.isPresent() && manifest.get().contextLength().isPresent()) {
      return manifest.get().contextLength();
    }
    for (JsonNode candidate :
        List.of(
            config.path("text_config").path("max_position_embeddings"),
            openClip.path("model_cfg").path("text_cfg").path("context_length"),
            openClip.path("text_cfg").path("context_length"),
            tokenizer.path("padding").path("strategy").path("Fixed"),
            tokenizer.path("truncation").path("max_length"),
            tokenizerConfig.path("model_max_length"))) {
      // A tokenizer without a limit says 1e30.
      if (candidate.isInt() && candidate.asInt() > 0 && candidate.asInt() <= 1 << 16) {
        return OptionalInt.of(candidate.asInt());
      }
    }
    return OptionalInt.empty();
  }

  private static int padTokenId(
      Path file, Optional<Manifest> manifest, JsonNode tokenizer, JsonNode tokenizerConfig) {
    if (manifest.isPresent() && manifest.get().padTokenId().isPresent()) {
      return manifest.get().padTokenId().getAsInt();
    }
    if (tokenizer.path("padding").path("pad_id").isInt()) {
      return tokenizer.path("padding").path("pad_id").asInt();
    }
    JsonNode padToken = tokenizerConfig.path("pad_token");
    String named = padToken.isObject() ? padToken.path("content").asText() : padToken.asText("");
    for (String token : List.of(named, "[PAD]", "<pad>", "<|endoftext|>", "</s>")) {
      OptionalInt id = tokenId(tokenizer, token);
      if (!token.isEmpty() && id.isPresent()) {
        return id.getAsInt();
      }
    }
    throw new ModelException(
        file
            + ": names no padding token; write manifest.json with \"padTokenId\", the id the model"
            + " was trained to see after the end of a prompt");
  }

  private static OptionalInt tokenId(JsonNode tokenizer, String token) {
    for (JsonNode added : tokenizer.path("added_tokens")) {
      if (added.path("content").asText().equals(token)) {
        return OptionalInt.of(added.path("id").asInt());
      }
    }
    JsonNode id = tokenizer.path("model").path("vocab").path(token);
    return id.isInt() ? OptionalInt.of(id.asInt()) : OptionalInt.empty();
  }

  private static Padding padding(Optional<Manifest> manifest) {
    Optional<String> stated = manifest.flatMap(Manifest::promptPadding);
    if (stated.isEmpty()) {
      return Padding.AS_TRAINED;
    }
    return switch (stated.get()) {
      case "longest" -> Padding.LONGEST;
      case "max_length" -> Padding.CONTEXT;
      default ->
          throw new ModelException(
              manifest.get().file()
                  + ": promptPadding \""
                  + stated.get()
                  + "\" is unknown; write \"longest\" or \"max_length\"");
    };
  }
}
