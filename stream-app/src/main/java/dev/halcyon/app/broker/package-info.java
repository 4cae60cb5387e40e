/**
 * A real Kafka broker inside this JVM, for the demo and for tests. It is the one package that knows
 * {@code kafka.server}.
 */
package dev.halcyon.app.broker;
