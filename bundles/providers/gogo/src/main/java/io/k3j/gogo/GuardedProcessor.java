package io.k3j.gogo;

import java.util.List;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.CommandSessionImpl;
import org.apache.felix.service.command.Function;
import org.apache.felix.service.threadio.ThreadIO;

/// Gogo's processor, which says of commands and calls of methods that would change bundles behind the back of
/// `features` what to type instead.
final class GuardedProcessor extends CommandProcessorImpl {
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
