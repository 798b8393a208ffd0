package io.k3j.objectregistry;

import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The kinds served now and their hooks. A kind whose bundle has gone stays listed and is answered with 503:
/// discovery must not shrink for a moment, since clients take a kind that is not listed for one that does not
/// exist.
///
/// Changing takes a lock; reading takes none and sees a whole state of some moment. Any thread.
public final class Kinds {
    private final Slot<KindCatalog> catalogs = Slot.highestFirst(Completeness.declared(Set.of(), e -> ""));
    private final Map<KindCatalog, Collection<ResourceKind>> rows = new IdentityHashMap<>();
    /// Rows whose catalogue has gone and that nobody else has brought.
    private final Map<Gvr, ResourceKind> away = new LinkedHashMap<>();
    private final KeyedSlot<String, KindHooks> hooks = new KeyedSlot<>(KindHooks::group);
    private final AtomicLong generation = new AtomicLong();
    private final Conversions conversions = new Conversions();
    private volatile boolean complete = true;
    private volatile Object state = new Object();
    private volatile Map<Gvr, ResourceKind> served = Map.of();
    /// What is served and what is away.
    private volatile Map<Gvr, ResourceKind> listed = Map.of();
    /// What is listed, by what shows the same objects.
    private volatile Map<String, List<ResourceKind>> alike = Map.of();

    /// Takes a catalogue in, or its rows again: one of custom resources changes with every
    /// CustomResourceDefinition. Of several rows for one resource and version those of the catalogue with the
    /// highest service ranking serve, of equals those of the one that was there first.
    ///
    /// @param properties of its service
    public synchronized void put(KindCatalog catalog, Map<String, ?> properties) {
        rows.put(catalog, List.copyOf(catalog.kinds()));
        catalogs.add(catalog, properties);
        index();
    }

    /// A catalogue's bundle has gone; its rows are away until somebody serves them.
    public synchronized void remove(KindCatalog catalog) {
        catalogs.remove(catalog);
        Collection<ResourceKind> gone = rows.remove(catalog);
        if (gone != null) {
            gone.forEach(k -> away.put(k.gvr(), k));
        }
        index();
    }

    /// The resources that a catalogue has brought; none for one that is not here.
    public synchronized Set<Gvr> broughtBy(KindCatalog catalog) {
        return rows.getOrDefault(catalog, List.of()).stream().map(ResourceKind::gvr)
                .collect(Collectors.toUnmodifiableSet());
    }

    /// Whether a bundle has brought a catalogue, be it empty, that is there now.
    /// @param owner its symbolic name
    public boolean brings(String owner) {
        return catalogs.state().all().stream().anyMatch(e -> e.text(Slot.OWNER).equals(owner));
    }

    /// The bundle that brought these resources was taken out for good: they are not there any more, instead of away.
    /// What another catalogue serves stays.
    public synchronized void forget(Collection<Gvr> resources) {
        away.keySet().removeAll(resources);
        index();
    }

    private void index() {
        Map<Gvr, ResourceKind> now = new LinkedHashMap<>();
        catalogs.state().all()
                .forEach(e -> rows.getOrDefault(e.service(), List.of()).forEach(k -> now.putIfAbsent(k.gvr(), k)));
        // what another generation of the same bundle serves is not away
        away.keySet().removeAll(now.keySet());
        Map<Gvr, ResourceKind> all = new LinkedHashMap<>(now);
        away.forEach(all::putIfAbsent);
        // whoever must see all objects waits for what is stored; what is computed may be away alone
        complete = away.values().stream().noneMatch(k -> k.storage().stored());
        served = now;
        listed = all;
        alike = all.values().stream().collect(Collectors.groupingBy(Kinds::shownBy));
        generation.incrementAndGet();
        state = new Object();
    }

    /// Equal for resources that show the same objects: their place in the store, as upstream's
    /// `EquivalentResourceRegistry` has it, else group and plural.
    private static String shownBy(ResourceKind kind) {
        return kind.storage().stored() ? kind.storage().prefix() : kind.gvr().qualified();
    }

    /// The other resources that show the objects of a kind, as its other versions, in the order of discovery.
    public List<ResourceKind> equivalents(ResourceKind kind) {
        List<ResourceKind> all = alike.getOrDefault(shownBy(kind), List.of());
        return all.size() < 2 ? List.of() : all.stream().filter(k -> !k.gvr().equals(kind.gvr())).toList();
    }

    /// Takes hooks in.
    public void put(KindHooks of, Map<String, ?> properties) {
        hooks.add(of, properties);
        state = new Object();
    }

    /// Hooks have gone.
    public void remove(KindHooks of) {
        hooks.remove(of);
        state = new Object();
    }

    /// Objects in versions that somebody outside converts them to.
    public Conversions conversions() {
        return conversions;
    }

    /// Whether the bundle of every listed kind is there whose objects are stored, and hooks of some group.
    public boolean complete() {
        return complete && !hooks.isEmpty();
    }

    /// Another object after every change of kinds and hooks: who compares it knows whether [#complete] may be another.
    public Object state() {
        return state;
    }

    /// Grows with every change of what is listed: whoever keeps something made of it compares.
    public long generation() {
        return generation.get();
    }

    /// Every kind that discovery shows, one for each version; not changed by later changes.
    public Collection<ResourceKind> listed() {
        return listed.values();
    }

    /// A kind that is served, empty when there is none.
    /// @throws ApiFault 503 when its bundle is away
    public Optional<ResourceKind> find(Gvr gvr) {
        ResourceKind kind = served.get(gvr);
        if (kind == null && listed.containsKey(gvr)) {
            throw ApiFault.unavailable("the bundle that serves " + gvr.qualified() + " is being replaced");
        }
        return Optional.ofNullable(kind);
    }

    /// A kind as it is known now; as it was when it is no more. A view or watch holds the row of its beginning, and
    /// the schema of a custom resource may have changed since.
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

    /// The hooks of a kind. Those of its group, else those for every group that has none of its own.
    /// @throws ApiFault 503 when their bundle is away
    public KindHooks hooks(ResourceKind kind) {
        @Nullable
        KindHooks own = hooks.get(kind.gvr().group());
        own = own == null ? hooks.get(KindHooks.EVERY_OTHER_GROUP) : own;
        if (own == null) {
            throw ApiFault.unavailable("the bundle that serves " + kind.gvr().qualified() + " is being replaced");
        }
        return own;
    }
}
