package dev.halcyon.app.commands;

/** The label set that ships with the program. */
final class DefaultPack {
  /** Where it is, from the installation. */
  static final String PATH = "label-config/packs/default.yaml";

  private DefaultPack() {}
}
