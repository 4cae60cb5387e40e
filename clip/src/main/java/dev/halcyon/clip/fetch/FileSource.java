package dev.halcyon.clip.fetch;

import dev.halcyon.clip.RejectReason;
import dev.halcyon.clip.RejectedImageException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads images by {@code file:} URI from below the allowed folders, links followed first. */
final class FileSource {
  private final List<Path> roots;
  private final int maxBytes;

  FileSource(List<Path> roots, int maxBytes) {
    this.roots = roots;
    this.maxBytes = maxBytes;
  }

  /**
   * @throws RejectedImageException FETCH_FORBIDDEN, FETCH_FAILED or TOO_MANY_BYTES
   */
  ByteBuffer read(URI uri) {
    if (roots.isEmpty()) {
      throw FetchGuard.forbidden("file URIs are not allowed; fileRoots names no folder");
    }
    Path path;
    try {
      path = Path.of(uri).toAbsolutePath().normalize();
    } catch (IllegalArgumentException | FileSystemNotFoundException e) {
      throw FetchGuard.forbidden("the file URI is not a local, absolute path");
    }
    // Asked before the disk is touched: whether a file elsewhere exists is nobody's business.
    if (roots.stream().noneMatch(root -> path.startsWith(root.toAbsolutePath().normalize()))) {
      throw outside();
    }
    try {
      Path real = path.toRealPath();
      if (!isBelowRoot(real)) {
        throw outside();
      }
      if (!Files.isRegularFile(real)) {
        throw FetchGuard.forbidden("the file URI does not name a regular file");
      }
      try (InputStream in = Files.newInputStream(real)) {
        byte[] bytes = in.readNBytes(maxBytes + 1);
        if (bytes.length > maxBytes) {
          throw ImageFetcher.tooManyBytes(maxBytes);
        }
        return ByteBuffer.wrap(bytes);
      }
    } catch (IOException e) {
      throw new RejectedImageException(
          RejectReason.FETCH_FAILED, "the file cannot be read: " + e.getClass().getSimpleName());
    }
  }

  private boolean isBelowRoot(Path real) throws IOException {
    for (Path root : roots) {
      if (Files.isDirectory(root) && real.startsWith(root.toRealPath())) {
        return true;
      }
    }
    return false;
  }

  private static RejectedImageException outside() {
    return FetchGuard.forbidden("the file is not below any of fileRoots");
  }
}
