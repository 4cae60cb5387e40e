package dev.halcyon.app.ops;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Whether the program lives and whether it is ready, each the sum of named checks. Checks are asked
 * by the admin port's threads.
 */
public final class Health {
  private final Map<String, Supplier<String>> live = new LinkedHashMap<>();
  private final Map<String, Supplier<String>> ready = new LinkedHashMap<>();

  /**
   * What a check found.
   *
   * @param healthy whether every check passed
   * @param checks what each check said, "ok" or what is wrong
   */
  public record Report(boolean healthy, Map<String, String> checks) {}

  /** What a check says when all is well. */
  public static final String OK = "ok";

  /** Adds a check without which the program should be restarted. Called before the port opens. */
  public void addLive(String name, Supplier<String> check) {
    live.put(name, check);
  }

  /** Adds a check without which the program is not ready. Called before the port opens. */
  public void addReady(String name, Supplier<String> check) {
    ready.put(name, check);
  }

  /** Asks the checks for life. */
  public Report live() {
    return ask(live);
  }

  /** Asks the checks for life and for readiness. */
  public Report ready() {
    Map<String, Supplier<String>> all = new LinkedHashMap<>(live);
    all.putAll(ready);
    return ask(all);
  }

  private static Report ask(Map<String, Supplier<String>> checks) {
    Map<String, String> said = new LinkedHashMap<>();
    checks.forEach((name, check) -> said.put(name, check.get()));
    return new Report(said.values().stream().allMatch(OK::equals), said);
  }
}
