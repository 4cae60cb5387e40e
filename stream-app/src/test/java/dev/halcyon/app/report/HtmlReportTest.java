package dev.halcyon.app.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
  private record Row(String name, double share) {}

  private record Page(
      String title,
      String subtitle,
      String madeBy,
      String said,
      List<Row> rows,
      Optional<String> maybe) {}

  @TempDir private Path folder;

  @Test
  void whatAModelSaysIsEscaped() {
    String page =
        HtmlReport.page(
            "probe", page("<script>alert('x')</script> & \"more\"", Optional.of("<i>")));
    assertThat(page)
        .doesNotContain("<script>", "<i>")
        .contains("&lt;script&gt;", "&amp;", "&quot;more&quot;", "<b>&lt;i&gt;</b>");
  }

  @Test
  void recordsMapsListsAndOptionalsAreUnderstood() {
    assertThat(HtmlReport.page("probe", page("x", Optional.empty())))
        .contains("<li>cat 0.25</li>")
        .doesNotContain("<b>");
    Map<String, Object> model = new HashMap<>();
    model.put("title", "t");
    model.put("subtitle", "s");
    model.put("madeBy", "m");
    model.put("said", "x");
    model.put("rows", List.of());
    model.put("maybe", Optional.empty());
    assertThat(HtmlReport.page("probe", model)).contains("<p>none</p>");
  }

  @Test
  void aNameTheModelLacksIsAnError() {
    assertThatThrownBy(() -> HtmlReport.page("probe", Map.of("title", "t", "subtitle", "s")))
        .isInstanceOf(ReportException.class)
        .hasMessageContaining("report probe")
        .hasMessageContaining("said");
    assertThatThrownBy(() -> HtmlReport.page("no-such", Map.of()))
        .hasMessageContaining("no-such.html");
  }

  @Test
  void aPageIsOneFileThatFetchesNothing() throws IOException {
    Path file = folder.resolve("deep/er/report.html");
    HtmlReport.write(file, "probe", page("x", Optional.empty()));
    String page = Files.readString(file);
    assertThat(page)
        .startsWith("<!doctype html>")
        .contains("default-src 'none'", "prefers-color-scheme: dark", "@media print")
        .doesNotContain("http:", "https:", "<link", "<script", "@import", "{{");
  }

  @Test
  void aThumbnailIsSmallAndKeepsItsShape() throws IOException {
    String uri = Pictures.thumbnail(new BufferedImage(1000, 250, BufferedImage.TYPE_INT_ARGB), 200);
    assertThat(uri).startsWith("data:image/jpeg;base64,");
    byte[] jpeg = Base64.getDecoder().decode(uri.substring(uri.indexOf(',') + 1));
    BufferedImage small = ImageIO.read(new ByteArrayInputStream(jpeg));
    assertThat(List.of(small.getWidth(), small.getHeight())).containsExactly(200, 50);
    // Transparent becomes white, not black.
    assertThat(small.getRGB(100, 25) & 0xffffff).isEqualTo(0xffffff);
  }

  private static Page page(String said, Optional<String> maybe) {
    return new Page("Title", "Sub", "made by a test", said, List.of(new Row("cat", 0.25)), maybe);
  }
}
