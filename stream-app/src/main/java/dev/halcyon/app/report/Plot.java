package dev.halcyon.app.report;

/** A picture of figures, in one restrained style. Immutable; safe for use by any thread. */
public sealed interface Plot permits LinePlot, HistogramPlot, BarPlot {
  /** The picture as PNG, drawn at twice its nominal size for sharp screens; needs no display. */
  byte[] png();
}
