package dev.halcyon.clip.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halcyon.clip.EngineSettings.Weights;
import dev.halcyon.clip.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;

/**
 * A model as it lies on disk: where its files are, what they hash to, and what its configuration
 * files say about it. Reading one checks every hash its manifest states.
 *
 * <p>Three layouts are read: Halcyon's own and optimum's ({@code vision_model.onnx}, {@code
 * text_model.onnx} in the directory or in {@code onnx/}), and Immich's ({@code visual/model.onnx},
 * {@code textual/model.onnx}). Preprocessing comes from {@code preprocessor_config.json}, {@code
 * preprocess_cfg.json} or {@code open_clip_config.json}. A {@code manifest.json} may stand in any
 * of them; what it says goes before what the other files say.
 *
 * @param root the directory
 * @param id the model's name
 * @param hash SHA-256 in hex over the sorted SHA-256 hashes, each in hex and ended by a line feed,
 *     of the files the model is made of: graphs and their external weights, tokenizer,
 *     preprocessing
 * @param family how image and text are compared
 * @param visionModel the image encoder's graph
 * @param textModel the text encoder's graph
 * @param tokenizer tokenizer.json
 * @param preprocessing the file that describes resize, crop and normalisation
 * @param dimensions length of an embedding, where a configuration file says it
 * @param logitScale factor from cosine to similarity
 * @param logitBias added to the similarity by sigmoid models, else 0
 * @param prompts how prompts become the text encoder's input
 * @param files the files the hash is over, in the order of their paths
 * @param readings facts of the above and where each was read
 */
public record ModelDirectory(
    Path root,
    String id,
    String hash,
    Family family,
    Path visionModel,
    Path textModel,
    Path tokenizer,
    Path preprocessing,
    OptionalInt dimensions,
    float logitScale,
    float logitBias,
    PromptConvention prompts,
    List<ModelFile> files,
    List<Reading> readings) {

  /** How image and text are compared. */
  public enum Family {
    /** Softmax over scaled cosines. */
    CLIP,
    /** Sigmoid of scaled cosine plus bias. */
    SIGLIP
  }

  /** OpenAI's and OpenCLIP's models all end training at the cap of their logit scale. */
  private static final float CLIP_LOGIT_SCALE = 100f;

  private static final String LAYOUTS =
      "vision_model.onnx and text_model.onnx beside tokenizer.json and preprocessor_config.json"
          + " (the graphs may be in onnx/), or visual/model.onnx and textual/model.onnx";

  public ModelDirectory {
    Objects.requireNonNull(root, "root");
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(hash, "hash");
    Objects.requireNonNull(family, "family");
    Objects.requireNonNull(prompts, "prompts");
    files = List.copyOf(files);
    readings = List.copyOf(readings);
  }

  /** Opens a directory with its default weights. */
  public static ModelDirectory open(Path root) {
    return open(root, Weights.DEFAULT);
  }

  /**
   * Opens a directory.
   *
   * @throws ModelException if a file is missing, damaged or unreadable, or the directory says too
   *     little about the model; the message names the file and the remedy
   */
  public static ModelDirectory open(Path root, Weights weights) {
    if (!Files.isDirectory(root)) {
      throw new ModelException(
          root + ": no such directory; give a model directory with " + LAYOUTS);
    }
    Path vision = findGraph(root, "vision_model", "visual", weights);
    Path text = findGraph(root, "text_model", "textual", weights);
    Path tokenizer = require(root, "tokenizer.json", "textual/tokenizer.json");
    Path preprocessing =
        require(
            root,
            "preprocessor_config.json",
            "preprocess_cfg.json",
            "visual/preprocess_cfg.json",
            "open_clip_config.json");

    List<Path> parts = new ArrayList<>(List.of(vision, text, tokenizer, preprocessing));
    parts.addAll(externalWeights(vision));
    parts.addAll(externalWeights(text));
    Optional<Manifest> manifest =
        find(root, "manifest.json").map(file -> Manifest.read(file, JsonFile.read(file)));
    FileHashes hashes = new FileHashes(root);
    if (manifest.isPresent()) {
      manifest.get().verify(hashes, parts);
    }

    JsonNode config = optionalJson(root, "config.json");
    JsonNode openClip = optionalJson(root, "open_clip_config.json", "config.json");
    Family family = family(manifest, config, openClip);
    OptionalInt dimensions = dimensions(manifest, config, openClip);
    float logitScale = logitScale(root, family, manifest);
    float logitBias = manifest.map(Manifest::logitBias).orElse(0f);
    String id =
        manifest.map(Manifest::id).orElseGet(() -> root.toAbsolutePath().getFileName().toString());
    PromptConvention prompts =
        PromptConvention.read(root, tokenizer, family, manifest, config, openClip);

    List<Reading> readings = new ArrayList<>();
    readings.add(Reading.of("name", id, manifest.isPresent() ? "manifest.json" : "the folder"));
    readings.add(
        Reading.of(
            "family",
            family.name().toLowerCase(Locale.ROOT),
            manifest.flatMap(Manifest::architecture).isPresent()
                ? "manifest.json"
                : "config.json, else clip"));
    readings.add(logitScaleReading(logitScale, manifest));
    readings.add(
        Reading.of(
            "logit bias", logitBias, manifest.isPresent() ? "manifest.json" : "none is stated"));
    if (dimensions.isPresent()) {
      readings.add(
          Reading.of(
              "dimensions",
              dimensions.getAsInt(),
              manifest.map(Manifest::dimensions).orElse(OptionalInt.empty()).isPresent()
                  ? "manifest.json"
                  : "config.json"));
    }
    readings.add(Reading.of("image encoder", name(root, vision), "the folder"));
    readings.add(Reading.of("text encoder", name(root, text), "the folder"));
    readings.add(Reading.of("padding token", prompts.padTokenId(), name(root, tokenizer)));
    readings.add(
        Reading.of(
            "hashes",
            manifest.map(m -> m.files().size()).orElse(0) + " stated and checked",
            manifest.isPresent() ? "manifest.json" : "no manifest.json"));
    return new ModelDirectory(
        root,
        id,
        hashes.combined(new TreeSet<>(parts)),
        family,
        vision,
        text,
        tokenizer,
        preprocessing,
        dimensions,
        logitScale,
        logitBias,
        prompts,
        new TreeSet<>(parts).stream().map(part -> file(root, part, hashes)).toList(),
        readings);
  }

  private static ModelFile file(Path root, Path file, FileHashes hashes) {
    try {
      return new ModelFile(name(root, file), Files.size(file), hashes.of(file));
    } catch (IOException e) {
      throw new ModelException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static String name(Path root, Path file) {
    return root.relativize(file).toString().replace('\\', '/');
  }

  private static Reading logitScaleReading(float logitScale, Optional<Manifest> manifest) {
    return manifest.flatMap(Manifest::logitScale).isPresent()
        ? Reading.of("logit scale", logitScale, "manifest.json")
        : new Reading(
            "logit scale",
            Float.toString(logitScale),
            "no file states it: the value at which OpenAI's and OpenCLIP's models end training;"
                + " write it into manifest.json as \"logitScale\"",
            true);
  }

  private static Family family(Optional<Manifest> manifest, JsonNode config, JsonNode openClip) {
    String architecture =
        manifest
            .flatMap(Manifest::architecture)
            .orElseGet(() -> config.path("model_type").asText("clip"))
            .toLowerCase(Locale.ROOT);
    boolean sigmoid =
        architecture.startsWith("siglip")
            || !openClip.path("model_cfg").path("init_logit_bias").isMissingNode()
            // Immich writes what open_clip nests at the top.
            || !openClip.path("init_logit_bias").isMissingNode();
    return sigmoid ? Family.SIGLIP : Family.CLIP;
  }

  private static OptionalInt dimensions(
      Optional<Manifest> manifest, JsonNode config, JsonNode openClip) {
    if (manifest.isPresent() && manifest.get().dimensions().isPresent()) {
      return manifest.get().dimensions();
    }
    for (JsonNode candidate :
        List.of(
            config.path("projection_dim"),
            openClip.path("model_cfg").path("embed_dim"),
            openClip.path("embed_dim"))) {
      if (candidate.isInt() && candidate.asInt() > 0) {
        return OptionalInt.of(candidate.asInt());
      }
    }
    return OptionalInt.empty();
  }

  private static float logitScale(Path root, Family family, Optional<Manifest> manifest) {
    Optional<Float> stated = manifest.flatMap(Manifest::logitScale);
    if (stated.isPresent()) {
      return stated.get();
    }
    if (family == Family.SIGLIP) {
      throw new ModelException(
          root
              + ": a SigLIP model's scores need its learned logit scale and bias, and no file here"
              + " states them; write manifest.json with \"logitScale\": exp(logit_scale) and"
              + " \"logitBias\": logit_bias from the model's weights");
    }
    return CLIP_LOGIT_SCALE;
  }

  private static Path findGraph(Path root, String flat, String folder, Weights weights) {
    List<String> suffixes =
        switch (weights) {
          case DEFAULT -> List.of("");
          case FP16 -> List.of("_fp16");
          case INT8 -> List.of("_int8", "_quantized");
        };
    List<String> names = new ArrayList<>();
    for (String suffix : suffixes) {
      names.add(flat + suffix + ".onnx");
      names.add("onnx/" + flat + suffix + ".onnx");
      names.add(folder + "/model" + suffix + ".onnx");
    }
    return require(root, names.toArray(String[]::new));
  }

  /** Weights kept outside a graph, as exporters name them for graphs beyond two gigabytes. */
  private static List<Path> externalWeights(Path graph) {
    List<Path> found = new ArrayList<>();
    for (String suffix : List.of("_data", ".data")) {
      Path data = graph.resolveSibling(graph.getFileName() + suffix);
      if (Files.isRegularFile(data)) {
        found.add(data);
      }
    }
    return found;
  }

  private static Path require(Path root, String... names) {
    return find(root, names)
        .orElseThrow(
            () -> {
              String others =
                  names.length == 1
                      ? ""
                      : " (nor " + String.join(", ", List.of(names).subList(1, names.length)) + ")";
              return new ModelException(
                  root.resolve(names[0])
                      + ": no such file"
                      + others
                      + "; a model directory holds "
                      + LAYOUTS
                      + "; copy or fetch the model again");
            });
  }

  private static Optional<Path> find(Path root, String... names) {
    for (String name : names) {
      Path file = root.resolve(name);
      if (Files.isRegularFile(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  private static JsonNode optionalJson(Path root, String... names) {
    return find(root, names).map(JsonFile::read).orElseGet(JsonFile::none);
  }
}
