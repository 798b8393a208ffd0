package io.k3j.gogo;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import org.apache.felix.gogo.command.Basic;
import org.apache.felix.gogo.command.Inspect;
import org.apache.felix.gogo.runtime.activator.Activator;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.threadio.ThreadIO;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/// Gogo's own activator, with a processor that refuses what `features` does, without the constant that leads to the
/// framework, and with those of Gogo's commands that look and change nothing.
final class GogoRuntime extends Activator {
    private static final List<String> BASIC = List.of("headers", "help", "lb", "resolve", "which");
    private static final List<String> INSPECT = List.of("inspect");
    private final List<ServiceRegistration<?>> offered = new ArrayList<>();

    @Override
    protected ServiceRegistration<?> newProcessor(ThreadIO io, BundleContext context) {
        GuardedProcessor made = new GuardedProcessor(io);
        processor = made;
        // makes a command of what was expanded, for scripts
        made.addCommand("osgi", made, "eval");
        made.addConverter(new BundleConverter(context));
        RefusedCommands.COMMANDS.forEach(made::refuse);
        return context.registerService(CommandProcessor.class, made, null);
    }

    @Override
    public void start(BundleContext context) throws Exception {
        InputStream in = System.in;
        PrintStream out = System.out;
        PrintStream err = System.err;
        try {
            super.start(context);
            // by this bundle's context, since `help` keeps each service that it has looked at
            offer(context, new Basic(context), BASIC);
            offer(context, new Inspect(context), INSPECT);
        } catch (IllegalStateException ending) {
            // this bundle is being stopped: what has begun with Gogo would keep its classes
            System.setIn(in);
            System.setOut(out);
            System.setErr(err);
            throw ending;
        }
    }

    @Override
    public void stop(BundleContext context) {
        offered.forEach(ServiceRegistration::unregister);
        offered.clear();
        super.stop(context);
    }

    /// As a service, by which `help` finds it.
    private void offer(BundleContext context, Object commands, List<String> functions) {
        Dictionary<String, Object> properties = new Hashtable<>(Map.of(CommandProcessor.COMMAND_SCOPE, "felix",
                CommandProcessor.COMMAND_FUNCTION, functions.toArray(String[]::new)));
        offered.add(context.registerService(Object.class, commands, properties));
    }

    /// A session that finds Gogo's commands before others of the same name.
    CommandSession session(InputStream in, OutputStream out, OutputStream err) {
        CommandSession session = processor.createSession(in, out, err);
        session.put("SCOPE", RefusedCommands.SCOPES);
        return session;
    }
}
