package io.k3j.supervisor;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.ObjList;
import io.k3j.clientapi.Query;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Keeps created objects; supports find, get, list (of a namespace), create, update and delete only.
final class FakeApi {
    private final Map<Key, Obj> objects = new HashMap<>();
    private @Nullable ApiFault fault;
    private @Nullable Key unchanged;
    private final List<Query> queries = new ArrayList<>();

    /// The client for the class under test.
    ApiClient client() {
        return (ApiClient) Proxy.newProxyInstance(ApiClient.class.getClassLoader(), new Class<?>[] {ApiClient.class},
                this::call);
    }

    private synchronized Object call(Object proxy, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "find" -> {
                if (fault != null) {
                    throw fault;
                }
                yield Optional.ofNullable(objects.get((Key) arguments[1]));
            }
            case "get" -> objects.get((Key) arguments[1]);
            case "list" -> list((Query) arguments[1]);
            case "create" -> create((Gvr) arguments[0], (Obj) arguments[1]);
            case "update" -> update((Obj) arguments[1]);
            case "delete" -> delete((Gvr) arguments[0], (Key) arguments[1], (DeleteOptions) arguments[2]);
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> 1;
            default -> throw new UnsupportedOperationException(method.getName());
        };
    }

    /// Answers every following find with 429.
    synchronized void overload() {
        refuse(new ApiFault(429, "TooManyRequests", "too many requests", Struct.EMPTY));
    }

    /// Answers every following find with this.
    synchronized void refuse(ApiFault with) {
        fault = with;
    }

    private ObjList list(Query query) {
        queries.add(query);
        return new ObjList(objects.values().stream().filter(o -> o.key().namespace().equals(query.namespace()))
                .toList(), 1);
    }

    /// The queries of all list calls.
    synchronized List<Query> queries() {
        return List.copyOf(queries);
    }

    private Obj create(Gvr resource, Obj object) {
        if (object.name().contains("_")) {
            throw new ApiFault(422, "Invalid", "Secret \"" + object.name() + "\" is invalid", Struct.EMPTY);
        }
        Obj made = Obj.of(object.tree().withAt(Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(), "metadata",
                "creationTimestamp"));
        if (objects.putIfAbsent(object.key(), made) != null) {
            throw ApiFault.alreadyExists(resource, object.name());
        }
        notifyAll();
        return made;
    }

    private Object delete(Gvr resource, Key key, DeleteOptions options) {
        Obj there = objects.get(key);
        if (there == null || !there.uid().equals(options.uid())) {
            throw ApiFault.notFound(resource, key.name());
        }
        return objects.remove(key);
    }

    /// Answers every following update of this object with 503.
    ///
    /// @param key null: none any more
    synchronized void refuseChangesOf(@Nullable Key key) {
        unchanged = key;
    }

    private Obj update(Obj object) {
        if (object.key().equals(unchanged)) {
            throw ApiFault.unavailable("the datastore takes no writes");
        }
        objects.put(object.key(), object);
        notifyAll();
        return object;
    }

    /// The objects whose name has this prefix, in a namespace.
    synchronized List<Obj> named(String namespace, String prefix) {
        return objects.values().stream()
                .filter(o -> o.key().namespace().equals(namespace) && o.name().startsWith(prefix)).toList();
    }

    synchronized void put(Obj object) {
        objects.put(object.key(), object);
    }

    /// Somebody, or the garbage collector, deletes it.
    synchronized void remove(String namespace, String name) {
        objects.remove(new Key(namespace, name));
    }

    synchronized Set<String> created() {
        Set<String> names = new HashSet<>();
        objects.keySet().forEach(key -> names.add(key.namespace() + "/" + key.name()));
        return names;
    }

    synchronized void await(String name) throws InterruptedException {
        await(name + " to be created", () -> created().contains(name));
    }

    /// Blocks until the condition holds, for a minute at most.
    synchronized void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited in vain for " + what);
            }
            wait(100);
        }
    }
}
