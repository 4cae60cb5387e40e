package dev.halcyon.clip;

import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Objects;

/** Where an encoded image is. */
public sealed interface ImageSource {
  /**
   * The encoded image itself.
   *
   * @param bytes from position to limit; not written to, and not changed by the caller afterwards
   */
  record Inline(ByteBuffer bytes) implements ImageSource {
    public Inline {
      Objects.requireNonNull(bytes, "bytes");
    }
  }

  /**
   * The encoded image elsewhere.
   *
   * @param uri absolute; http, https, or file where the settings allow it
   */
  record Remote(URI uri) implements ImageSource {
    public Remote {
      Objects.requireNonNull(uri, "uri");
    }
  }
}
