package dev.halcyon.app.config;

import java.util.Locale;

/** Whether a name may be a slip of the pen for another. */
final class Spelling {
  private static final int MOST_EDITS = 2;

  private Spelling() {}

  static boolean near(String given, String meant) {
    String a = given.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
    String b = meant.toLowerCase(Locale.ROOT);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitute = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitute, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()] <= MOST_EDITS;
  }
}
