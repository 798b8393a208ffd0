/// Starts the process: takes the finished plan of the command line, binds the ports, starts the
/// framework with the base bundles as class-path content, lends the bundles what only a process can own
/// (sockets, the log, the service manager's notification socket) and stops it all in order.
///
/// This is the one part that is never swapped, and the only one that may use a shutdown hook.
@NullMarked
package io.k3j.launcher;

import org.jspecify.annotations.NullMarked;
