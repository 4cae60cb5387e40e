package dev.halcyon.app.pictures;

/** Pictures cannot be read as a whole. The message names the folder and the remedy. */
public final class PictureException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public PictureException(String message) {
    super(message);
  }
}
