package dev.halcyon.clip;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which package may import what. */
class ImportRulesTest {
  private static final String ROOT = "dev.halcyon.clip";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  /** What each package may use of this module, besides the seam types at its root. */
  private static final Map<String, Set<String>> ALLOWED =
      Map.of(
          "analyze", Set.of("batch", "decode", "fetch", "preprocess"),
          "batch", Set.of(),
          "decode", Set.of(),
          "fetch", Set.of(),
          "model", Set.of(),
          "onnx", Set.of("batch"),
          "preprocess", Set.of("decode"),
          "text", Set.of("analyze", "batch", "decode", "preprocess"),
          "tokenize", Set.of());

  @ParameterizedTest
  @CsvSource({
    "ai.onnxruntime.., onnx",
    "ai.djl.., tokenize",
    "org.bytedeco.., decode",
    "com.github.benmanes.caffeine.., analyze",
  })
  void libraryStaysInOnePackage(String library, String home) {
    noClasses()
        .that(not(resideInAPackage(ROOT + "." + home)))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(CLASSES);
    assertThat(
            CLASSES.that(resideInAPackage(ROOT + "." + home)).stream()
                .flatMap(c -> c.getDirectDependenciesFromSelf().stream())
                .anyMatch(d -> resideInAPackage(library).test(d.getTargetClass())))
        .as("the rule sees the library where it is")
        .isTrue();
  }

  @Test
  void nothingHereKnowsKafkaOrTheRestOfTheProgram() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "org.apache.kafka..",
                "org.apache.avro..",
                "dev.halcyon.app..",
                "dev.halcyon.labels..",
                "dev.halcyon.events.."))
        .check(CLASSES);
  }

  @Test
  void packagesDependInOneDirection() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    ALLOWED.forEach(
        (name, allowed) -> {
          List<String> forbidden =
              ALLOWED.keySet().stream()
                  .filter(other -> !other.equals(name) && !allowed.contains(other))
                  .map(other -> ROOT + "." + other)
                  .toList();
          noClasses()
              .that()
              .resideInAPackage(ROOT + "." + name)
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage(forbidden.toArray(String[]::new))
              .check(CLASSES);
        });
  }

  @Test
  void everyPackageHasItsRule() {
    assertThat(
            CLASSES.stream()
                .map(c -> c.getPackageName())
                .filter(name -> !name.equals(ROOT))
                .map(name -> name.substring(ROOT.length() + 1)))
        .isSubsetOf(ALLOWED.keySet());
  }

  @Test
  void onlyTheEntryPutsPartsTogether() {
    noClasses()
        .that(not(resideInAPackage(ROOT)))
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ClipModel.class)
        .check(CLASSES);
  }
}
