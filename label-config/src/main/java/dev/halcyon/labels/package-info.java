/**
 * Label sets as operators write them: the model, its reader and validator, the shipped packs. Knows
 * no model and no Kafka; whether a prompt fits a model's context is asked of a function the caller
 * brings.
 */
package dev.halcyon.labels;
