package dev.halcyon.events.wire;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/** Subjects, their versions and the ids of schemas, in memory. Not safe for use by many threads. */
final class RegistryStore {
  private final Map<Document, Integer> ids = new HashMap<>();
  private final SortedMap<Integer, Document> documents = new TreeMap<>();
  private final SortedMap<String, List<Version>> subjects = new TreeMap<>();
  private final Map<String, Compatibility> levels = new HashMap<>();
  private Compatibility level = Compatibility.BACKWARD;

  /** A schema's text and the versions of other subjects that define names it uses. */
  record Document(String text, List<Reference> references) {
    Document {
      references = List.copyOf(references);
    }
  }

  record Reference(String name, String subject, int version) {}

  record Version(String subject, int version, int id, Document document, Schema schema) {}

  /** A request that is refused, with the code a registry gives for it. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;
    private final int code;

    RefusedException(int code, String message) {
      super(message);
      this.code = code;
    }

    /** Five digits, of which the first three are the HTTP status; or three digits. */
    int code() {
      return code;
    }
  }

  /** Adds a version, or finds the one that has the same schema. */
  int register(String subject, Document document) throws RefusedException {
    Schema schema = parse(document);
    List<Version> versions = subjects.getOrDefault(subject, List.of());
    Optional<Version> same = same(versions, schema);
    if (same.isPresent()) {
      return same.get().id();
    }
    List<String> problems = problems(subject, schema, versions);
    if (!problems.isEmpty()) {
      throw new RefusedException(
          409,
          "Schema being registered is incompatible with an earlier schema for subject \""
              + subject
              + "\", details: "
              + String.join("; ", problems));
    }
    int id = ids.computeIfAbsent(canonical(document, schema), key -> ids.size() + 1);
    documents.putIfAbsent(id, document);
    int version = versions.isEmpty() ? 1 : versions.get(versions.size() - 1).version() + 1;
    subjects
        .computeIfAbsent(subject, key -> new ArrayList<>())
        .add(new Version(subject, version, id, document, schema));
    return id;
  }

  /** The version of a subject that has this very schema. */
  Version find(String subject, Document document) throws RefusedException {
    return same(versions(subject), parse(document))
        .orElseThrow(() -> new RefusedException(40403, "Schema not found"));
  }

  List<String> subjects() {
    return List.copyOf(subjects.keySet());
  }

  List<Version> versions(String subject) throws RefusedException {
    List<Version> versions = subjects.get(subject);
    if (versions == null) {
      throw new RefusedException(40401, "Subject '" + subject + "' not found.");
    }
    return List.copyOf(versions);
  }

  /** A version by its number, or the latest. */
  Version version(String subject, String number) throws RefusedException {
    List<Version> versions = versions(subject);
    if (number.equals("latest") || number.equals("-1")) {
      return versions.get(versions.size() - 1);
    }
    if (!number.matches("[1-9]\\d{0,8}")) {
      throw new RefusedException(
          42202, "The specified version '" + number + "' is not a valid version id.");
    }
    int wanted = Integer.parseInt(number);
    return versions.stream()
        .filter(version -> version.version() == wanted)
        .findFirst()
        .orElseThrow(() -> new RefusedException(40402, "Version " + number + " not found."));
  }

  Document document(int id) throws RefusedException {
    Document document = documents.get(id);
    if (document == null) {
      throw new RefusedException(40403, "Schema " + id + " not found");
    }
    return document;
  }

  /** Every version of any subject that has the schema of an id. */
  List<Version> uses(int id) throws RefusedException {
    document(id);
    return subjects.values().stream()
        .flatMap(List::stream)
        .filter(version -> version.id() == id)
        .toList();
  }

  Compatibility level() {
    return level;
  }

  void level(Compatibility chosen) {
    level = chosen;
  }

  Optional<Compatibility> level(String subject) {
    return Optional.ofNullable(levels.get(subject));
  }

  void level(String subject, Compatibility chosen) {
    levels.put(subject, chosen);
  }

  /** What stands against a schema becoming the next version, by the subject's level. */
  List<String> problems(String subject, Document document, List<Version> earlier)
      throws RefusedException {
    return problems(subject, parse(document), earlier);
  }

  private List<String> problems(String subject, Schema schema, List<Version> earlier) {
    return levels
        .getOrDefault(subject, level)
        .problems(schema, earlier.stream().map(Version::schema).toList());
  }

  private Schema parse(Document document) throws RefusedException {
    try {
      Schema.Parser parser = new Schema.Parser();
      parseReferences(document, parser);
      return parser.parse(document.text());
    } catch (SchemaParseException e) {
      throw new RefusedException(42201, "Invalid schema: " + e.getMessage());
    }
  }

  private void parseReferences(Document document, Schema.Parser parser) throws RefusedException {
    for (Reference reference : document.references()) {
      Version referred = version(reference.subject(), Integer.toString(reference.version()));
      if (!parser.getTypes().containsKey(referred.schema().getFullName())) {
        parseReferences(referred.document(), parser);
        parser.parse(referred.document().text());
      }
    }
  }

  private static Optional<Version> same(List<Version> versions, Schema schema) {
    return versions.stream()
        .filter(version -> version.schema().toString().equals(schema.toString()))
        .findFirst();
  }

  private static Document canonical(Document document, Schema schema) {
    return new Document(schema.toString(), document.references());
  }
}
