package dev.halcyon.app.commands;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.models.ModelCard;
import dev.halcyon.app.report.HtmlReport;
import dev.halcyon.clip.ClipModel;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What a model is. */
@Command(
    name = "card",
    description = {
      "Describe a model: identity, hashes, preprocessing, tokens, logit scale, thresholds.",
      "Prints it, or writes a page with --html."
    },
    mixinStandardHelpOptions = true)
final class ModelsCard implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "Folder of a model.")
  private Path directory;

  @Option(names = "--html", paramLabel = "FILE", description = "Write a page to this file.")
  private Path html;

  @Mixin private ConfigOption config;
  @Mixin private JsonOption json;

  @Override
  public Integer call() throws JsonProcessingException {
    AppConfig app = config.load();
    ModelCard card;
    try (ClipModel model = ClipModel.open(directory, app.engine().settings())) {
      card = ModelCard.of(model.description());
    }
    PrintWriter out = spec.commandLine().getOut();
    if (html != null) {
      HtmlReport.write(html, "model-card", card);
      out.println(html + ": the card of " + card.title());
    }
    if (json.wanted()) {
      out.println(new ObjectMapper().writeValueAsString(card));
    } else if (html == null) {
      print(card, out);
    }
    out.flush();
    return ExitCode.OK;
  }

  private static void print(ModelCard card, PrintWriter out) {
    out.println(card.title());
    out.println(card.subtitle());
    out.println();
    for (ModelCard.Fact fact : card.facts()) {
      out.println("  " + fact.name() + ": " + fact.value());
      out.println("      (" + fact.from() + ")");
    }
    out.println();
    for (ModelCard.Part part : card.files()) {
      out.println("  " + part.path() + "  " + part.size());
      out.println("      sha256 " + part.sha256());
    }
    out.println();
    card.advice().forEach(line -> out.println("- " + line));
  }
}
