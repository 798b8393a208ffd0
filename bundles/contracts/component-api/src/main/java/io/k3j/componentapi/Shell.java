package io.k3j.componentapi;

import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/// Commands of bundles, for an operator who looks into the running process: those of
/// [Apache Felix Gogo](https://felix.apache.org/documentation/subprojects/apache-felix-gogo.html) and whatever bundles
/// register as services with `osgi.command.scope` and `osgi.command.function`. Implemented by `gogo`, used by
/// `console`, which only root can reach.
///
/// One instance, made for the first who asks the registry for it and ended when the last has given it back: nothing of
/// Gogo is loaded in a process in which nobody types a command. Commands that would change bundles past [Components]
/// are refused with what to type instead, which keeps an operator from mistakes and nobody from harm: whoever may type
/// commands may do what the process may.
@ProviderType
public interface Shell {
    /// Begins a session, with variables of its own. Its commands are told to the log with `user`, without arguments.
    ///
    /// @param user who types
    /// @param output gets each line of output as it comes, one at a time, on threads of the session; what it throws
    ///        ends the command
    /// @param complaints gets lines about what went wrong, as `output` does
    Session begin(String user, Consumer<String> output, Consumer<String> complaints);

    /// One session. For one thread.
    @ProviderType
    interface Session extends AutoCloseable {
        /// Runs a line of the shell's language. Blocks until it has ended, or was ended since it took too long: then
        /// the variables are gone. Failures are no exceptions but lines of complaint.
        ///
        /// @return 0, or 1 when it failed
        int run(String line);

        /// Ends the session and interrupts what it runs in the background.
        @Override
        void close();
    }
}
