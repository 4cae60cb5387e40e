package dev.halcyon.clip.model;

import dev.halcyon.clip.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/** SHA-256 hashes of a directory's files, each file read once. Not safe for several threads. */
final class FileHashes {
  private final Path root;
  private final Map<Path, String> known = new HashMap<>();

  FileHashes(Path root) {
    this.root = root;
  }

  /** The directory the files are in. */
  Path root() {
    return root;
  }

  /** SHA-256 of a file, in hex. */
  String of(Path file) {
    return known.computeIfAbsent(file, FileHashes::hash);
  }

  /** SHA-256 over the files' sorted hashes, so that moving a file does not change it. */
  String combined(Collection<Path> files) {
    MessageDigest digest = sha256();
    files.stream()
        .map(this::of)
        .sorted()
        .forEach(hash -> digest.update((hash + "\n").getBytes(StandardCharsets.US_ASCII)));
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String hash(Path file) {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    } catch (IOException e) {
      throw new ModelException(file + ": cannot be read: " + e.getMessage(), e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
