package io.k3j.features;

import io.k3j.componentapi.SwapPolicy;
import io.k3j.featuremodel.ChangePlan;
import io.k3j.featuremodel.ChosenBundles;
import io.k3j.featuremodel.Feature;
import io.k3j.featuremodel.Handle;
import io.k3j.featuremodel.JarFacts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/// Looks whether a jar can take the place of a running bundle, and plans it. Starts and stops nothing; to see whether
/// it resolves, the jar is installed for a moment.
final class Swaps {
    private final Bundles bundles;
    private final Supplier<List<Feature>> wanted;
    private final Path plugins;

    /// @param wanted the features that are to run
    /// @param plugins where plug-ins lie
    Swaps(Bundles bundles, Supplier<List<Feature>> wanted, Path plugins) {
        this.bundles = bundles;
        this.wanted = wanted;
        this.plugins = plugins;
    }

    /// The obstacles, one sentence each, or the lines of one that has several.
    List<String> obstacles(JarFacts jar) throws InterruptedException {
        List<String> obstacles = new ArrayList<>();
        String name = jar.symbolicName();
        if (bundles.runs(name) && bundles.running(name).getLocation().startsWith(Handle.PLUGIN)) {
            // what is chosen would go on when the file has gone, and nobody would look at what it does
            return List.of(name + " is a plug-in, which comes and goes with its file in " + plugins
                    + "; to replace it, put the jar there under the name of that file: install -m 644 " + jar.file()
                    + " " + plugins.resolve("FILE"));
        }
        if (jar.exports()) {
            return List.of(name + " exports packages: contracts and libraries change with a restart");
        }
        if (jar.header("Fragment-Host").isPresent()) {
            obstacles.add(name + " is a fragment of another bundle: only whole bundles are replaced");
        }
        if (!bundles.runs(name)) {
            obstacles.add("no running bundle is called " + name + "; see: k3s bundle ls (a library that is part of a"
                    + " bundle's jar is replaced with that bundle)");
            return obstacles;
        }
        if (policy(name) == SwapPolicy.RESTART) {
            obstacles.add(name + " changes with a restart only");
        }
        if (bundles.running(name).getLocation().contains(jar.shortDigest())) {
            obstacles.add("this jar runs already");
        }
        if (obstacles.isEmpty()) {
            obstacles.addAll(unresolved(jar));
        }
        return obstacles;
    }

    /// Installs the copy of the jar, and takes it out again.
    private List<String> unresolved(JarFacts jar) throws InterruptedException {
        Handle probe = new Handle(jar.symbolicName(), Handle.CHOSEN + jar.bytes(), jar.digest());
        try {
            Bundle bundle = bundles.install(probe);
            try {
                return bundles.resolve(bundle);
            } finally {
                bundles.remove(bundle);
            }
        } catch (BundleException e) {
            return List.of(jar.file() + " cannot be installed: " + e.getMessage());
        }
    }

    SwapPolicy policy(String symbolicName) {
        return wanted.get().stream().flatMap(feature -> feature.bundles().stream())
                .filter(part -> part.symbolicName().equals(symbolicName)).map(Feature.Part::swap).findFirst()
                .orElse(SwapPolicy.RESTART);
    }

    /// The change that puts a bundle in the place of the one that runs.
    ChangePlan change(String what, Handle to) {
        String name = to.symbolicName();
        return ChangePlan.ofBundle(what, policy(name), handle(bundles.running(name)), to);
    }

    /// The handle of an installed bundle. The name of a jar of its own says its checksum.
    static Handle handle(Bundle bundle) {
        String location = bundle.getLocation();
        String name = bundle.getSymbolicName();
        if (location.startsWith(Handle.CONNECT)) {
            return Handle.shipped(name);
        }
        boolean kept = location.startsWith(Handle.CHOSEN) || location.startsWith(Handle.PLUGIN);
        String file = location.substring(location.indexOf(':') + 1);
        return new Handle(name, location, kept ? ChosenBundles.handle(name, file).digest() : "");
    }
}
