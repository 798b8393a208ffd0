package io.k3j.componentbase;

import io.k3j.componentapi.Phases;
import java.util.Collection;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.condition.Condition;

/// Tells the start of a server from what comes later: a wrong flag or file ends the process while it starts, as
/// upstream's, and stops one component only when its successor meets it.
public final class ServerStart {
    private ServerStart() {
    }

    /// Whether the server has not been ready yet ([Phases#APISERVER_READY]). Returns at once; any thread.
    public static boolean goesOn(BundleContext context) {
        try {
            Collection<?> ready = context.getServiceReferences(Condition.class,
                    "(" + Phases.ID + "=" + Phases.APISERVER_READY + ")");
            return ready.isEmpty();
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
