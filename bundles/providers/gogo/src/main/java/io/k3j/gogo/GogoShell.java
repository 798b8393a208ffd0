package io.k3j.gogo;

import io.k3j.componentapi.Shell;
import java.io.InputStream;
import java.util.function.Consumer;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/// The shell as a service. Made when the first session is asked for and ended after the last, since Declarative
/// Services keep no instance that nobody has: the class that refers to Gogo is loaded then.
@Component(service = Shell.class)
public final class GogoShell implements Shell {
    private final BundleContext context;
    private final GogoRuntime runtime = new GogoRuntime();

    /// Begins to follow the services that are commands. While it does, `System.in`, `out` and `err` lead to the session
    /// of whichever command uses them, and for everybody else where they have always led.
    /// @throws Exception when Gogo does not start
    @Activate
    public GogoShell(BundleContext context) throws Exception {
        this.context = context;
        runtime.start(context);
    }

    @Override
    public Session begin(String user, Consumer<String> output, Consumer<String> complaints) {
        return new ShellSession(user, new ShellSession.Client(output, complaints),
                lines -> runtime.session(InputStream.nullInputStream(), lines.output(), lines.complaints()),
                ShellSession.LIMIT);
    }

    /// Ends all sessions.
    @Deactivate
    void stop() {
        runtime.stop(context);
    }
}
