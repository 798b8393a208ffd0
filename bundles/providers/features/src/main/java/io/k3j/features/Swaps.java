package io.k3j.features;

import io.k3j.componentapi.SwapPolicy;
import io.k3j.componentapi.SwapRefused;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/// Replaces a running bundle by another jar.
///
/// ```
/// PARALLEL   install new · start new · healthy? ── yes ─► stop old
///                                       └─ no ──► stop new
/// REPLACE    install new · stop old · start new · healthy? ── yes ─► done
///                                                   └─ no ──► stop new · start old
/// ```
/// Not thread-safe: the caller allows one swap at a time. Blocks the caller's thread.
final class Swaps {
    private final Bundles bundles;
    private final ChosenBundles chosen;
    private final HealthGate gate;

    Swaps(Bundles bundles, ChosenBundles chosen, HealthGate gate) {
        this.bundles = bundles;
        this.chosen = chosen;
        this.gate = gate;
    }

    /// The obstacles that can be found without starting anything.
    List<String> obstacles(JarFacts jar, List<Feature> wanted) {
        List<String> obstacles = new ArrayList<>();
        if (jar.exports()) {
            obstacles.add(jar.symbolicName() + " exports packages: contracts and libraries change with a restart");
        }
        if (!bundles.runs(jar.symbolicName())) {
            obstacles.add("no running bundle is called " + jar.symbolicName() + "; see: k3s bundle ls");
            return obstacles;
        }
        if (policy(jar.symbolicName(), wanted) == SwapPolicy.RESTART) {
            obstacles.add(jar.symbolicName() + " changes with a restart only");
        }
        if (bundles.running(jar.symbolicName()).getLocation().endsWith("-" + jar.shortDigest() + ".jar")) {
            obstacles.add("this jar runs already");
        }
        return obstacles;
    }

    static SwapPolicy policy(String symbolicName, List<Feature> wanted) {
        return wanted.stream().flatMap(feature -> feature.bundles().stream())
                .filter(part -> part.symbolicName().equals(symbolicName)).map(Feature.Part::swap).findFirst()
                .orElse(SwapPolicy.RESTART);
    }

    /// Runs `choice` under `symbolicName`, or keeps the running bundle.
    /// @throws SwapRefused when the old bundle keeps running or runs again
    Bundle swap(String symbolicName, String choice, SwapPolicy policy, Consumer<String> progress) {
        Bundle old = bundles.running(symbolicName);
        HealthSnapshot before = gate.snapshot(old);
        try {
            Bundle fresh = bundles.install(symbolicName, choice);
            if (policy == SwapPolicy.PARALLEL) {
                parallel(old, fresh, before, progress);
            } else {
                replace(old, fresh, before, progress);
            }
            return fresh;
        } catch (BundleException e) {
            throw new SwapRefused(symbolicName + " " + choice + ": " + e.getMessage() + "; the old one runs", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SwapRefused("interrupted", e);
        }
    }

    private void parallel(Bundle old, Bundle fresh, HealthSnapshot before, Consumer<String> progress)
            throws BundleException, InterruptedException {
        progress.accept("starting the new one beside the old one");
        String fault = tryStart(fresh, before);
        if (!fault.isEmpty()) {
            bundles.stop(fresh);
            bundles.start(old);
            throw new SwapRefused(fault + "; the old one runs on");
        }
        progress.accept("healthy; stopping the old one");
        bundles.stop(old);
    }

    private void replace(Bundle old, Bundle fresh, HealthSnapshot before, Consumer<String> progress)
            throws BundleException, InterruptedException {
        progress.accept("stopping the old one");
        String oldChoice = chosen.current(old.getSymbolicName());
        bundles.stop(old);
        progress.accept("starting the new one");
        String fault = tryStart(fresh, before);
        if (!fault.isEmpty()) {
            bundles.stop(fresh);
            bundles.start(bundles.install(fresh.getSymbolicName(), oldChoice));
            throw new SwapRefused(fault + "; the old one runs again");
        }
        progress.accept("healthy");
    }

    /// Starts the bundle and watches it; returns what is wrong, or nothing.
    private String tryStart(Bundle fresh, HealthSnapshot before) throws InterruptedException {
        try {
            bundles.start(fresh);
        } catch (BundleException e) {
            return "the new one does not start: " + e.getMessage();
        }
        String fault = gate.await(fresh, before);
        return fault.isEmpty() ? "" : "the new one " + fault;
    }
}
