/**
 * What people see in a terminal: tables, progress, colours where a terminal shows them. Everything
 * for people goes to the given stream; what is for machines is written by the commands as JSON.
 */
package dev.halcyon.app.console;
