package io.k3j.apicontributions;

import io.k3j.model.Gvr;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;

/// Tells a bundle that is away for a moment from one that was taken out for good: the second one is not installed any
/// more, and no other bundle bears its name. What it had contributed is forgotten then; as long as it is only away,
/// requests wait for it, since an authorizer that is missing is neither a yes nor a no.
///
/// Holds names only. Called by the framework's threads.
final class Unplugged implements BundleListener, AutoCloseable {
    private final BundleContext context;
    private final Contributions contributions;
    /// The resources that bundles had brought, by the symbolic name.
    private final Map<String, Set<Gvr>> away = new ConcurrentHashMap<>();

    Unplugged(BundleContext context, Contributions contributions) {
        this.context = context;
        this.contributions = contributions;
    }

    void open() {
        context.addBundleListener(this);
    }

    /// A service of this bundle has gone.
    /// @param resources that it had brought
    void removed(@Nullable Bundle owner, Set<Gvr> resources) {
        if (owner != null && !resources.isEmpty()) {
            away.merge(owner.getSymbolicName(), resources, Unplugged::both);
        }
    }

    private static Set<Gvr> both(Set<Gvr> some, Set<Gvr> others) {
        Set<Gvr> all = new HashSet<>(some);
        all.addAll(others);
        return Set.copyOf(all);
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        if (event.getType() != BundleEvent.UNINSTALLED) {
            return;
        }
        String name = event.getBundle().getSymbolicName();
        for (Bundle other : context.getBundles()) {
            if (name.equals(other.getSymbolicName())) {
                return;
            }
        }
        Set<Gvr> resources = away.remove(name);
        contributions.forget(name, resources == null ? Set.of() : resources);
    }

    @Override
    public void close() {
        context.removeBundleListener(this);
    }
}
