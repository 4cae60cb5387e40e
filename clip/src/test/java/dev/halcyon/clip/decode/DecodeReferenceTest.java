package dev.halcyon.clip.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.clip.ReferencePixels;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Decoded pixels are Pillow's, for every format, colour model and orientation. */
final class DecodeReferenceTest {
  private static final Map<String, RgbImage> EXPECTED = ReferencePixels.decoded();

  private final ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);

  static Iterable<String> pictures() {
    return EXPECTED.keySet();
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void decodesAsPillowDoes(String name) {
    ByteBuffer encoded = ReferencePixels.picture(name);
    DecodedImage decoded = decoder.decode(encoded);
    RgbImage expected = EXPECTED.get(name);
    assertThat(decoded.format()).isEqualTo(name.substring(0, name.indexOf('-')));
    assertThat(decoded.widthPixels()).isEqualTo(expected.width());
    assertThat(decoded.heightPixels()).isEqualTo(expected.height());
    assertThat(decoded.image().rgb()).isEqualTo(expected.rgb());
  }

  @Test
  void composesAnimationsAsPillowDoes() {
    ReferencePixels.frames()
        .forEach(
            (name, expected) -> {
              List<DecodedImage> frames =
                  decoder.decodeFrames(ReferencePixels.picture(name), Integer.MAX_VALUE);
              assertThat(frames).as(name).hasSameSizeAs(expected);
              for (int i = 0; i < expected.size(); i++) {
                assertThat(frames.get(i).image().rgb())
                    .as("%s frame %d", name, i)
                    .isEqualTo(expected.get(i).rgb());
              }
            });
  }
}
