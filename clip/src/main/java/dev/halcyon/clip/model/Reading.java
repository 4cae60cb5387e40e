package dev.halcyon.clip.model;

/**
 * One fact about a model and where it was read.
 *
 * @param what the fact: {@code logit scale}, {@code longest prompt}
 * @param value its value, as people write it
 * @param from the file that states it, relative to the directory, or why it is taken to be so
 * @param assumed whether no file states it
 */
public record Reading(String what, String value, String from, boolean assumed) {
  static Reading of(String what, Object value, String from) {
    return new Reading(what, String.valueOf(value), from, false);
  }
}
