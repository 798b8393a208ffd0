package io.k3j.gogo;

import java.util.List;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.CommandSessionImpl;
import org.apache.felix.service.command.Function;
import org.apache.felix.service.threadio.ThreadIO;
import org.jspecify.annotations.Nullable;

/// Gogo's processor, which says of commands and calls of methods that would change bundles behind the back of
/// `features` what to type instead, and keeps what was typed out of the names of threads: whoever may take a thread
/// dump would read arguments there, which may be secrets.
final class GuardedProcessor extends CommandProcessorImpl {
    /// How threads of commands are called, before the command's name.
    static final String THREAD = "shell-command";
    /// How Gogo calls a thread while it runs a statement, before its text.
    private static final String STATEMENT = "pipe-";

    GuardedProcessor(ThreadIO io) {
        super(io);
    }

    /// Answers `scope:function` with a refusal, whoever registers a command of that name.
    void refuse(String command, String instead) {
        Function refusal = (session, arguments) -> {
            throw new CommandRefused(command + " would change bundles without the features knowing; instead: "
                    + instead);
        };
        int colon = command.indexOf(':');
        addCommand(command.substring(0, colon), refusal, command.substring(colon + 1), Integer.MAX_VALUE);
    }

    /// Asked by each statement for its settings before anything of it is expanded, and then for its command.
    @Override
    protected @Nullable Function getCommand(String name, Object path) {
        Function command = super.getCommand(name, path);
        Thread thread = Thread.currentThread();
        if (thread.getName().startsWith(STATEMENT) || thread.getName().startsWith(THREAD)) {
            thread.setName(command == null ? THREAD : THREAD + " " + name);
        }
        return command;
    }

    @Override
    public Object invoke(CommandSessionImpl session, Object target, String name, List<Object> arguments)
            throws Exception {
        String instead = RefusedCommands.instead(target, name);
        if (!instead.isEmpty()) {
            throw new CommandRefused(name + " of " + target.getClass().getSimpleName()
                    + " would change bundles without the features knowing; instead: " + instead);
        }
        return super.invoke(session, target, name, arguments);
    }
}
