package dev.halcyon.clip.text;

/**
 * A line of writing: a rectangle at any angle, in pixels of a picture.
 *
 * @param centreX centre, from the left
 * @param centreY centre, from the top
 * @param length extent along the direction of reading, above 0
 * @param thickness extent across it, above 0
 * @param radians direction of reading, 0 to the right, growing clockwise, in [-pi/2, pi/2]
 * @param confidence the detector's, in [0, 1]
 */
record TextLine(
    double centreX,
    double centreY,
    double length,
    double thickness,
    double radians,
    float confidence) {
  /** An upright rectangle in pixels, not clipped to the picture. */
  record Bounds(double x1, double y1, double x2, double y2) {}

  double area() {
    return length * thickness;
  }

  /** The same, larger by so much on every side. */
  TextLine grown(double margin) {
    return new TextLine(
        centreX, centreY, length + 2 * margin, thickness + 2 * margin, radians, confidence);
  }

  /** The smallest upright rectangle around it. */
  Bounds bounds() {
    double halfWidth =
        (Math.abs(length * Math.cos(radians)) + Math.abs(thickness * Math.sin(radians))) / 2;
    double halfHeight =
        (Math.abs(length * Math.sin(radians)) + Math.abs(thickness * Math.cos(radians))) / 2;
    return new Bounds(
        centreX - halfWidth, centreY - halfHeight, centreX + halfWidth, centreY + halfHeight);
  }
}
