package io.k3j.componentbase;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/// Says by the health of a bundle what it did, in its place: that it must not run any more. `features` stops a plug-in
/// then.
public final class FaultyBundle {
    /// The health scope of a bundle that has called `System.exit` or the like. No bundle says anything under such names
    /// itself.
    public static final String EXIT = "k3j-fault-exit";
    /// The health scope of a bundle that has not come back from a call, or has thrown what it must not.
    public static final String CALL = "k3j-fault-call";
    /// The name of threads on which the server calls a bundle within limits of their own: what computes there was asked
    /// for by others.
    public static final String CALL_THREAD = "apiserver-plugin";
    private static final System.Logger LOG = System.getLogger("io.k3j.componentbase");

    private FaultyBundle() {
    }

    /// Reports `STOPPED`. A bundle that was stopped meanwhile, whose threads go on, has no health any more.
    /// @param scope one of those above
    /// @param message what it did, without its name
    public static void tell(Bundle bundle, String scope, String message) {
        report(bundle, scope, HealthLevel.STOPPED, message);
    }

    /// Reports `DEGRADED`: it did what it must not, and may run on. Of one that must not any more nothing changes.
    /// @param scope one of those above
    /// @param message what it did, without its name; empty when it does not any more
    public static void warn(Bundle bundle, String scope, String message) {
        report(bundle, scope, message.isEmpty() ? HealthLevel.OK : HealthLevel.DEGRADED, message);
    }

    /// One at a time: what makes a bundle stop is not overwritten by what another call has found.
    private static synchronized void report(Bundle bundle, String scope, HealthLevel level, String message) {
        try {
            BundleContext context = bundle.getBundleContext();
            ServiceReference<Health> health = context == null ? null : context.getServiceReference(Health.class);
            if (context == null || health == null) {
                LOG.log(System.Logger.Level.WARNING, "Bundle that does not run is at fault bundle={0} reason={1}",
                        bundle.getSymbolicName(), message);
                return;
            }
            Health told = context.getService(health);
            boolean stopped = told.reports().stream().anyMatch(report -> report.bundleId() == bundle.getBundleId()
                    && report.component().equals(scope) && report.level() == HealthLevel.STOPPED);
            if (!stopped || level == HealthLevel.STOPPED) {
                told.scope(scope).report(level, message);
            }
        } catch (IllegalStateException e) {
            LOG.log(System.Logger.Level.DEBUG, "Bundle stops while it is told what it did", e);
        }
    }
}
