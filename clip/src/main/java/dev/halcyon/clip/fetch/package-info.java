/** Images by URI, with a guard against fetching what an uploader must not reach. */
package dev.halcyon.clip.fetch;
