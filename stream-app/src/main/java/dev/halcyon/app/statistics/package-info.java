/** How sure a figure that was counted can be. Pure arithmetic, for any package. */
package dev.halcyon.app.statistics;
