package dev.halcyon.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Who may import whom. The packages of the program form no cycle, and pure code stays pure. */
final class ArchitectureTest {
  private static final JavaClasses PROGRAM =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.halcyon");

  @Test
  void theProgramIsImported() {
    assertThat(PROGRAM.contain("dev.halcyon.app.decision.LabelSetDecider")).isTrue();
    assertThat(PROGRAM.contain("dev.halcyon.clip.Evidence")).isTrue();
  }

  @Test
  void packagesFormNoCycle() {
    slices().matching("dev.halcyon.app.(*)..").should().beFreeOfCycles().check(PROGRAM);
  }

  @Test
  void decisionsArePure() {
    noClasses()
        .that()
        .resideInAPackage("dev.halcyon.app.decision..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka..",
            "org.apache.avro..",
            "dev.halcyon.events..",
            "ai.onnxruntime..",
            "io.micrometer..",
            "org.slf4j..",
            "java.io..",
            "java.nio..",
            "java.net..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.time.Clock")
        .check(PROGRAM);
  }

  @Test
  void decisionsKnowNothingOfTheRestOfTheProgram() {
    noClasses()
        .that()
        .resideInAPackage("dev.halcyon.app.decision..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.halcyon.app.labels..",
            "dev.halcyon.app.topology..",
            "dev.halcyon.app.commands..",
            "dev.halcyon.app.config..",
            "dev.halcyon.app.ops..",
            "dev.halcyon.app.broker..")
        .check(PROGRAM);
  }

  @Test
  void labelSetsDoNotKnowTheStream() {
    noClasses()
        .that()
        .resideInAPackage("dev.halcyon.app.labels..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka.streams..",
            "dev.halcyon.app.topology..",
            "dev.halcyon.app.commands..",
            "dev.halcyon.app.broker..",
            "ai.onnxruntime..")
        .check(PROGRAM);
  }

  @Test
  void thePolicyAndTheEyeKnowNoKafkaAndNotEachOther() {
    noClasses()
        .that()
        .resideInAPackage("dev.halcyon.clip..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka..",
            "org.apache.avro..",
            "dev.halcyon.app..",
            "dev.halcyon.events..",
            "dev.halcyon.labels..")
        .check(PROGRAM);
    noClasses()
        .that()
        .resideInAPackage("dev.halcyon.labels..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka..",
            "org.apache.avro..",
            "dev.halcyon.app..",
            "dev.halcyon.events..",
            "dev.halcyon.clip..")
        .check(PROGRAM);
  }

  @Test
  void theRuntimeStaysInOnePackage() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.halcyon.clip.onnx..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.onnxruntime..")
        .check(PROGRAM);
  }

  @Test
  void theTemplatesStayInOnePackage() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.halcyon.app.report..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.samskivert..")
        .check(PROGRAM);
  }

  @Test
  void learningStaysInOnePackageAndIsPure() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.halcyon.app.calibration..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("de.bwaldvogel..")
        .check(PROGRAM);
    noClasses()
        .that()
        .resideInAPackage("dev.halcyon.app.calibration..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka..",
            "org.apache.avro..",
            "dev.halcyon.clip..",
            "dev.halcyon.events..",
            "java.io..",
            "java.nio..")
        .check(PROGRAM);
  }

  @Test
  void thePlotsAreDrawnInOnePackage() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.halcyon.app.report..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.knowm.xchart..")
        .check(PROGRAM);
  }

  @Test
  void theMetersStayInOnePackage() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.halcyon.app.decision..", "dev.halcyon.app.labels..", "dev.halcyon.clip..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.micrometer..")
        .check(PROGRAM);
  }
}
