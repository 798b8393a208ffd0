package io.k3j.aggregator;

import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.objectregistry.Groups;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The versions of groups that bundles of this server serve and that have APIServices: built-in ones, and those of
/// custom resources; what computes its objects, as `metrics-server`, announces itself. Changed by OSGi's threads, read
/// by any.
final class LocalVersions {
    private static final String OWN = "apiregistration.k8s.io";
    private final Map<KindCatalog, Map<String, Version>> catalogs = new IdentityHashMap<>();
    private volatile Map<String, Version> all = Map.of();

    /// A version of a group.
    record Version(String group, String version) {
        /// That of its APIService.
        String name() {
            return version + "." + group;
        }

        /// Whether it is one of Kubernetes' own.
        boolean builtIn() {
            return Groups.builtIn(group);
        }
    }

    /// The version that an APIService of this name is about, null when it is not served here.
    @Nullable
    Version named(String name) {
        return all.get(name);
    }

    /// Takes a catalogue in, or as it is now.
    /// @return the names of those that are new or gone
    synchronized Set<String> put(KindCatalog catalog) {
        Map<String, Version> some = new HashMap<>();
        for (ResourceKind kind : catalog.kinds()) {
            Version one = new Version(kind.gvr().group(), kind.gvr().version());
            if (!one.group.equals(OWN) && (one.builtIn() || kind.storage().stored())) {
                some.putIfAbsent(one.name(), one);
            }
        }
        catalogs.put(catalog, some);
        Map<String, Version> now = new HashMap<>();
        catalogs.values().forEach(now::putAll);
        Set<String> changed = new HashSet<>(all.keySet());
        changed.removeAll(now.keySet());
        now.keySet().stream().filter(n -> !all.containsKey(n)).forEach(changed::add);
        all = Map.copyOf(now);
        return changed;
    }

    /// A catalogue's bundle has gone. Its versions count on until another catalogue comes: mostly the same bundle's.
    synchronized void remove(KindCatalog catalog) {
        catalogs.remove(catalog);
    }
}
