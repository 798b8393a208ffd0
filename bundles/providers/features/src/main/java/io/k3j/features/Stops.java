package io.k3j.features;

import io.k3j.componentapi.SwapPolicy;
import io.k3j.componentapi.SwapRefused;
import io.k3j.featuremodel.Feature;
import io.k3j.featuremodel.Handle;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/// The bundles an operator has stopped. They stay stopped until an operator starts them, another one takes their place
/// or the process restarts: only flags, features and `k3s component` decide permanently. A stop retires nothing; what
/// the bundle has made on the machine stays. The bundle stays installed, whatever it is: one that is taken out is
/// forgotten by who waits for what it decides, and every request would pass.
final class Stops {
    private static final Duration START = Duration.ofSeconds(30);
    private final Bundles bundles;
    private final HealthGate gate;
    private final Function<String, Handle> handles;
    private final Map<String, Stopped> stopped = new ConcurrentHashMap<>();

    /// A bundle that was stopped, and how it was.
    private record Stopped(String location, HealthSnapshot before) {
    }

    /// @param handles which bundle is to run under a symbolic name
    Stops(Bundles bundles, HealthGate gate, Function<String, Handle> handles) {
        this.bundles = bundles;
        this.gate = gate;
        this.handles = handles;
    }

    /// Whether an operator has stopped this bundle.
    boolean isStopped(String symbolicName) {
        return stopped.containsKey(symbolicName);
    }

    /// A bundle of this name was started, whoever has done so.
    void started(String symbolicName) {
        stopped.remove(symbolicName);
    }

    /// A bundle is not there any more, so nobody has stopped it.
    void removed(Handle bundle) {
        stopped.values().removeIf(one -> one.location().equals(bundle.location()));
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
        stopped.put(symbolicName, new Stopped(bundle.getLocation(), gate.snapshot(bundle)));
        try {
            bundles.stop(bundle);
        } catch (BundleException e) {
            throw new SwapRefused(name + " is stopped, but not in good order: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /// Starts the part again and blocks until it is as healthy as before the stop. What a change has left without a
    /// bundle is started as well.
    /// @throws SwapRefused when it runs, does not start, or runs without becoming healthy
    void start(String name, Feature.Part part) {
        String symbolicName = part.symbolicName();
        Stopped before = stopped.get(symbolicName);
        if (before == null && bundles.runs(symbolicName)) {
            throw new SwapRefused(name + " was not stopped; see: k3s bundle ls");
        }
        try {
            Handle handle = handles.apply(symbolicName);
            Bundle bundle = bundles.install(handle);
            if (!handle.isShipped()) {
                // classes of a plug-in that was stopped may be known to nobody any more
                bundles.renew(handle);
            }
            bundles.start(bundle, START);
            started(symbolicName);
            String fault = gate.await(bundle, before == null ? HealthSnapshot.none() : before.before());
            if (!fault.isEmpty()) {
                throw new SwapRefused(name + " runs, but " + fault + "; see: k3s bundle ls");
            }
        } catch (BundleException e) {
            throw new SwapRefused(name + " does not start and stays stopped: " + BundleHands.reason(e), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static SwapRefused interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new SwapRefused("interrupted", e);
    }
}
