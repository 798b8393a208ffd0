/// Operator commands over a local unix socket, `<data-dir>/bundles/console.sock`, which only root can open.
///
/// Swapping or stopping code is more than cluster-admin, so it is never possible through a network port. One
/// connection is one command: the client sends its words, separated by tabs, and a newline; the answer is
/// lines of text, each begun by `+` (output) or `!` (error), and a last one `=` and the exit code. Every
/// command that changes something is logged with the caller's user and process.
@NullMarked
package io.k3j.console;

import org.jspecify.annotations.NullMarked;
