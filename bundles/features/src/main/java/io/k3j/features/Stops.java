package io.k3j.features;

import io.k3j.componentapi.SwapPolicy;
import io.k3j.componentapi.SwapRefused;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/// Which bundles an operator has stopped. They stay so until they are started again, or the process is: what is to run
/// is decided by flags and features, never by this. A stop retires nothing; the world stays as the bundle has left it.
final class Stops {
    private final Bundles bundles;
    private final Trial trial;
    private final Map<String, Vitals> stopped = new ConcurrentHashMap<>();

    Stops(Bundles bundles, Trial trial) {
        this.bundles = bundles;
        this.trial = trial;
    }

    /// Whether an operator has stopped it.
    boolean holds(String symbolicName) {
        return stopped.containsKey(symbolicName);
    }

    /// Stops a part that operators call `name`.
    /// @throws SwapRefused when it has to run, or does not; then nothing was changed
    void stop(String name, Feature.Part part) {
        String symbolicName = part.symbolicName();
        if (holds(symbolicName)) {
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
        stopped.put(symbolicName, trial.vitals(bundle));
        try {
            bundles.stop(bundle);
        } catch (BundleException e) {
            throw new SwapRefused(name + " is stopped, but not in good order: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /// Starts it again and waits until it is as well as it was.
    /// @throws SwapRefused when it was not stopped, does not start, or runs without having become well
    void start(String name, Feature.Part part) {
        Vitals before = stopped.get(part.symbolicName());
        if (before == null) {
            throw new SwapRefused(name + " was not stopped; see: k3s bundle ls");
        }
        try {
            Bundle bundle = bundles.install(part.symbolicName());
            bundles.start(bundle);
            stopped.remove(part.symbolicName());
            String fault = trial.of(bundle, before);
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
