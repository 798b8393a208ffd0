/// Operator commands over a local Unix socket, `<data-dir>/bundles/console.sock`, which only root can open.
///
/// Swapping or stopping code requires more than cluster-admin, so it is not possible through any network port.
/// One connection carries one command: the client sends its words, separated by tabs, and a newline. The answer
/// consists of lines marked `+` (output) or `!` (error), and a last line of `=` and the exit code. Every
/// command that changes something is logged with the caller's user, and so is every command of the shell, whose
/// connection may stay for more of them ([ShellSessions]).
@NullMarked
package io.k3j.console;

import org.jspecify.annotations.NullMarked;
