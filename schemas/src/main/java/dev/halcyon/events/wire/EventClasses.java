package dev.halcyon.events.wire;

import java.util.Set;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * Avro makes no instance of a class that a schema names unless the program trusts the class. The
 * serializers of this package trust the generated events by themselves; a program that uses the
 * generated classes without them calls {@link #trust} first.
 */
public final class EventClasses {
  private static final Set<String> PACKAGES =
      Set.of("dev.halcyon.events", "dev.halcyon.events.state");
  private static boolean trusted;

  private EventClasses() {}

  /** Lets Avro make instances of the generated events, beside what it trusts already. */
  public static synchronized void trust() {
    if (!trusted) {
      trusted = true;
      ClassSecurityValidator.setGlobal(
          ClassSecurityValidator.composite(
              ClassSecurityValidator.getGlobal(),
              type -> PACKAGES.contains(type.getPackageName())));
    }
  }
}
