package io.k3j.componentbase;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/// Says by the health of a bundle what it did, in its place: that it must not run any more. `features` stops a plug-in
/// then.
public final class FaultyBundle {
    /// The health scope of a bundle that has called `System.exit` or the like.
    public static final String EXIT = "System.exit";
    /// The health scope of a bundle that has not come back from a call.
    public static final String CALL = "call";
    private static final System.Logger LOG = System.getLogger("io.k3j.componentbase");

    private FaultyBundle() {
    }

    /// Reports `STOPPED`. A bundle that was stopped meanwhile, whose threads go on, has no health any more.
    /// @param scope one of those above
    /// @param message what it did, without its name
    public static void tell(Bundle bundle, String scope, String message) {
        try {
            BundleContext context = bundle.getBundleContext();
            ServiceReference<Health> health = context == null ? null : context.getServiceReference(Health.class);
            if (context == null || health == null) {
                LOG.log(System.Logger.Level.WARNING, "Bundle that does not run is at fault bundle={0} reason={1}",
                        bundle.getSymbolicName(), message);
                return;
            }
            context.getService(health).scope(scope).report(HealthLevel.STOPPED, message);
        } catch (IllegalStateException e) {
            LOG.log(System.Logger.Level.DEBUG, "Bundle stops while it is told what it did", e);
        }
    }
}
