/// Measurements, each a main class that prints a table. They say what was measured on what: key distribution, table
/// size, callers, and CPU time beside every rate, for rates alone mean little on a shared machine.
@NullMarked
package io.k3j.bench;

import org.jspecify.annotations.NullMarked;
