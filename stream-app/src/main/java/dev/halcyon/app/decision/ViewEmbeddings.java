package dev.halcyon.app.decision;

import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.TextEvidence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The embeddings of one image that are to be scored, before they are: whole, its parts, and where
 * text matters without it, its text alone, and the control.
 */
record ViewEmbeddings(
    float[] whole,
    List<float[]> parts,
    Optional<float[]> masked,
    Optional<float[]> textOnly,
    Optional<float[]> control,
    Views.Kind kind,
    boolean textSpeaks,
    List<String> readTexts) {
  private static final float DOMINANT_AREA = 0.5f;

  /** Boxes that cover more hold bubbles, buttons and paper beside words. */
  private static final float SPEAKING_AREA = 0.1f;

  /**
   * What of the evidence is to be scored.
   *
   * @param weighsText whether any label weighs written text
   */
  static ViewEmbeddings of(Evidence evidence, boolean weighsText) {
    if (evidence.text().isEmpty()) {
      return plain(evidence, List.of());
    }
    TextEvidence text = evidence.text().get();
    List<String> read =
        text.boxes().stream()
            .flatMap(box -> box.text().stream())
            .filter(words -> !words.isBlank())
            .toList();
    boolean dominant = text.areaFraction() > DOMINANT_AREA;
    // What covers most of a picture and cannot be read is a shape, and the picture without it
    // blank.
    if (!weighsText || (dominant && read.isEmpty())) {
      return plain(evidence, read);
    }
    if (!text.boxes().isEmpty()) {
      Views.Kind kind = dominant ? Views.Kind.DOMINANT : Views.Kind.BOXES;
      return new ViewEmbeddings(
          evidence.embedding(),
          evidence.parts(),
          text.masked(),
          text.textOnly(),
          text.control(),
          kind,
          text.areaFraction() <= SPEAKING_AREA,
          read);
    }
    if (text.mirror().isPresent()) {
      MirrorImage mirror = new MirrorImage(evidence.embedding(), text.mirror().get());
      if (mirror.showsText()) {
        return new ViewEmbeddings(
            evidence.embedding(),
            evidence.parts(),
            Optional.of(mirror.withoutText()),
            Optional.of(mirror.textOnly()),
            mirror.control(),
            Views.Kind.MIRROR,
            true,
            read);
      }
    }
    return plain(evidence, read);
  }

  void addTo(List<float[]> embeddings) {
    embeddings.add(whole);
    embeddings.addAll(parts);
    masked.ifPresent(embeddings::add);
    textOnly.ifPresent(embeddings::add);
    control.ifPresent(embeddings::add);
  }

  int count() {
    return 1
        + parts.size()
        + (masked.isPresent() ? 1 : 0)
        + (textOnly.isPresent() ? 1 : 0)
        + (control.isPresent() ? 1 : 0);
  }

  /**
   * The views, once scored.
   *
   * @param similarities of the embeddings in the order of {@link #addTo}, from an index on
   */
  Views views(CompiledLabelSet set, float[][] similarities, int from, boolean[] competes) {
    int next = from;
    View wholeView = new View(whole, new Scores(set, similarities[next++], competes));
    var partViews = new ArrayList<View>(parts.size());
    for (float[] part : parts) {
      partViews.add(new View(part, new Scores(set, similarities[next++], competes)));
    }
    Optional<View> maskedView = Optional.empty();
    if (masked.isPresent()) {
      maskedView =
          Optional.of(new View(masked.get(), new Scores(set, similarities[next++], competes)));
    }
    Optional<View> textView = Optional.empty();
    if (textOnly.isPresent()) {
      textView =
          Optional.of(new View(textOnly.get(), new Scores(set, similarities[next++], competes)));
    }
    Optional<View> controlView = Optional.empty();
    if (control.isPresent()) {
      controlView =
          Optional.of(new View(control.get(), new Scores(set, similarities[next], competes)));
    }
    return new Views(
        wholeView, partViews, maskedView, textView, controlView, kind, textSpeaks, readTexts);
  }

  private static ViewEmbeddings plain(Evidence evidence, List<String> read) {
    return new ViewEmbeddings(
        evidence.embedding(),
        evidence.parts(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Views.Kind.NONE,
        false,
        read);
  }
}
