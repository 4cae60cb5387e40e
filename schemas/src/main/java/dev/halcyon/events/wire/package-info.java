/**
 * Events as bytes: Confluent's wire format (a zero byte, a four-byte schema id, Avro binary), the
 * Kafka serializers for it, and the little of a schema registry's REST interface that they need.
 * The settings are named as in Confluent's serializers, so either can stand in for the other.
 */
package dev.halcyon.events.wire;
