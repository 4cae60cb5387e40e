package dev.halcyon.app.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Single numbers of a safetensors file over HTTP, without its gigabytes. The format: eight bytes of
 * header length, little endian; a JSON header with type, shape and offsets by tensor; the tensors.
 */
final class Safetensors {
  private static final int MAX_HEADER_BYTES = 16 << 20;

  private final Download download;
  private final URI uri;
  private final JsonNode header;
  private final long dataFrom;

  private Safetensors(Download download, URI uri, JsonNode header, long dataFrom) {
    this.download = download;
    this.uri = uri;
    this.header = header;
    this.dataFrom = dataFrom;
  }

  static Safetensors open(Download download, URI uri) throws PullException, InterruptedException {
    long length =
        ByteBuffer.wrap(download.range(uri, 0, Long.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN)
            .getLong();
    if (length < 2 || length > MAX_HEADER_BYTES) {
      throw new PullException(uri + ": is no safetensors file");
    }
    try {
      JsonNode header =
          new ObjectMapper().readTree(download.range(uri, Long.BYTES, Math.toIntExact(length)));
      return new Safetensors(download, uri, header, Long.BYTES + length);
    } catch (IOException e) {
      throw new PullException(uri + ": its header is not JSON: " + e.getMessage(), e);
    }
  }

  /** The one value of a tensor of 32-bit floats. */
  float scalar(String name) throws PullException, InterruptedException {
    JsonNode tensor = header.path(name);
    JsonNode offsets = tensor.path("data_offsets");
    long from = offsets.path(0).asLong(-1);
    if (!tensor.path("dtype").asText().equals("F32")
        || from < 0
        || offsets.path(1).asLong() != from + Float.BYTES) {
      throw new PullException(uri + ": has no single 32-bit number \"" + name + "\"");
    }
    return ByteBuffer.wrap(download.range(uri, dataFrom + from, Float.BYTES))
        .order(ByteOrder.LITTLE_ENDIAN)
        .getFloat();
  }
}
