package io.k3j.console;

import io.k3j.componentapi.Shell;
import java.util.OptionalInt;
import java.util.function.ToIntFunction;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;

/// Where the shell is from as long as somebody uses it: it is loaded for the first and ends with the last.
@FunctionalInterface
interface ShellSource {
    /// Uses it, and gives it back.
    ///
    /// @param gone called when the shell is stopped or replaced meanwhile, on the thread that does so, which it must
    ///        not keep waiting; the use is to end then, since it holds classes of the one that goes
    /// @return what the use has returned, empty when there is no shell
    OptionalInt with(ToIntFunction<Shell> use, Runnable gone);

    /// The one of the registry, whichever it is now.
    static ShellSource of(BundleContext context) {
        return (use, gone) -> {
            ServiceReference<Shell> reference = context.getServiceReference(Shell.class);
            return reference == null ? OptionalInt.empty() : borrowed(context, reference, use, gone);
        };
    }

    private static OptionalInt borrowed(BundleContext context, ServiceReference<Shell> reference,
            ToIntFunction<Shell> use, Runnable gone) {
        ServiceListener end = event -> {
            if (event.getType() == ServiceEvent.UNREGISTERING && reference.equals(event.getServiceReference())) {
                gone.run();
            }
        };
        // before it is taken, so that no end is missed
        context.addServiceListener(end);
        try {
            Shell shell = context.getService(reference);
            return shell == null ? OptionalInt.empty() : OptionalInt.of(use.applyAsInt(shell));
        } finally {
            giveBack(context, reference, end);
        }
    }

    private static void giveBack(BundleContext context, ServiceReference<Shell> reference, ServiceListener end) {
        try {
            context.removeServiceListener(end);
            context.ungetService(reference);
        } catch (IllegalStateException e) {
            // this bundle has stopped, and with it all its uses have ended
            System.getLogger("io.k3j.console").log(System.Logger.Level.DEBUG, "Console has stopped", e);
        }
    }
}
