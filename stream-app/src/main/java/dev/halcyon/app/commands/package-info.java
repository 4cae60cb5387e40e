/**
 * The subcommands, one class each: read the options, call the part that does the work, print for a
 * person or a machine. Exit codes are those of {@link dev.halcyon.app.commands.ExitCode}.
 */
package dev.halcyon.app.commands;
