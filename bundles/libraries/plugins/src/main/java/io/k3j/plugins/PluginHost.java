package io.k3j.plugins;

import io.k3j.componentapi.HealthReport;
import io.k3j.featuremodel.Handle;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.osgi.framework.Bundle;

/// The bundles of the framework and their health, as far as plug-ins are concerned.
///
/// **Who.** `features` implements it, one instance per process, by what installs bundles and keeps their health; this
/// library calls it. **Guarantees.**
/// 1. A bundle that is returned may be gone a moment later: whoever has it asks for its state.
/// 2. Nothing here installs, starts or stops a bundle: that is a change ([ExclusiveChanges]).
///
/// **Threads.** Any. **Blocking.** Only [#renew]. **Failure.** Nothing is thrown for a bundle that is not there.
public interface PluginHost {
    /// The bundle of a handle, when it is in the framework.
    Optional<Bundle> installed(Handle handle);

    /// Gives a bundle that was stopped another class loader with its next start; of others it does nothing. Blocks for
    /// some seconds at most.
    void renew(Handle handle) throws InterruptedException;

    /// The symbolic names of the bundles that the distribution has, whether they run or not.
    Collection<String> shipped();

    /// The packages that the distribution's bundles and the framework export.
    Collection<String> exported();

    /// What the health of a bundle tells now.
    List<HealthReport> reports(Bundle bundle);

    /// Failures of a bundle that waiting will not repair, one sentence each.
    List<String> faults(Bundle bundle);

    /// Tells by health that something is degraded, or not any more when the reason is empty.
    ///
    /// @param component what is degraded, which is no bundle
    void tell(String component, String reason);

    /// Tells by a condition ([io.k3j.componentapi.Components#MISSED]) that a bundle which had a say in requests does
    /// not run although it is to: what its services decided about does not pass without it.
    ///
    /// @param owner its symbolic name
    /// @param contracts of these services, as `objectClass` names them
    /// @return ends it, to be run once
    Runnable miss(String owner, Set<String> contracts);
}
