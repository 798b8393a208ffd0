package io.k3j.apiserver;

import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The kinds served now and their hooks. A kind whose bundle has gone stays listed and is answered with 503.
final class Kinds {
    private final Map<KindCatalog, Collection<ResourceKind>> catalogs = new LinkedHashMap<>();
    private final Map<Gvr, ResourceKind> away = new LinkedHashMap<>();
    private final Map<String, KindHooks> hooks = new ConcurrentHashMap<>();
    private final AtomicLong generation = new AtomicLong();
    private volatile boolean complete = true;
    private volatile Map<Gvr, ResourceKind> served = Map.of();
    private volatile Map<Gvr, ResourceKind> listed = Map.of();

    /// Takes a catalogue in, or its rows anew.
    synchronized void put(KindCatalog catalog) {
        Collection<ResourceKind> rows = List.copyOf(catalog.kinds());
        catalogs.put(catalog, rows);
        index();
    }

    /// A catalogue's bundle has gone.
    synchronized void remove(KindCatalog catalog) {
        Collection<ResourceKind> rows = catalogs.remove(catalog);
        if (rows != null) {
            rows.forEach(k -> away.put(k.gvr(), k));
        }
        index();
    }

    private void index() {
        Map<Gvr, ResourceKind> now = new LinkedHashMap<>();
        catalogs.values().forEach(rows -> rows.forEach(k -> now.putIfAbsent(k.gvr(), k)));
        // what another generation of the same bundle serves is not away
        away.keySet().removeAll(now.keySet());
        Map<Gvr, ResourceKind> all = new LinkedHashMap<>(now);
        away.forEach(all::putIfAbsent);
        complete = away.isEmpty();
        served = now;
        listed = all;
        generation.incrementAndGet();
    }

    /// Takes hooks in.
    void put(KindHooks of) {
        hooks.put(of.group(), of);
    }

    /// Hooks have gone.
    void remove(KindHooks of) {
        hooks.remove(of.group(), of);
    }

    /// Whether the bundle of every listed kind is there.
    boolean complete() {
        return complete && !hooks.isEmpty();
    }

    /// Grows with every change of what is listed.
    long generation() {
        return generation.get();
    }

    /// Every kind that discovery shows.
    Collection<ResourceKind> listed() {
        return listed.values();
    }

    /// A kind that is served, empty when there is none.
    /// @throws ApiFault 503 when its bundle is away
    Optional<ResourceKind> find(Gvr gvr) {
        ResourceKind kind = served.get(gvr);
        if (kind == null && listed.containsKey(gvr)) {
            throw ApiFault.unavailable("the bundle that serves " + gvr.qualified() + " is being replaced");
        }
        return Optional.ofNullable(kind);
    }

    /// A kind as it is known now; as it was when it is no more.
    ResourceKind newest(ResourceKind kind) {
        return listed.getOrDefault(kind.gvr(), kind);
    }

    /// A kind of a group and resource in any version, its stored one preferred.
    Optional<ResourceKind> anyVersion(String group, String resource) {
        List<ResourceKind> all = new ArrayList<>(listed.values());
        all.removeIf(k -> !k.gvr().group().equals(group) || !k.gvr().resource().equals(resource));
        return all.stream().filter(k -> k.gvk().equals(k.storage().version())).findFirst()
                .or(() -> all.stream().findFirst());
    }

    /// The hooks of a kind.
    /// @throws ApiFault 503 when their bundle is away
    KindHooks hooks(ResourceKind kind) {
        @Nullable
        KindHooks own = hooks.get(kind.gvr().group());
        own = own == null ? hooks.get(KindHooks.EVERY_OTHER_GROUP) : own;
        if (own == null) {
            throw ApiFault.unavailable("the bundle that serves " + kind.gvr().qualified() + " is being replaced");
        }
        return own;
    }
}
