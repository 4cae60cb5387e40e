package dev.halcyon.app.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The manifest of a fetched model: hashes of its files, and the logit scale and bias that its own
 * files do not state.
 */
final class PulledManifest {
  private final ModelPull.Sources sources;
  private final Download download;

  PulledManifest(ModelPull.Sources sources, Download download) {
    this.sources = sources;
    this.download = download;
  }

  /** Writes {@code manifest.json} beside the files. */
  void write(CatalogueModel model, String name, List<PulledFile> files, Path folder)
      throws PullException, IOException, InterruptedException {
    CatalogueModel.Logits.Stated logits = logits(model.logits());
    ObjectNode manifest = new ObjectMapper().createObjectNode();
    manifest.put("id", name);
    manifest.put("title", model.title());
    manifest.put("architecture", model.architecture());
    manifest.put("licence", model.licence());
    model.contextLength().ifPresent(tokens -> manifest.put("contextLength", tokens));
    manifest.put("logitScale", logits.scale());
    manifest.put("logitBias", logits.bias());
    manifest.put("logitsFrom", logits.from());
    ObjectNode listed = manifest.putObject("files");
    for (PulledFile pulled : files) {
      listed
          .putObject(pulled.file().target())
          .put("sha256", pulled.sha256())
          .put("bytes", pulled.bytes());
    }
    Files.writeString(
        folder.resolve("manifest.json"), manifest.toPrettyString() + System.lineSeparator());
  }

  private CatalogueModel.Logits.Stated logits(CatalogueModel.Logits logits)
      throws PullException, InterruptedException {
    if (logits instanceof CatalogueModel.Logits.Stated stated) {
      return stated;
    }
    CatalogueModel.Logits.InWeights weights = (CatalogueModel.Logits.InWeights) logits;
    Optional<Path> cached =
        sources.cached(weights.repository(), weights.revision(), weights.path() + ".logits.json");
    if (cached.isPresent() && Files.isRegularFile(cached.get())) {
      return cachedLogits(cached.get());
    }
    URI uri = sources.uri(weights.repository(), weights.revision(), weights.path());
    if (sources.offline()) {
      throw new PullException(
          uri
              + ": the model's logit scale and bias are read from there, and --offline forbids it;"
              + " pull once with the network and --cache");
    }
    Safetensors tensors = Safetensors.open(download, uri);
    CatalogueModel.Logits.Stated read =
        new CatalogueModel.Logits.Stated(
            (float) Math.exp(tensors.scalar("logit_scale")),
            tensors.scalar("logit_bias"),
            uri.toString());
    if (cached.isPresent()) {
      try {
        Files.createDirectories(cached.get().getParent());
        ObjectNode kept = new ObjectMapper().createObjectNode();
        kept.put("scale", read.scale()).put("bias", read.bias()).put("from", read.from());
        Files.writeString(cached.get(), kept.toString());
      } catch (IOException e) {
        throw new PullException(cached.get() + ": cannot be written: " + e.getMessage(), e);
      }
    }
    return read;
  }

  private static CatalogueModel.Logits.Stated cachedLogits(Path file) throws PullException {
    try {
      JsonNode kept = new ObjectMapper().readTree(Files.readAllBytes(file));
      return new CatalogueModel.Logits.Stated(
          kept.path("scale").floatValue(),
          kept.path("bias").floatValue(),
          kept.path("from").asText());
    } catch (IOException e) {
      throw new PullException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
