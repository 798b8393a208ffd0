package io.k3j.testkit;

import io.k3j.apimachinery.JsonPatch;
import io.k3j.apimachinery.MergePatch;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.ObjList;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;

/// An API in memory that passes [ApiClientContract]. Rules of writing, names, patches and the ownership of fields are
/// real; defaulting, validation of anything but names, admission and authorisation are not there.
///
/// [#stepped] delivers changes to views only when [#deliver] is called; [#live] delivers them from a thread per view
/// until [#close].
public final class FakeApi implements ApiClient, AutoCloseable {
    private final String user;
    private final InstantSource clock;
    private final FakeStore store;
    private final BuiltinResources resources;
    private final Writes writes;
    private final Ownership ownership;
    private final Set<String> identities;
    private final List<String> calls;
    private final Refusals refusals;
    private final List<String> undiscovered;

    private FakeApi(InstantSource clock, boolean live) {
        this.user = "";
        this.clock = clock;
        this.store = new FakeStore(live);
        this.resources = new BuiltinResources();
        this.writes = new Writes(store, resources, clock);
        this.ownership = new Ownership(resources, clock);
        this.identities = new CopyOnWriteArraySet<>();
        this.calls = new CopyOnWriteArrayList<>();
        this.refusals = new Refusals();
        this.undiscovered = new CopyOnWriteArrayList<>();
    }

    private FakeApi(FakeApi other, String user) {
        this.user = user;
        this.clock = other.clock;
        this.store = other.store;
        this.resources = other.resources;
        this.writes = other.writes;
        this.ownership = other.ownership;
        this.identities = other.identities;
        this.calls = other.calls;
        this.refusals = other.refusals;
        this.undiscovered = other.undiscovered;
    }

    /// An empty API whose changes wait for [#deliver].
    public static FakeApi stepped(InstantSource clock) {
        return new FakeApi(clock, false);
    }

    /// An empty API whose views are told by threads of their own.
    public static FakeApi live() {
        return new FakeApi(InstantSource.system(), true);
    }

    /// Ends the threads of a live API.
    @Override
    public void close() {
        store.close();
    }

    /// Tells all views what has happened.
    /// @return whether anything had
    public boolean deliver() {
        return store.deliver();
    }

    /// Adds a custom resource.
    public void serve(ApiResource resource, boolean hasStatus) {
        resources.add(resource, hasStatus);
    }

    /// Lets discovery tell of these failures from now on.
    public void failDiscovery(String... failures) {
        undiscovered.clear();
        undiscovered.addAll(List.of(failures));
    }

    /// Every write that was asked for, as `user verb resource key`; user is empty for the plain client.
    public List<String> calls() {
        return calls;
    }

    /// Answers the next call of this verb (`create`, `update`, `patch`, `delete`, `get`, `list`, `post`) on
    /// this resource with a fault.
    public void refuse(String verb, Gvr resource, ApiFault fault) {
        refusals.add(verb, resource, fault);
    }

    /// Stores an object as it is, status and all; uid and time of creation are filled in when missing.
    public Obj seed(Gvr resource, Obj object) {
        synchronized (store) {
            Optional<Obj> live = store.find(resource, object.key());
            if (live.isPresent()) {
                return store.put(resource, object);
            }
            Obj made = writes.created(resource, object.withRevision(0));
            Obj full = object.at("status") == null ? made : made.with(object.status(), "status");
            full = object.uid().isEmpty() ? full : full.with(object.uid(), "metadata", "uid");
            String born = object.metadata().text("creationTimestamp");
            return store.put(resource, born.isEmpty() ? full : full.with(born, "metadata", "creationTimestamp"));
        }
    }

    /// Removes an object at once, whatever its finalizers say.
    public void vanish(Gvr resource, Key key) {
        store.remove(resource, key);
    }

    /// Declares who may be acted as; before the first call everybody may.
    public void declare(String... users) {
        identities.addAll(List.of(users));
    }

    @Override
    public ApiClient as(String other) {
        if (!identities.isEmpty() && !identities.contains(other)) {
            throw new IllegalArgumentException(other + " is not declared: " + identities);
        }
        return new FakeApi(this, other);
    }

    @Override
    public Obj get(Gvr resource, Key key) {
        refusals.check("get", resource);
        resources.of(resource);
        return store.get(resource, key);
    }

    @Override
    public Optional<Obj> find(Gvr resource, Key key) {
        refusals.check("get", resource);
        resources.of(resource);
        return store.find(resource, key);
    }

    @Override
    public ObjList list(Gvr resource, Query query) {
        refusals.check("list", resource);
        resources.of(resource);
        synchronized (store) {
            return new ObjList(store.list(resource, query), store.revision());
        }
    }

    @Override
    public Obj create(Gvr resource, Obj object, WriteOptions options) {
        called("create", resource, object.key().toString());
        synchronized (store) {
            return made(resource, object, options, Struct.EMPTY);
        }
    }

    private Obj made(Gvr resource, Obj object, WriteOptions options, Struct owned) {
        Obj made = trimmed(writes.created(resource, object));
        Obj full = owned.isEmpty()
                ? Obj.of(ownership.updated(resource, Struct.EMPTY, made.tree(), options))
                : made;
        return options.dryRun() ? full : store.put(resource, full);
    }

    private static Obj trimmed(Obj made) {
        return made.status().isEmpty() ? made.without("status") : made;
    }

    @Override
    public Obj update(Gvr resource, Obj object, WriteOptions options) {
        called("update", resource, at(object.key(), options));
        resources.of(resource);
        synchronized (store) {
            return put(resource, store.get(resource, object.key()), object, options, false);
        }
    }

    private Obj put(Gvr resource, Obj live, Obj wanted, WriteOptions options, boolean applied) {
        Obj next = writes.updated(resource, live, wanted, options.subresource());
        if (next == live) {
            return next;
        }
        if (!applied) {
            next = Obj.of(ownership.updated(resource, live.tree(), next.tree(), options));
        }
        if (options.dryRun()) {
            return next;
        }
        if (writes.finished(resource, next)) {
            store.remove(resource, live.key());
            return next.withRevision(store.revision());
        }
        return store.put(resource, next);
    }

    @Override
    public Obj patch(Gvr resource, Key key, Patch patch, WriteOptions options) {
        called("patch", resource, at(key, options));
        resources.of(resource);
        synchronized (store) {
            if (patch instanceof Patch.Apply(Struct wanted) && store.find(resource, key).isEmpty()) {
                Struct owned = ownership.applied(resource, Struct.EMPTY, wanted, options);
                return made(resource, Obj.of(owned), options, owned);
            }
            Obj live = store.get(resource, key);
            Struct document = live.document();
            Struct changed = switch (patch) {
                case Patch.Json j -> JsonPatch.apply(document, j.operations());
                case Patch.Merge m -> MergePatch.apply(document, m.changes());
                case Patch.Strategic s -> ownership.merged(resource, document, s.changes());
                case Patch.Apply(Struct wanted) -> ownership.applied(resource, document, wanted, options);
            };
            return put(resource, live, Obj.of(changed), options, patch instanceof Patch.Apply);
        }
    }

    @Override
    public void delete(Gvr resource, Key key, DeleteOptions options) {
        called("delete", resource, key.toString());
        resources.of(resource);
        synchronized (store) {
            Obj live = store.get(resource, key);
            Obj marked = writes.deleted(resource, live, options);
            if (writes.finished(resource, marked)) {
                store.remove(resource, key);
            } else if (!marked.tree().equals(live.tree())) {
                store.put(resource, marked);
            }
        }
    }

    @Override
    public void deleteAll(Gvr resource, Query query, DeleteOptions options) {
        called("deletecollection", resource, query.namespace());
        store.list(resource, query).forEach(o -> delete(resource, o.key(), options));
    }

    @Override
    public Struct post(Gvr resource, Key key, String subresource, Struct body) {
        called("post", resource, key + "/" + subresource);
        return new PodActions(this, store, clock).post(resource, key, subresource, body);
    }

    /// Serves `scale` of what has `spec.replicas`, and nothing else.
    @Override
    public Struct read(Gvr resource, Key key, String subresource, Struct parameters) {
        refusals.check("get", resource);
        resources.of(resource);
        return Scales.of(store.get(resource, key), subresource);
    }

    @Override
    public List<ApiResource> resources() {
        return resources.all();
    }

    @Override
    public Discovered discover() {
        return new Discovered(resources.all(), undiscovered);
    }

    @Override
    public View view(Gvr resource, Query query) {
        resources.of(resource);
        return store.open(resource, query);
    }

    private static String at(Key key, WriteOptions options) {
        return options.subresource().isEmpty() ? key.toString() : key + "/" + options.subresource();
    }

    private void called(String verb, Gvr resource, String key) {
        calls.add((user + " " + verb + " " + resource.qualified() + " " + key).strip());
        refusals.check(verb, resource);
    }
}
