package dev.halcyon.app.commands;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.console.Style;
import dev.halcyon.app.console.Table;
import dev.halcyon.app.console.Table.Cell;
import dev.halcyon.app.console.Table.Column;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.app.topology.TopicFinding;
import dev.halcyon.app.topology.Topics;
import dev.halcyon.app.topology.TopicsAdmin;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Creates and checks the topics. */
@Command(
    name = "topics",
    description = {
      "Create the topics, or check those that are there.",
      "Names, partitions, copies and retention come from the configuration's topics section."
    },
    synopsisSubcommandLabel = "create|check",
    mixinStandardHelpOptions = true)
public final class TopicsCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say create or check");
  }

  @Command(
      name = "create",
      description = {
        "Create the topics that are missing, and check the others. What is there is never changed.",
        "Exit code 1: a topic that was there breaks a promise of the program."
      },
      mixinStandardHelpOptions = true)
  int create(@Mixin Target target) {
    return target.apply(TopicsAdmin::create);
  }

  @Command(
      name = "check",
      description = {
        "Check the topics and change nothing.",
        "Exit code 1: a topic is missing, or breaks a promise of the program."
      },
      mixinStandardHelpOptions = true)
  int check(@Mixin Target target) {
    return target.apply(TopicsAdmin::check);
  }

  /** Which Kafka, and how to answer. */
  static final class Target {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Mixin private ConfigOption config;

    @Option(
        names = "--bootstrap",
        paramLabel = "HOST:PORT",
        description = "Addresses of brokers, instead of the configuration's.")
    private String bootstrap;

    @Option(names = "--json", description = "One JSON object a topic on standard output.")
    private boolean json;

    int apply(BiFunction<TopicsAdmin, Topics, List<TopicFinding>> task) {
      AppConfig app =
          bootstrap == null
              ? config.load()
              : config.load(Map.of("kafka.bootstrapServers", bootstrap));
      List<TopicFinding> findings;
      try (TopicsAdmin admin = TopicsAdmin.connect(app.kafka())) {
        findings = task.apply(admin, Topics.of(app.topics(), app.images().maxBytes()));
      }
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        findings.forEach(finding -> out.println(line(finding)));
      } else {
        print(findings, out, Terminal.wantsColours());
      }
      out.flush();
      return findings.stream().allMatch(finding -> finding.state().isUsable())
          ? ExitCode.OK
          : ExitCode.FAILED;
    }

    private static void print(List<TopicFinding> findings, PrintWriter out, boolean colours) {
      int widest = findings.stream().mapToInt(f -> f.topic().length()).max().orElse(1);
      Table table =
          new Table(
              List.of(Column.left("topic", Math.min(widest, 60)), Column.left("state", 8)),
              colours);
      out.println(table.heading());
      for (TopicFinding finding : findings) {
        TopicFinding.State state = finding.state();
        out.println(
            table.row(List.of(Cell.of(finding.topic()), new Cell(word(state), style(state)))));
        for (String problem : finding.problems()) {
          // The remedy may be a command: on a line of its own it can be copied.
          for (String part : problem.split("; ", 2)) {
            out.println("    " + part);
          }
        }
      }
    }

    private static String word(TopicFinding.State state) {
      return state.name().toLowerCase(Locale.ROOT);
    }

    private static Style style(TopicFinding.State state) {
      return switch (state) {
        case OK, CREATED -> Style.GREEN;
        case DIFFERS -> Style.YELLOW;
        case WRONG, MISSING -> Style.RED;
      };
    }

    private static String line(TopicFinding finding) {
      ObjectNode node =
          JSON.createObjectNode().put("topic", finding.topic()).put("state", word(finding.state()));
      finding.problems().forEach(node.putArray("problems")::add);
      return node.toString();
    }
  }
}
