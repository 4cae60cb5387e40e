/**
 * What people look at outside a terminal: pages and plots, each a file that needs no other. A page
 * is a template of this package and a model; the template knows what it looks like, the model knows
 * words and numbers only. Everything a model says is escaped. Plots are PNG, in one style.
 */
package dev.halcyon.app.report;
