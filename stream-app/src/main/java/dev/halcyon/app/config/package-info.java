/**
 * Configuration: one tree of records that validate themselves. A file gives what differs from the
 * defaults; the reference page is generated from the records.
 *
 * <p>Each record has a static {@code defaults()}, documents its components with {@link
 * dev.halcyon.app.config.Setting}, and throws {@link dev.halcyon.app.config.ConfigException} from
 * its compact constructor with a message that begins with the component's name; the loader puts the
 * file and the path before it ("halcyon.yaml: window.maxImages 0 is below 1").
 */
package dev.halcyon.app.config;
