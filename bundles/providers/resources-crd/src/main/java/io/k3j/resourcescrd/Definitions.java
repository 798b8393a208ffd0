package io.k3j.resourcescrd;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// All definitions by name. Any thread.
final class Definitions {
    private final Schemas schemas;
    private volatile Map<String, Definition> all = Map.of();
    private volatile Map<Definition.GroupKind, Definition> byKind = Map.of();

    Definitions(Schemas schemas) {
        this.schemas = schemas;
    }

    /// Adds or updates a definition; true when the API rows have changed.
    synchronized boolean put(Obj object) {
        Definition before = all.get(object.name());
        Definition after = new Definition(object, schemas, before);
        Map<String, Definition> next = new TreeMap<>(all);
        next.put(object.name(), after);
        known(next);
        boolean none = after.rows().isEmpty() && (before == null || before.rows().isEmpty());
        return !none && (before == null || !before.object().spec().equals(object.spec())
                || !accepted(before.object()).equals(accepted(object))
                || before.rows().size() != after.rows().size());
    }

    /// Takes what was written to a definition, unless something newer is known of it, or it has gone; true when the API
    /// rows have changed.
    synchronized boolean written(Obj object) {
        Obj known = named(object.name()).map(Definition::object).orElse(null);
        return known != null && known.uid().equals(object.uid()) && known.revision() < object.revision()
                && put(object);
    }

    /// Only those with rows: others have not been given their names.
    private void known(Map<String, Definition> next) {
        Map<Definition.GroupKind, Definition> kinds = new HashMap<>();
        next.values().stream().filter(d -> !d.rows().isEmpty()).forEach(d -> kinds.put(d.kind(), d));
        all = next;
        byKind = kinds;
    }

    private static Struct accepted(Obj definition) {
        return definition.status().struct("acceptedNames");
    }

    /// Removes a definition; true when it had rows.
    synchronized boolean remove(String name) {
        Map<String, Definition> next = new TreeMap<>(all);
        Definition gone = next.remove(name);
        known(next);
        return gone != null && !gone.rows().isEmpty();
    }

    /// A definition by its name.
    Optional<Definition> named(String name) {
        return Optional.ofNullable(all.get(name));
    }

    /// The objects of all definitions except one.
    List<Obj> others(String name) {
        return all.values().stream().map(Definition::object).filter(o -> !o.name().equals(name)).toList();
    }

    /// The rows of all definitions.
    Collection<ResourceKind> rows() {
        List<ResourceKind> rows = new ArrayList<>();
        all.values().forEach(d -> rows.addAll(d.rows().values()));
        return rows;
    }

    /// The definition of a kind, be its version served or not.
    Optional<Definition> inAnyVersion(Gvk kind) {
        return Optional.ofNullable(byKind.get(Definition.GroupKind.of(kind)));
    }

    /// All definitions.
    Collection<Definition> all() {
        return all.values();
    }

    /// The definition of a kind in a version that is served.
    Optional<Definition> of(Gvk kind) {
        return inAnyVersion(kind).filter(d -> d.rows().containsKey(kind));
    }
}
