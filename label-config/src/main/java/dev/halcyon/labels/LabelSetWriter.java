package dev.halcyon.labels;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** Writes label sets, for machines and for people. What it writes reads back as the same set. */
public final class LabelSetWriter {
  private LabelSetWriter() {}

  /**
   * The canonical form: JSON by RFC 8785 with all defaults written out. Two sets are equal if and
   * only if their canonical forms are.
   */
  public static String canonicalJson(LabelSet set) {
    return CanonicalJson.write(Unbinder.unbind(set));
  }

  /** SHA-256 in hex over the UTF-8 bytes of the canonical form. */
  public static String contentHash(LabelSet set) {
    return hashOf(canonicalJson(set));
  }

  /** SHA-256 in hex over the UTF-8 bytes of a canonical form as it was stored. */
  public static String hashOf(String canonicalForm) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of()
          .formatHex(digest.digest(canonicalForm.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new LinkageError("every Java platform has SHA-256", e);
    }
  }

  /** YAML for people: what is at its default is left out, shorthands are used. */
  public static String yaml(LabelSet set) {
    Node.Fields brief = brief(set);
    List<Node> labels = new ArrayList<>();
    for (Node label : ((Node.Items) brief.get("labels")).items()) {
      labels.add(shorthands((Node.Fields) label, set.locale()));
    }
    return PlainYaml.write(brief.with("labels", new Node.Items(labels, 0)));
  }

  /** The set without what is at its default. */
  static Node.Fields brief(LabelSet set) {
    Node.Fields full = Unbinder.unbind(set);
    Defaults.Context context = Defaults.Context.of(full);
    Node.Fields brief = brief(full, LabelSet.class, Defaults::fillSet);
    List<Node> groups = new ArrayList<>();
    for (Node group : ((Node.Items) full.get("groups")).items()) {
      groups.add(brief((Node.Fields) group, LabelGroup.class, fields -> fields));
    }
    List<Node> labels = new ArrayList<>();
    for (Node label : ((Node.Items) full.get("labels")).items()) {
      labels.add(
          brief((Node.Fields) label, Label.class, fields -> Defaults.fillLabel(fields, context)));
    }
    return brief
        .with("groups", new Node.Items(groups, 0))
        .with("labels", new Node.Items(labels, 0));
  }

  /** Reads fields back with all defaults filled in. */
  private interface Filler {
    Node.Fields fill(Node.Fields fields);
  }

  /** Leaves out each field without which the same record is read. */
  private static Node.Fields brief(Node.Fields full, Class<? extends Record> type, Filler filler) {
    Record meant = read(full, type, filler);
    Node.Fields brief = full;
    for (Shape.Member member : Shape.members(type)) {
      if (full.get(member.name()) == null || member.required()) {
        continue;
      }
      Node.Fields without = brief.without(member.name());
      if (meant.equals(read(without, type, filler))) {
        brief = without;
      } else if (member.shape() instanceof Shape.Nested nested) {
        Node.Fields inner = (Node.Fields) brief.get(member.name());
        for (Shape.Member part : nested.members()) {
          Node.Fields candidate = brief.with(member.name(), inner.without(part.name()));
          if (inner.get(part.name()) != null && meant.equals(read(candidate, type, filler))) {
            inner = inner.without(part.name());
            brief = candidate;
          }
        }
      }
    }
    return brief;
  }

  /** The record, or one that equals none where fields are missing. */
  private static Record read(Node.Fields fields, Class<? extends Record> type, Filler filler) {
    Problems problems = new Problems();
    Record record = new Binder(problems).bind(type, filler.fill(fields), "");
    return problems.isEmpty() ? record : new Unreadable(new Object());
  }

  private record Unreadable(Object identity) {}

  private static Node.Fields shorthands(Node.Fields label, String locale) {
    Node.Fields shorter = label;
    for (Shape.Member member : Shape.members(Label.class)) {
      if (member.shape() instanceof Shape.Nested nested
          && nested.plain().isPresent()
          && label.get(member.name()) instanceof Node.Fields fields
          && fields.fields().keySet().equals(Set.of(nested.plain().get().name()))) {
        shorter = shorter.with(member.name(), fields.get(nested.plain().get().name()));
      }
    }
    if (shorter.get("display") instanceof Node.Fields names
        && names.fields().keySet().equals(Set.of(locale))) {
      shorter = shorter.with("display", names.get(locale));
    }
    return shorter;
  }
}
