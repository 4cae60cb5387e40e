/** Models of the published shapes with random weights, and how fast and how like they are. */
package dev.halcyon.bench.shapes;
