package dev.halcyon.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halcyon.app.commands.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a shell script in Python's place: nothing is downloaded. */
class PythonEnvironmentTest {
  @TempDir Path dir;

  private Path requirements;

  @BeforeEach
  void write() throws IOException {
    requirements = Files.writeString(dir.resolve("requirements.txt"), "numpy\n");
  }

  @Test
  void anInterpreterThatHasThePackagesIsUsedAsItIs() throws Exception {
    String python = python("exit 0");
    PythonEnvironment environment = environment(python, List.of("numpy"));
    assertThat(environment.isReady()).isTrue();
    assertThat(environment.interpreter()).isEqualTo(python);
    assertThat(dir.resolve("venv")).doesNotExist();
  }

  @Test
  void elseAnEnvironmentIsMadeOnceAndAgainWhenItsPackagesChange() throws Exception {
    // Has no module, and makes an environment whose interpreter does whatever it is told.
    String made = "mkdir -p \"$3/bin\"; printf '#!/bin/sh\\nexit 0\\n' > \"$3/bin/python\"; ";
    String python =
        python(
            "[ \"$1\" = -c ] && exit 1; echo made >> "
                + dir.resolve("count")
                + "; "
                + made
                + "chmod +x \"$3/bin/python\"");
    PythonEnvironment environment = environment(python, List.of("numpy"));
    assertThat(environment.isReady()).isFalse();
    for (int i = 0; i < 2; i++) {
      assertThat(environment.interpreter()).isEqualTo(dir.resolve("venv/bin/python").toString());
      assertThat(environment.isReady()).isTrue();
    }
    assertThat(dir.resolve("count")).hasContent("made");
    Files.writeString(requirements, "numpy\nonnx\n");
    assertThat(environment.isReady()).isFalse();
    environment.interpreter();
    assertThat(Files.readAllLines(dir.resolve("count"))).hasSize(2);
  }

  @Test
  void whatFailsIsSaidWithTheRemedy() throws Exception {
    assertThatThrownBy(() -> environment("/no/python", List.of()).interpreter())
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("/no/python does not run")
        .hasMessageContaining("--python names another interpreter");
    String broken = python("echo no module named venv; exit 1");
    assertThatThrownBy(() -> environment(broken, List.of()).interpreter())
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("no module named venv")
        .hasMessageContaining("Python 3.9");
    assertThat(environment(broken, List.of()).isReady()).isFalse();
    String fine = python("[ \"$1\" = -c ] || { echo bad shape; exit 2; }");
    assertThatThrownBy(() -> environment(fine, List.of("numpy")).run(List.of("make.py")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("bad shape");
  }

  private PythonEnvironment environment(String python, List<String> modules) {
    return new PythonEnvironment(python, modules, requirements, dir.resolve("venv"));
  }

  private String python(String body) throws IOException {
    Path file = Files.writeString(dir.resolve("python"), "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file.toString();
  }
}
