/**
 * Evidence and a compiled label set to a decision: pure functions, no clock, no I/O. The same code
 * decides live traffic, previews and re-decisions.
 */
package dev.halcyon.app.decision;
