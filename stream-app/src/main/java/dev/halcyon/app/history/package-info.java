/**
 * The time machine: evidence of the past, decided again. Reads the evidence topic newest first with
 * consumers of its own, decides on the CPU by the same code that decides live, compares, and on
 * request corrects what was decided.
 */
package dev.halcyon.app.history;
