/**
 * What the typographic-attack check catches and what it flags without cause: on published scores of
 * real CLIP models, end to end on photographs, and on pictures drawn here.
 */
package dev.halcyon.bench.checks;
