package dev.halcyon.clip.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.clip.ReferencePixels;
import dev.halcyon.clip.RejectReason;
import dev.halcyon.clip.RejectedImageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damaged files of every kind: each is decoded or rejected, and nothing else happens. The limits
 * keep what a damaged header asks for small.
 */
final class HostileImagesTest {
  private static final int MUTANTS_PER_FILE = Integer.getInteger("halcyon.test.mutants", 60);

  private final ImageDecoder decoder =
      new ImageDecoder(new DecodeLimits(1 << 20, 1_000_000, 4_000_000));

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void decodesOrRejectsWhateverTheDamage(long seed) {
    Random random = new Random(seed);
    Map<String, byte[]> pictures = ReferencePixels.pictures();
    List<byte[]> all = List.copyOf(pictures.values());
    int decoded = 0;
    Map<RejectReason, Integer> rejected = new EnumMap<>(RejectReason.class);
    for (Map.Entry<String, byte[]> picture : pictures.entrySet()) {
      byte[] original = picture.getValue();
      for (int i = 0; i < MUTANTS_PER_FILE; i++) {
        byte[] mutant = mutant(original, all, random);
        try {
          check(mutant, random);
          decoded++;
        } catch (RejectedImageException e) {
          assertThat(e.getMessage()).isNotBlank();
          rejected.merge(e.rejected().reason(), 1, Integer::sum);
        } catch (RuntimeException | Error e) {
          throw new AssertionError(
              "mutant %d of %s with seed %d".formatted(i, picture.getKey(), seed), e);
        }
      }
    }
    // Both must have happened, or the mutants are too tame or too wild to show anything.
    assertThat(decoded).isGreaterThan(100);
    assertThat(rejected.get(RejectReason.UNREADABLE)).isGreaterThan(100);
    assertThat(rejected.keySet())
        .isSubsetOf(
            RejectReason.UNREADABLE,
            RejectReason.UNSUPPORTED_FORMAT,
            RejectReason.TOO_MANY_PIXELS,
            RejectReason.TOO_MANY_BYTES,
            RejectReason.EMPTY);
  }

  @Test
  void rejectsEveryPrefixOfEveryHeader() {
    ReferencePixels.pictures()
        .forEach(
            (name, bytes) -> {
              for (int length = 0; length < Math.min(60, bytes.length / 2); length++) {
                byte[] prefix = Arrays.copyOf(bytes, length);
                assertThat(outcome(prefix)).as("%s, %d bytes", name, length).isNotNull();
              }
            });
  }

  @Test
  void rejectsNoise() {
    Random random = new Random(7);
    List<byte[]> starts = new ArrayList<>();
    for (byte[] picture : ReferencePixels.pictures().values()) {
      starts.add(Arrays.copyOf(picture, Math.min(12, picture.length)));
    }
    for (int i = 0; i < 2_000; i++) {
      byte[] noise = new byte[random.nextInt(400)];
      random.nextBytes(noise);
      byte[] start = starts.get(i % starts.size());
      System.arraycopy(start, 0, noise, 0, Math.min(start.length, noise.length));
      assertThat(outcome(noise)).isNotNull();
    }
  }

  private RejectReason outcome(byte[] bytes) {
    try {
      decoder.decode(ByteBuffer.wrap(bytes));
      return null;
    } catch (RejectedImageException e) {
      return e.rejected().reason();
    }
  }

  private void check(byte[] bytes, Random random) {
    ByteBuffer encoded = ByteBuffer.wrap(bytes);
    switch (random.nextInt(3)) {
      case 0 -> assertSound(decoder.decode(encoded));
      case 1 -> assertSound(decoder.decode(encoded, 1 + random.nextInt(100)));
      default -> decoder.decodeFrames(encoded, 1 + random.nextInt(6)).forEach(this::assertSound);
    }
  }

  private void assertSound(DecodedImage decoded) {
    assertThat((long) decoded.widthPixels() * decoded.heightPixels())
        .isLessThanOrEqualTo(1_000_000);
    assertThat(decoded.image().rgb()).isNotEmpty();
  }

  private static byte[] mutant(byte[] original, List<byte[]> all, Random random) {
    byte[] bytes = original.clone();
    int rounds = 1 + random.nextInt(4);
    for (int round = 0; round < rounds; round++) {
      // Most of what a decoder decides on is near the start.
      int reach = random.nextBoolean() ? bytes.length : Math.min(bytes.length, 200);
      int at = random.nextInt(Math.max(1, reach));
      if (bytes.length < 8) {
        return bytes;
      }
      switch (random.nextInt(8)) {
        case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> bytes[at] = (byte) random.nextInt(256);
        case 3 -> bytes[at] = random.nextBoolean() ? (byte) 0xFF : 0;
        case 4 -> {
          int length = Math.min(bytes.length - at, 1 + random.nextInt(40));
          byte[] noise = new byte[length];
          random.nextBytes(noise);
          System.arraycopy(noise, 0, bytes, at, length);
        }
        case 5 -> {
          byte[] shorter = new byte[bytes.length - 1];
          System.arraycopy(bytes, 0, shorter, 0, at);
          System.arraycopy(bytes, at + 1, shorter, at, shorter.length - at);
          bytes = shorter;
        }
        case 6 -> {
          byte[] other = all.get(random.nextInt(all.size()));
          int length = Math.min(Math.min(other.length, bytes.length - at), 1 + random.nextInt(300));
          System.arraycopy(other, other.length - length, bytes, at, length);
        }
        default -> {
          int length = Math.min(bytes.length - at, 1 + random.nextInt(100));
          byte[] doubled = Arrays.copyOf(bytes, bytes.length + length);
          System.arraycopy(bytes, at, doubled, at + length, bytes.length - at);
          bytes = doubled;
        }
      }
    }
    return bytes;
  }
}
