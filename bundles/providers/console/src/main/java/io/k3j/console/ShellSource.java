package io.k3j.console;

import io.k3j.componentapi.Shell;
import java.util.OptionalInt;
import java.util.function.ToIntFunction;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/// Where the shell is from as long as somebody uses it: it is loaded for the first and ends with the last.
@FunctionalInterface
interface ShellSource {
    /// Uses it, and gives it back.
    /// @return what the use has returned, empty when there is no shell
    OptionalInt with(ToIntFunction<Shell> use);

    /// The one of the registry, whichever it is now.
    static ShellSource of(BundleContext context) {
        return use -> {
            ServiceReference<Shell> reference = context.getServiceReference(Shell.class);
            Shell shell = reference == null ? null : context.getService(reference);
            if (reference == null || shell == null) {
                return OptionalInt.empty();
            }
            try {
                return OptionalInt.of(use.applyAsInt(shell));
            } finally {
                giveBack(context, reference);
            }
        };
    }

    private static void giveBack(BundleContext context, ServiceReference<Shell> reference) {
        try {
            context.ungetService(reference);
        } catch (IllegalStateException e) {
            // this bundle has stopped, and with it all its uses have ended
            System.getLogger("io.k3j.console").log(System.Logger.Level.DEBUG, "Console has stopped", e);
        }
    }
}
