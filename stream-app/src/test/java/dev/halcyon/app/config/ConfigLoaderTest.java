package dev.halcyon.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halcyon.clip.ExecutionProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigLoaderTest {
  private final ConfigLoader loader = new ConfigLoader();

  @Test
  void anEmptyFileMeansTheDefaults() {
    assertThat(loader.parse("", "halcyon.yaml", Map.of())).isEqualTo(AppConfig.defaults());
  }

  @Test
  void whatIsWrittenReadsBackTheSame() {
    String written = loader.write(AppConfig.defaults());
    assertThat(loader.parse(written, "halcyon.yaml", Map.of())).isEqualTo(AppConfig.defaults());
  }

  @Test
  void aFileGivesWhatDiffers() {
    AppConfig config =
        loader.parse("engine: {linger: 25ms, maxBatch: 64}", "halcyon.yaml", Map.of());
    assertThat(config.engine().linger()).isEqualTo(Duration.ofMillis(25));
    assertThat(config.engine().maxBatch()).isEqualTo(64);
    assertThat(config.admin()).isEqualTo(AdminConfig.defaults());
  }

  @Test
  void theEnvironmentOverridesTheFile() {
    AppConfig config =
        loader.parse(
            "admin: {port: 9000}",
            "halcyon.yaml",
            Map.of("HALCYON_ADMIN_PORT", "9100", "HALCYON_FETCH_ALLOWEDHOSTS", "a.org, *.b.org"));
    assertThat(config.admin().port()).isEqualTo(9100);
    assertThat(config.fetch().allowedHosts()).containsExactly("a.org", "*.b.org");
  }

  @Test
  void anUnknownSettingIsNamedWithWhatWasMeant() {
    assertThatThrownBy(() -> loader.parse("engine: {maxbatches: 3}", "halcyon.yaml", Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("halcyon.yaml: engine.maxbatches is not a setting")
        .hasMessageContaining("did you mean \"maxBatch\"?");
  }

  @Test
  void aValueOutOfRangeIsNamedWithItsPath() {
    assertThatThrownBy(() -> loader.parse("engine: {maxBatch: 1025}", "halcyon.yaml", Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("halcyon.yaml: engine.maxBatch 1025 ");
    assertThatThrownBy(() -> loader.parse("admin: {port: 70000}", "halcyon.yaml", Map.of()))
        .hasMessageStartingWith("halcyon.yaml: admin.port 70000 is outside");
  }

  @Test
  void wordsMayBeWrittenInSmallLetters() {
    AppConfig config =
        loader.parse(
            "engine: {provider: cpu}\nkafka: {guarantee: at_least_once}", "f.yaml", Map.of());
    assertThat(config.engine().provider()).isEqualTo(ExecutionProvider.CPU);
    assertThat(config.kafka().guarantee()).isEqualTo(Guarantee.AT_LEAST_ONCE);
  }

  @Test
  void anEnvironmentVariableThatCannotBeUsedIsNamed() {
    assertThatThrownBy(() -> loader.defaults(Map.of("HALCYON_ENGINE_PROVIDER", "tpu")))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("HALCYON_ENGINE_PROVIDER: engine.provider \"tpu\" is not one of");
    assertThatThrownBy(() -> loader.defaults(Map.of("HALCYON_ADMIN_PORT", "70000")))
        .hasMessageStartingWith("HALCYON_ADMIN_PORT: admin.port 70000 is outside");
    assertThatThrownBy(
            () ->
                loader.parse(
                    "admin: {port: 70000}", "f.yaml", Map.of("HALCYON_ENGINE_PROVIDER", "cpu")))
        .hasMessageStartingWith("f.yaml: admin.port 70000");
  }

  @Test
  void aValueOfTheWrongKindIsNamedWithItsPath() {
    assertThatThrownBy(() -> loader.parse("admin: {port: many}", "halcyon.yaml", Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("halcyon.yaml: admin.port \"many\" is not");
    assertThatThrownBy(() -> loader.parse("engine: {linger: soon}", "halcyon.yaml", Map.of()))
        .hasMessageContaining("linger \"soon\" is not a duration");
    assertThatThrownBy(() -> loader.parse("engine: {provider: tpu}", "halcyon.yaml", Map.of()))
        .hasMessageContaining("engine.provider \"tpu\" is not one of AUTO, CPU, CUDA");
    assertThatThrownBy(() -> loader.parse("engine: 3", "halcyon.yaml", Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("engine");
  }

  @Test
  void whatIsNoYamlIsNamedWithItsLine() {
    assertThatThrownBy(() -> loader.parse("admin:\n  port: [", "halcyon.yaml", Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("halcyon.yaml line ");
    assertThatThrownBy(() -> loader.load(Path.of("no/such.yaml"), Map.of()))
        .hasMessage("no/such.yaml: no such file");
  }

  @Test
  void theReferencePageIsUpToDate() throws Exception {
    Path page = Path.of(System.getProperty("halcyon.home"), "docs", "configuration.md");
    assertThat(Files.readString(page))
        .as("run ./halcyon config --reference > docs/configuration.md")
        .isEqualTo(ReferencePage.markdown());
  }
}
