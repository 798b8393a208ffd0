package io.k3j.features;

import io.k3j.componentapi.SwapPolicy;
import io.k3j.componentapi.SwapRefused;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/// The bundles an operator has stopped. They stay stopped until an operator starts them or the process
/// restarts: only flags and features decide permanently. A stop retires nothing; what the bundle has made on
/// the machine stays.
final class Stops {
    private final Bundles bundles;
    private final HealthGate gate;
    private final Map<String, HealthSnapshot> stopped = new ConcurrentHashMap<>();

    Stops(Bundles bundles, HealthGate gate) {
        this.bundles = bundles;
        this.gate = gate;
    }

    /// Whether an operator has stopped this bundle.
    boolean isStopped(String symbolicName) {
        return stopped.containsKey(symbolicName);
    }

    /// Stops a part; operators call it `name`.
    /// @throws SwapRefused when it must run, or does not run; nothing was changed then
    void stop(String name, Feature.Part part) {
        String symbolicName = part.symbolicName();
        if (isStopped(symbolicName)) {
            throw new SwapRefused(name + " is stopped already; to start it: k3s bundle start " + name);
        }
        if (part.stays() || part.swap() == SwapPolicy.RESTART) {
            throw new SwapRefused(name + " cannot be stopped: nobody would reach this server, or start it again; to"
                    + " replace it: k3s bundle swap JAR; to stop the whole server, end its process");
        }
        if (!bundles.runs(symbolicName)) {
            throw new SwapRefused(name + " does not run; see: k3s bundle ls");
        }
        Bundle bundle = bundles.running(symbolicName);
        stopped.put(symbolicName, gate.snapshot(bundle));
        try {
            bundles.stop(bundle);
        } catch (BundleException e) {
            throw new SwapRefused(name + " is stopped, but not in good order: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /// Starts the part again and blocks until it is as healthy as before the stop.
    /// @throws SwapRefused when it was not stopped, does not start, or runs without becoming healthy
    void start(String name, Feature.Part part) {
        HealthSnapshot before = stopped.get(part.symbolicName());
        if (before == null) {
            throw new SwapRefused(name + " was not stopped; see: k3s bundle ls");
        }
        try {
            Bundle bundle = bundles.install(part.symbolicName());
            bundles.start(bundle);
            stopped.remove(part.symbolicName());
            String fault = gate.await(bundle, before);
            if (!fault.isEmpty()) {
                throw new SwapRefused(name + " runs, but " + fault + "; see: k3s bundle ls");
            }
        } catch (BundleException e) {
            throw new SwapRefused(name + " does not start and stays stopped: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static SwapRefused interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new SwapRefused("interrupted", e);
    }
}
