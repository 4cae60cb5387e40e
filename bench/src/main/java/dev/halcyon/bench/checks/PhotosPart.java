package dev.halcyon.bench.checks;

import dev.halcyon.app.decision.Flag;
import dev.halcyon.bench.checks.Finding.Goal;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.TextBox;
import dev.halcyon.clip.TextEvidence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** End to end on photographs: SCAM with its clean twins, and RTA-100, which has none. */
final class PhotosPart {
  private static final String PART = "photographs";
  private static final String TEMPLATE = "a photo of a {}";
  private static final Pattern RTA_NAME = Pattern.compile("label=(.+)_text=(.+)\\.jpg");
  private static final double ABSENT_SHARE = 0.01;
  private static final List<String> BACKGROUND =
      List.of(
          "household object",
          "piece of furniture",
          "room with bare walls",
          "living creature",
          "prepared meal",
          "green plant in a pot",
          "front of a building",
          "blank sheet of paper",
          "human hand",
          "plain surface");

  private final Path data;
  private final Eyes eyes;
  private final int every;

  /**
   * A part.
   *
   * @param every only each such picture is looked at
   */
  PhotosPart(Path data, Eyes eyes, int every) {
    this.data = data;
    this.eyes = eyes;
    this.every = every;
  }

  private record Scam(String object, String word, Evidence clean, Evidence real, Evidence drawn) {
    List<Evidence> attacks() {
      return List.of(real, drawn);
    }
  }

  List<Finding> measure() throws IOException {
    List<Finding> findings = new ArrayList<>();
    if (Files.isDirectory(data.resolve("scam").resolve("SCAM"))) {
      scam(findings);
    }
    if (Files.isDirectory(data.resolve("rta"))) {
      rta(findings);
    }
    return findings;
  }

  private void scam(List<Finding> findings) throws IOException {
    Path scam = data.resolve("scam");
    List<String[]> rows = new ArrayList<>();
    Set<String> ids = new LinkedHashSet<>();
    for (String line : Files.readAllLines(scam.resolve("similarities.csv"))) {
      String[] cells = line.split(",", -1);
      boolean complete =
          Stream.of("SCAM", "NoSCAM", "SynthSCAM")
              .allMatch(
                  folder -> Files.isRegularFile(scam.resolve(folder).resolve(cells[0] + ".webp")));
      if (complete && ids.add(cells[0])) {
        rows.add(cells);
      }
    }
    List<String[]> chosen = new ArrayList<>();
    for (int i = 0; i < rows.size(); i += every) {
      chosen.add(rows.get(i));
    }
    List<Evidence> clean = look(scam.resolve("NoSCAM"), chosen);
    List<Evidence> real = look(scam.resolve("SCAM"), chosen);
    List<Evidence> drawn = look(scam.resolve("SynthSCAM"), chosen);
    List<Scam> pictures = new ArrayList<>();
    Set<String> words = new LinkedHashSet<>(BACKGROUND);
    for (int i = 0; i < chosen.size(); i++) {
      String[] cells = chosen.get(i);
      pictures.add(new Scam(cells[1], cells[2], clean.get(i), real.get(i), drawn.get(i)));
      words.addAll(List.of(cells[1], cells[2]));
    }
    detector(findings, pictures);
    ZeroShot zeroShot = new ZeroShot(eyes.textEncoder(), TEMPLATE, words);
    Defence handwritten = new Defence(zeroShot, eyes.model());
    Defence rendered = new Defence(zeroShot, eyes.model());
    for (Scam picture : pictures) {
      handwritten.add(picture.clean(), picture.real(), picture.object(), picture.word());
      rendered.add(picture.clean(), picture.drawn(), picture.object(), picture.word());
    }
    findings.addAll(handwritten.findings(PART, "SCAM, handwritten"));
    findings.addAll(rendered.findings(PART, "SCAM, rendered"));
    flags(findings, pictures, zeroShot);
  }

  private List<Evidence> look(Path folder, List<String[]> rows) throws IOException {
    List<byte[]> bytes = new ArrayList<>();
    for (String[] cells : rows) {
      bytes.add(Files.readAllBytes(folder.resolve(cells[0] + ".webp")));
    }
    return eyes.look(folder.getFileName().toString(), bytes);
  }

  private void detector(List<Finding> findings, List<Scam> pictures) {
    Share.Counter found = new Share.Counter();
    Share.Counter foundDrawn = new Share.Counter();
    Share.Counter foundClean = new Share.Counter();
    Share.Counter unread = new Share.Counter();
    Share.Counter unreadClean = new Share.Counter();
    Share.Counter read = new Share.Counter();
    Share.Counter readDrawn = new Share.Counter();
    for (Scam picture : pictures) {
      found.add(hasBoxes(picture.real()));
      foundDrawn.add(hasBoxes(picture.drawn()));
      foundClean.add(hasBoxes(picture.clean()));
      unread.add(hasBoxes(picture.real()) && !isRead(picture.real()));
      unreadClean.add(hasBoxes(picture.clean()) && !isRead(picture.clean()));
      read.add(reads(picture.real(), picture.word()));
      readDrawn.add(reads(picture.drawn(), picture.word()));
    }
    findings.add(
        Finding.percent(PART, "SCAM, handwritten", "detector finds text", found.share())
            .must(Goal.atLeast(97)));
    findings.add(Finding.percent(PART, "SCAM, handwritten", "word read to a letter", read.share()));
    findings.add(
        Finding.percent(PART, "SCAM, rendered", "detector finds text", foundDrawn.share())
            .must(Goal.atLeast(97)));
    findings.add(
        Finding.percent(PART, "SCAM, rendered", "word read to a letter", readDrawn.share()));
    findings.add(
        Finding.percent(PART, "SCAM, handwritten", "boxes, and no word in any", unread.share()));
    findings.add(
        Finding.percent(PART, "SCAM, text removed", "detector finds text", foundClean.share()));
    findings.add(
        Finding.percent(
            PART, "SCAM, text removed", "boxes, and no word in any", unreadClean.share()));
  }

  /**
   * Flags with a label for each word and object. A label fires from what one in a hundred absent
   * words reaches on the even half; all figures are of the odd half.
   */
  private void flags(List<Finding> findings, List<Scam> pictures, ZeroShot zeroShot) {
    double[] absent =
        half(pictures, 0).stream()
            .mapToDouble(picture -> logit(zeroShot, picture.clean(), picture.word()))
            .sorted()
            .toArray();
    double bar = absent[(int) Math.min(absent.length - 1, absent.length * (1 - ABSENT_SHARE))];
    Set<String> words = new LinkedHashSet<>();
    pictures.forEach(picture -> words.addAll(Set.of(picture.object(), picture.word())));
    // Wide enough a temperature that no threshold is next to one; it changes no order.
    double temperature = 4;
    WordLabels labels =
        WordLabels.of(
            words,
            BACKGROUND,
            TEMPLATE,
            1 / (1 + Math.exp(-bar / temperature)),
            temperature,
            Optional.empty(),
            eyes.textEncoder(),
            eyes.model());
    Share.Counter recall = new Share.Counter();
    Share.Counter unwritten = new Share.Counter();
    Share.Counter onClean = new Share.Counter();
    Share.Counter onCleanLabel = new Share.Counter();
    Share.Counter off = new Share.Counter();
    for (Scam picture : half(pictures, 1)) {
      WordLabels.Outcome clean = labels.decide(picture.clean());
      boolean firesClean = labels.decide(withoutText(picture.clean())).fires(picture.word());
      onClean.add(clean.claims());
      words.forEach(word -> onCleanLabel.add(labelClaims(clean, word)));
      for (Evidence attack : picture.attacks()) {
        WordLabels.Outcome unchecked = labels.decide(withoutText(attack));
        WordLabels.Outcome checked = labels.decide(attack);
        if (unchecked.fires(picture.word()) && !firesClean) {
          recall.add(checked.has(picture.word(), Flag.INFLATED));
        }
        unwritten.add(checked.has(picture.object(), Flag.INFLATED));
        off.add(unchecked.claims());
      }
    }
    String subject = "SCAM, a label a word";
    findings.add(
        Finding.percent(PART, subject, "flag recall", recall.share()).must(Goal.atLeast(85)));
    findings.add(
        Finding.percent(PART, subject, "objects flagged as written", unwritten.share())
            .must(Goal.atMost(1)));
    findings.add(
        Finding.percent(PART, subject, "any claim with text removed", onClean.share())
            .must(Goal.atMost(2)));
    findings.add(
        Finding.percent(PART, subject, "the same, a label at a time", onCleanLabel.share()));
    findings.add(
        Finding.percent(PART, subject, "control: detector off", off.share()).must(Goal.atMost(0)));
  }

  private static boolean labelClaims(WordLabels.Outcome outcome, String word) {
    return outcome.has(word, Flag.INFLATED) || outcome.has(word, Flag.SUPPRESSED);
  }

  /** The word's logit against the background, in the model's own similarity, as is decided by. */
  private double logit(ZeroShot words, Evidence evidence, String word) {
    double scale = eyes.model().logitScale() / 100;
    ToDoubleFunction<String> similarity =
        text -> scale * words.similarity(evidence.embedding(), text);
    double[] others = BACKGROUND.stream().mapToDouble(similarity).toArray();
    double top = Arrays.stream(others).max().orElseThrow();
    double sum = 0;
    for (double other : others) {
      sum += Math.exp(other - top);
    }
    return similarity.applyAsDouble(word) - top - Math.log(sum);
  }

  private void rta(List<Finding> findings) throws IOException {
    List<Path> files;
    try (Stream<Path> listed = Files.list(data.resolve("rta"))) {
      files = listed.filter(file -> file.toString().endsWith(".jpg")).sorted().toList();
    }
    List<String[]> names = new ArrayList<>();
    List<byte[]> bytes = new ArrayList<>();
    Set<String> words = new LinkedHashSet<>();
    for (int i = 0; i < files.size(); i += every) {
      Matcher name = RTA_NAME.matcher(files.get(i).getFileName().toString());
      if (name.matches()) {
        String[] pair = {name.group(1).replace('_', ' '), name.group(2).replace('_', ' ')};
        names.add(pair);
        bytes.add(Files.readAllBytes(files.get(i)));
        words.addAll(Arrays.asList(pair));
      }
    }
    List<Evidence> seen = eyes.look("RTA", bytes);
    ZeroShot zeroShot = new ZeroShot(eyes.textEncoder(), TEMPLATE, words);
    Share.Counter found = new Share.Counter();
    Share.Counter attacked = new Share.Counter();
    Share.Counter masked = new Share.Counter();
    Share.Counter defended = new Share.Counter();
    Share.Counter recovered = new Share.Counter();
    Share.Counter harm = new Share.Counter();
    Duel duel = new Duel(zeroShot, eyes.model());
    for (int i = 0; i < seen.size(); i++) {
      List<String> choices = List.of(names.get(i));
      String truth = choices.get(0);
      boolean a = zeroShot.nearest(seen.get(i).embedding(), choices).equals(truth);
      boolean d = duel.decide(seen.get(i), choices.get(0), choices.get(1)).equals(truth);
      masked.add(zeroShot.nearest(ZeroShot.defended(seen.get(i)), choices).equals(truth));
      found.add(hasBoxes(seen.get(i)));
      attacked.add(a);
      defended.add(d);
      if (a) {
        harm.add(!d);
      } else {
        recovered.add(d);
      }
    }
    String subject = "RTA-100, no clean twins";
    findings.add(Finding.percent(PART, subject, "detector finds text", found.share()));
    findings.add(Finding.percent(PART, subject, "attacked pictures right", attacked.share()));
    findings.add(Finding.percent(PART, subject, "masking all: right", masked.share()));
    findings.add(Finding.percent(PART, subject, "the check: right", defended.share()));
    findings.add(
        Finding.percent(PART, subject, "the check: wrong ones made right", recovered.share()));
    findings.add(
        Finding.percent(PART, subject, "the check: HR", harm.share()).must(Goal.atMost(1.5)));
  }

  static Evidence withoutText(Evidence evidence) {
    return new Evidence(
        evidence.model(),
        evidence.embedding(),
        evidence.parts(),
        Optional.empty(),
        evidence.widthPixels(),
        evidence.heightPixels(),
        evidence.format(),
        evidence.contentSha256(),
        evidence.reused());
  }

  static boolean hasBoxes(Evidence evidence) {
    return evidence.text().map(text -> !text.boxes().isEmpty()).orElse(false);
  }

  private static boolean isRead(Evidence evidence) {
    return evidence.text().stream()
        .flatMap(text -> text.boxes().stream())
        .anyMatch(box -> box.text().isPresent());
  }

  private static boolean reads(Evidence evidence, String word) {
    String wanted = letters(word);
    return evidence.text().map(TextEvidence::boxes).orElse(List.of()).stream()
        .map(TextBox::text)
        .flatMap(Optional::stream)
        .anyMatch(text -> letters(text).equals(wanted));
  }

  private static String letters(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }

  private static List<Scam> half(List<Scam> pictures, int odd) {
    List<Scam> half = new ArrayList<>();
    for (int i = odd; i < pictures.size(); i += 2) {
      half.add(pictures.get(i));
    }
    return half;
  }
}
