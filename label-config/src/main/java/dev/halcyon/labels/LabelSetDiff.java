package dev.halcyon.labels;

import dev.halcyon.labels.Change.Added;
import dev.halcyon.labels.Change.Changed;
import dev.halcyon.labels.Change.FieldChange;
import dev.halcyon.labels.Change.Part;
import dev.halcyon.labels.Change.Part.Kind;
import dev.halcyon.labels.Change.Removed;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Compares label sets part by part and field by field. Pure and stateless. */
public final class LabelSetDiff {
  private static final Map<Kind, String> LISTS = new LinkedHashMap<>();

  static {
    LISTS.put(Kind.TEMPLATE, "templates");
    LISTS.put(Kind.GROUP, "groups");
    LISTS.put(Kind.LABEL, "labels");
  }

  private LabelSetDiff() {}

  /**
   * What two people made of one set.
   *
   * @param ours what we changed
   * @param theirs what they changed
   * @param conflicts parts that both changed, and not in the same way
   * @param merged both changes together; empty where there are conflicts, or where together they
   *     make no sound set, as when one removes the group that the other puts a label into
   */
  public record ThreeWay(
      List<Change> ours, List<Change> theirs, List<Conflict> conflicts, Optional<LabelSet> merged) {
    public ThreeWay {
      ours = List.copyOf(ours);
      theirs = List.copyOf(theirs);
      conflicts = List.copyOf(conflicts);
    }
  }

  /**
   * A part that both sides changed. The set's own fields conflict one by one, all other parts as a
   * whole.
   *
   * @param ours what we did to it
   * @param theirs what they did to it
   */
  public record Conflict(Change ours, Change theirs) {}

  /** What changed, in the order of the document; empty if and only if the sets are equal. */
  public static List<Change> between(LabelSet before, LabelSet after) {
    Node.Fields old = Unbinder.unbind(before);
    Node.Fields now = Unbinder.unbind(after);
    Node.Fields brief = LabelSetWriter.brief(after);
    List<Change> changes = new ArrayList<>();
    List<FieldChange> own = fields(withoutLists(old), withoutLists(now));
    LISTS
        .values()
        .forEach(
            list -> {
              if (reordered(parts(old, list).keySet(), parts(now, list).keySet())) {
                own.add(new FieldChange.Order(list));
              }
            });
    if (!own.isEmpty()) {
      changes.add(new Changed(new Part(Kind.SET, after.name()), own));
    }
    LISTS.forEach(
        (kind, list) -> {
          Map<String, Node.Fields> oldParts = parts(old, list);
          Map<String, Node.Fields> newParts = parts(now, list);
          newParts.forEach(
              (id, part) -> {
                Part named = new Part(kind, id);
                Node.Fields was = oldParts.get(id);
                if (was == null) {
                  Node.Fields said = parts(brief, list).get(id).without("id");
                  changes.add(new Added(named, fields(Node.Fields.NONE, said)));
                } else if (!was.equals(part)) {
                  changes.add(new Changed(named, fields(was, part)));
                }
              });
          oldParts.keySet().stream()
              .filter(id -> !newParts.containsKey(id))
              .forEach(id -> changes.add(new Removed(new Part(kind, id))));
        });
    return changes;
  }

  /**
   * Sets two edits of one set side by side.
   *
   * @param base what both started from
   * @param ours what we made of it
   * @param theirs what they made of it
   */
  public static ThreeWay threeWay(LabelSet base, LabelSet ours, LabelSet theirs) {
    List<Change> ourChanges = between(base, ours);
    List<Change> theirChanges = between(base, theirs);
    Node.Fields ourTree = Unbinder.unbind(ours);
    Node.Fields theirTree = Unbinder.unbind(theirs);
    List<Conflict> conflicts = new ArrayList<>();
    for (Change our : ourChanges) {
      for (Change their : theirChanges) {
        if (our.part().kind() == Kind.SET && their.part().kind() == Kind.SET) {
          conflictOfFields((Changed) our, (Changed) their, ourTree, theirTree)
              .ifPresent(conflicts::add);
        } else if (our.part().equals(their.part())) {
          Node.Fields ourPart = part(ourTree, our.part());
          Node.Fields theirPart = part(theirTree, their.part());
          if (ourPart == null ? theirPart != null : !ourPart.equals(theirPart)) {
            conflicts.add(new Conflict(our, their));
          }
        }
      }
    }
    Optional<LabelSet> merged =
        conflicts.isEmpty()
            ? merged(ourTree, ourChanges, theirTree, theirChanges)
            : Optional.empty();
    return new ThreeWay(ourChanges, theirChanges, conflicts, merged);
  }

  private static Optional<Conflict> conflictOfFields(
      Changed ours, Changed theirs, Node.Fields ourTree, Node.Fields theirTree) {
    Set<String> both = new LinkedHashSet<>();
    Set<String> theirFields = topFields(theirs);
    for (String field : topFields(ours)) {
      Node our = ourTree.get(field);
      if (theirFields.contains(field)
          && (our == null ? theirTree.get(field) != null : !our.equals(theirTree.get(field)))) {
        both.add(field);
      }
    }
    return both.isEmpty()
        ? Optional.empty()
        : Optional.of(new Conflict(only(ours, both), only(theirs, both)));
  }

  private static Set<String> topFields(Changed change) {
    Set<String> fields = new LinkedHashSet<>();
    for (FieldChange field : change.fields()) {
      if (!(field instanceof FieldChange.Order)) {
        fields.add(top(field));
      }
    }
    return fields;
  }

  private static String top(FieldChange field) {
    return field.field().split("\\.", 2)[0];
  }

  private static Changed only(Changed change, Set<String> fields) {
    return new Changed(
        change.part(),
        change.fields().stream().filter(field -> fields.contains(top(field))).toList());
  }

  /** Their tree with our changes made to it. */
  private static Optional<LabelSet> merged(
      Node.Fields ours, List<Change> ourChanges, Node.Fields theirs, List<Change> theirChanges) {
    if (theirChanges.isEmpty()) {
      return sound(ours);
    }
    Node.Fields merged = theirs;
    for (Change change : ourChanges) {
      if (change.part().kind() == Kind.SET) {
        for (String field : topFields((Changed) change)) {
          Node value = ours.get(field);
          merged = value == null ? merged.without(field) : merged.with(field, value);
        }
      }
    }
    for (var list : LISTS.entrySet()) {
      Map<String, Node.Fields> parts = parts(theirs, list.getValue());
      for (Change change : ourChanges) {
        if (change.part().kind() == list.getKey()) {
          Node.Fields part = part(ours, change.part());
          if (part == null) {
            parts.remove(change.part().id());
          } else {
            parts.put(change.part().id(), part);
          }
        }
      }
      merged = merged.with(list.getValue(), new Node.Items(List.copyOf(parts.values()), 0));
    }
    return sound(merged);
  }

  private static Optional<LabelSet> sound(Node.Fields tree) {
    return LabelSetReader.read(CanonicalJson.write(tree)) instanceof ReadResult.Read read
        ? Optional.of(read.labelSet())
        : Optional.empty();
  }

  private static Node.Fields withoutLists(Node.Fields set) {
    Node.Fields own = set;
    for (String list : LISTS.values()) {
      own = own.without(list);
    }
    return own;
  }

  /** The parts of a list by their ids, in its order. */
  private static Map<String, Node.Fields> parts(Node.Fields set, String list) {
    Map<String, Node.Fields> parts = new LinkedHashMap<>();
    if (set.get(list) instanceof Node.Items items) {
      for (Node item : items.items()) {
        Node.Fields fields = (Node.Fields) item;
        parts.put(((Node.Text) fields.get("id")).value(), fields);
      }
    }
    return parts;
  }

  /** A part of the set, null where it has none of that id. */
  private static Node.Fields part(Node.Fields set, Part part) {
    return parts(set, LISTS.get(part.kind())).get(part.id());
  }

  private static List<FieldChange> fields(Node.Fields before, Node.Fields after) {
    List<FieldChange> changes = new ArrayList<>();
    compare("", before, after, changes);
    return changes;
  }

  private static void compare(String path, Node before, Node after, List<FieldChange> changes) {
    if (before == null ? after == null : before.equals(after)) {
      return;
    }
    if ((before == null || before instanceof Node.Fields)
        && (after == null || after instanceof Node.Fields)) {
      Node.Fields old = before == null ? Node.Fields.NONE : (Node.Fields) before;
      Node.Fields now = after == null ? Node.Fields.NONE : (Node.Fields) after;
      Set<String> names = new LinkedHashSet<>(now.fields().keySet());
      names.addAll(old.fields().keySet());
      for (String name : names) {
        compare(Binder.join(path, Node.key(name)), old.get(name), now.get(name), changes);
      }
    } else if (isTexts(before)
        && isTexts(after)
        && !(list(before).isEmpty() && list(after).isEmpty())) {
      changes.add(texts(path, list(before), list(after)));
    } else {
      changes.add(new FieldChange.Value(path, shown(before), shown(after)));
    }
  }

  private static FieldChange texts(String path, List<String> before, List<String> after) {
    List<String> added = minus(after, before);
    List<String> removed = minus(before, after);
    return added.isEmpty() && removed.isEmpty()
        ? new FieldChange.Order(path)
        : new FieldChange.Texts(path, added, removed);
  }

  private static List<String> minus(List<String> from, List<String> those) {
    Set<String> gone = new HashSet<>(those);
    return from.stream().filter(text -> !gone.contains(text)).toList();
  }

  private static boolean isTexts(Node node) {
    return node == null
        || (node instanceof Node.Items items
            && items.items().stream().allMatch(Node.Text.class::isInstance));
  }

  private static List<String> list(Node node) {
    return node == null
        ? List.of()
        : ((Node.Items) node).items().stream().map(item -> ((Node.Text) item).value()).toList();
  }

  /** Whether what both have stands in another order. */
  private static boolean reordered(Collection<String> before, Collection<String> after) {
    List<String> keptBefore = before.stream().filter(after::contains).toList();
    List<String> keptAfter = after.stream().filter(before::contains).toList();
    return !keptBefore.equals(keptAfter);
  }

  private static Optional<String> shown(Node node) {
    if (node == null) {
      return Optional.empty();
    }
    if (node instanceof Node.Text text) {
      return Optional.of(text.value());
    }
    if (node instanceof Node.Items items) {
      String hash = LabelSetWriter.hashOf(CanonicalJson.write(items));
      return Optional.of(items.items().size() + " values, SHA-256 " + hash.substring(0, 8) + "…");
    }
    return Optional.of(node.shown());
  }
}
