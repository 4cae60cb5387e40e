/** The program: its command line, and the one place where its parts are put together. */
package dev.halcyon.app;
