/**
 * Configuration: one tree of records that validate themselves. A file gives what differs from the
 * defaults; the reference page is generated from the records.
 */
package dev.halcyon.app.config;
