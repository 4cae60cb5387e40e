package dev.halcyon.app.commands;

import picocli.CommandLine.Option;

/** Whether to answer in JSON. */
final class JsonOption {
  @Option(names = "--json", description = "One JSON object a line on standard output.")
  private boolean json;

  boolean wanted() {
    return json;
  }
}
