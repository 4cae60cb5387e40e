/**
 * Models as people handle them: the catalogue, fetching, checking, describing, measuring and
 * comparing them. Knows nothing of the command line; Kafka is met only where evidence of the stream
 * is compared.
 */
package dev.halcyon.app.models;
