/** What operators watch: the list of metrics, health, and the admin port that serves both. */
package dev.halcyon.app.ops;
