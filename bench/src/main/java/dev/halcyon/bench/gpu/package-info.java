/** Whether a GPU computes what the CPU computes, and how near the program comes to its speed. */
package dev.halcyon.bench.gpu;
