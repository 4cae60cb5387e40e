package dev.halcyon.labels;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Guesses which of the known names a wrong one was meant to be. */
public final class Spelling {
  private Spelling() {}

  /** {@code ; did you mean "x"?}, or the names there are, or nothing where there are none. */
  public static String remedy(String given, Collection<String> known) {
    if (known.isEmpty()) {
      return "";
    }
    Optional<String> nearest = nearest(given, known);
    if (nearest.isPresent()) {
      return "; did you mean \"" + nearest.get() + "\"?";
    }
    return "; there " + (known.size() == 1 ? "is " : "are ") + shortened(known);
  }

  static Optional<String> nearest(String given, Collection<String> known) {
    String plain = plain(given);
    if (plain.length() > 100) {
      return Optional.empty();
    }
    String best = null;
    int bestEdits = Integer.MAX_VALUE;
    for (String candidate : known) {
      String other = plain(candidate);
      int allowed = Math.max(1, (Math.max(plain.length(), other.length()) + 1) / 3);
      if (Math.abs(plain.length() - other.length()) > allowed) {
        continue;
      }
      int edits = edits(plain, other);
      if (edits <= allowed && edits < bestEdits) {
        best = candidate;
        bestEdits = edits;
      }
    }
    return Optional.ofNullable(best);
  }

  private static String shortened(Collection<String> known) {
    int shown = 12;
    String list = String.join(", ", known.stream().distinct().limit(shown).toList());
    return known.size() > shown ? list + " and " + (known.size() - shown) + " more" : list;
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[-_ ]", "");
  }

  /** Insertions, deletions, substitutions and swaps of neighbours between two names. */
  static int edits(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int substitute = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        cost[i][j] =
            Math.min(cost[i - 1][j - 1] + substitute, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], 1 + cost[i - 2][j - 2]);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
