package dev.halcyon.bench.checks;

import dev.halcyon.clip.TextAnalysis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What looking for text costs and finds, one picture at a time. */
final class CostPart {
  private static final String PART = "cost";

  private final Path data;
  private final Eyes eyes;

  CostPart(Path data, Eyes eyes) {
    this.data = data;
    this.eyes = eyes;
  }

  /** Times so many pictures with notes, and as many with their writing removed. */
  List<Finding> measure(int pictures) throws IOException {
    Path scam = data.resolve("scam");
    if (!Files.isDirectory(scam.resolve("SCAM"))) {
      return List.of();
    }
    List<byte[]> written = sample(scam.resolve("SCAM"), pictures);
    List<byte[]> clean = sample(scam.resolve("NoSCAM"), pictures);
    List<Finding> findings = new ArrayList<>();
    Share.Counter glanced = new Share.Counter();
    Share.Counter glancedClean = new Share.Counter();
    Share.Counter spared = new Share.Counter();
    double[] off = new double[2 * pictures];
    double[] likely = new double[2 * pictures];
    double[] always = new double[2 * pictures];
    eyes.look(written.get(0), TextAnalysis.LIKELY);
    int at = 0;
    for (List<byte[]> half : List.of(written, clean)) {
      for (byte[] picture : half) {
        off[at] = millis(picture, TextAnalysis.OFF);
        long before = System.nanoTime();
        boolean glance = PhotosPart.hasBoxes(eyes.look(picture, TextAnalysis.LIKELY));
        likely[at] = (System.nanoTime() - before) / 1e6;
        before = System.nanoTime();
        boolean look = PhotosPart.hasBoxes(eyes.look(picture, TextAnalysis.ALWAYS));
        always[at] = (System.nanoTime() - before) / 1e6;
        if (look && half == written) {
          glanced.add(glance);
        } else if (look) {
          glancedClean.add(glance);
        } else {
          spared.add(!glance);
        }
        at++;
      }
    }
    String subject = "SCAM, one at a time";
    findings.add(Finding.number(PART, subject, "median, text off", median(off), "ms"));
    findings.add(Finding.number(PART, subject, "median, text when likely", median(likely), "ms"));
    findings.add(Finding.number(PART, subject, "median, text always", median(always), "ms"));
    findings.add(
        Finding.percent(PART, subject, "a glance keeps what a look finds", glanced.share()));
    findings.add(Finding.percent(PART, subject, "a glance spares the rest", spared.share()));
    return findings;
  }

  private double millis(byte[] picture, TextAnalysis how) {
    long before = System.nanoTime();
    eyes.look(picture, how);
    return (System.nanoTime() - before) / 1e6;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static List<byte[]> sample(Path folder, int count) throws IOException {
    List<Path> files;
    try (Stream<Path> listed = Files.list(folder)) {
      files = listed.sorted().limit(count).toList();
    }
    List<byte[]> bytes = new ArrayList<>();
    for (Path file : files) {
      bytes.add(Files.readAllBytes(file));
    }
    return bytes;
  }
}
