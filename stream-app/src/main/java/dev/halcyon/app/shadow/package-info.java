/**
 * What labels in shadow and on canary would have done on live traffic, and where they disagree with
 * what is active: told from the tag events alone, without a model.
 */
package dev.halcyon.app.shadow;
