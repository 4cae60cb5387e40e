/**
 * Model directories as they are published: which files there are, what their hashes are, and what
 * their configuration files say. Opens no runtime.
 */
package dev.halcyon.clip.model;
