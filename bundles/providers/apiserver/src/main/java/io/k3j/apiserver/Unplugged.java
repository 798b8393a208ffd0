package io.k3j.apiserver;

import io.k3j.apiserver.Contributions.Gone;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    /// By the symbolic name and the bundle, since its generations were there one after the other.
    private final Map<String, Map<Long, List<Gone>>> away = new ConcurrentHashMap<>();

    Unplugged(BundleContext context, Contributions contributions) {
        this.context = context;
        this.contributions = contributions;
    }

    void open() {
        context.addBundleListener(this);
    }

    /// A service of this bundle has gone.
    void removed(@Nullable Bundle owner, Gone gone) {
        if (owner != null) {
            away.compute(owner.getSymbolicName(), (_, before) -> {
                Map<Long, List<Gone>> all = before == null ? new HashMap<>() : new HashMap<>(before);
                all.merge(owner.getBundleId(), List.of(gone), Unplugged::both);
                return Map.copyOf(all);
            });
        }
    }

    private static List<Gone> both(List<Gone> some, List<Gone> others) {
        List<Gone> all = new ArrayList<>(some);
        others.stream().filter(one -> !all.contains(one)).forEach(all::add);
        return List.copyOf(all);
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
        Map<Long, List<Gone>> gone = away.remove(name);
        if (gone != null) {
            contributions.forget(gone.values());
        }
    }

    @Override
    public void close() {
        context.removeBundleListener(this);
    }
}
