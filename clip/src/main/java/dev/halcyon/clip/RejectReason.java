package dev.halcyon.clip;

/** Why an upload was rejected. The names are the reason codes of the reject event. */
public enum RejectReason {
  /** What arrived is no upload: the record is empty or cannot be decoded. */
  UNDECODABLE,
  /** The upload carries neither bytes nor a URI, or both, or a field beyond its limit. */
  INVALID_UPLOAD,
  /** The image has no bytes. */
  EMPTY,
  /** The bytes are not of a supported image format. */
  UNSUPPORTED_FORMAT,
  /** The format is supported, but the image is damaged or truncated. */
  UNREADABLE,
  /** More encoded bytes than the limit. */
  TOO_MANY_BYTES,
  /** More pixels than the limit, as read from the header before decoding. */
  TOO_MANY_PIXELS,
  /** The URI could not be fetched: unreachable, or an error status. */
  FETCH_FAILED,
  /** The URI's scheme, host or address is not allowed. */
  FETCH_FORBIDDEN,
  /** Fetching or decoding exceeded its time limit. */
  TIMED_OUT,
  /** The upload's bytes had to be read a second time and were no longer there. */
  SOURCE_GONE,
  /** The model refused this image alone, while it accepted the rest of its batch. */
  ENGINE_REFUSED
}
