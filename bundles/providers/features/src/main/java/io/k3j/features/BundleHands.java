package io.k3j.features;

import io.k3j.featuremodel.ChosenBundles;
import io.k3j.featuremodel.Handle;
import io.k3j.featuremodel.Step;
import io.k3j.featuremodel.Transaction;
import io.k3j.featuremodel.Transaction.StepFailed;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/// Makes the steps of changes to bundles and features in the framework. Every step may be made again, and the inverse
/// of one that was not made does nothing.
final class BundleHands implements Transaction.Hands {
    private static final Duration START = Duration.ofSeconds(30);
    private final Bundles bundles;
    private final ChosenBundles chosen;
    private final HealthGate gate;
    private final FeatureHands features;
    private final Stops stops;
    /// How bundles were before they were stopped.
    private final Map<Handle, HealthSnapshot> seen = new ConcurrentHashMap<>();

    /// Makes the steps that are about features.
    interface FeatureHands {
        /// Makes it.
        /// @throws StepFailed with the reason
        void make(Step step) throws StepFailed, InterruptedException;
    }

    /// @param stops is told what runs again, and what is not there any more
    BundleHands(Bundles bundles, ChosenBundles chosen, HealthGate gate, FeatureHands features, Stops stops) {
        this.bundles = bundles;
        this.chosen = chosen;
        this.gate = gate;
        this.features = features;
        this.stops = stops;
    }

    @Override
    public void make(Step step) throws StepFailed, InterruptedException {
        try {
            switch (step) {
                case Step.Keep keep -> chosen.keep(keep.bundle(), keep.from());
                case Step.Install install -> bundles.install(install.bundle());
                case Step.Resolve resolve -> resolve(bundle(resolve.bundle()));
                case Step.Start start -> start(start.bundle());
                case Step.Healthy healthy -> await(bundle(healthy.bundle()), healthy.than());
                case Step.Choose choose -> chosen.choose(choose.bundle());
                case Step.Stop stop -> stop(stop.bundle());
                case Step.Remove remove -> remove(remove.bundle());
                default -> features.make(step);
            }
        } catch (BundleException e) {
            throw new StepFailed(reason(e), e);
        }
    }

    /// What a framework's exception says, with the cause that it often hides.
    static String reason(BundleException e) {
        Throwable cause = e.getCause();
        return e.getMessage() + (cause == null ? "" : " (" + cause + ")");
    }

    private Bundle bundle(Handle handle) throws StepFailed {
        return bundles.installed(handle).orElseThrow(() -> new StepFailed(handle + " is not installed"));
    }

    private void resolve(Bundle bundle) throws StepFailed {
        List<String> obstacles = bundles.resolve(bundle);
        if (!obstacles.isEmpty()) {
            throw new StepFailed(String.join("\n", obstacles));
        }
    }

    private void await(Bundle fresh, @Nullable Handle than) throws StepFailed, InterruptedException {
        String fault = gate.await(fresh, than == null ? HealthSnapshot.none() : before(than));
        if (!fault.isEmpty()) {
            throw new StepFailed("the new one " + fault);
        }
    }

    /// How a bundle was before the change; now, when it runs still.
    HealthSnapshot before(Handle handle) {
        HealthSnapshot known = seen.get(handle);
        return known != null ? known : bundles.installed(handle).map(gate::snapshot).orElse(HealthSnapshot.none());
    }

    /// Whether this change has stopped it.
    boolean stopped(Handle handle) {
        return seen.containsKey(handle);
    }

    /// Forgets how bundles were.
    void forget() {
        seen.clear();
    }

    private void start(Handle handle) throws StepFailed, BundleException, InterruptedException {
        bundles.start(bundle(handle), START);
        stops.started(handle.symbolicName());
    }

    private void stop(Handle handle) throws BundleException, InterruptedException {
        Optional<Bundle> bundle = bundles.installed(handle);
        if (bundle.isPresent()) {
            seen.putIfAbsent(handle, gate.snapshot(bundle.get()));
            bundles.stop(bundle.get());
        }
    }

    private void remove(Handle handle) throws StepFailed, InterruptedException {
        Optional<Bundle> bundle = bundles.installed(handle);
        if (bundle.isPresent() && !bundles.remove(bundle.get())) {
            throw new StepFailed(handle + " does not end and stays installed");
        }
        stops.removed(handle);
    }
}
