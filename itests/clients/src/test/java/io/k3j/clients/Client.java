package io.k3j.clients;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What the tests ask of every client library, with ConfigMaps of one namespace.
interface Client extends AutoCloseable {
    /// The namespace of the tests.
    String NAMESPACE = "clients";

    /// A ConfigMap as the client sees it.
    record Seen(String name, String resourceVersion, Map<String, String> labels, Map<String, String> data) {
    }

    /// What happened to a ConfigMap, as a watch or an informer says it.
    /// @param type `ADDED`, `MODIFIED` or `DELETED`
    record Event(String type, String name, String resourceVersion) {
    }

    /// The ways to send a patch.
    enum Patch {
        JSON, MERGE, STRATEGIC
    }

    /// Ends its threads and connections.
    @Override
    void close();

    /// Makes the namespace.
    void createNamespace() throws Exception;

    /// Creates one.
    Seen create(String name, Map<String, String> data) throws Exception;

    /// Reads one; null when there is none.
    @Nullable
    Seen get(String name) throws Exception;

    /// The names of all.
    List<String> list() throws Exception;

    /// Replaces the data of the version just read.
    Seen replace(String name, Map<String, String> data) throws Exception;

    /// Patches one.
    Seen patch(String name, Patch kind, String body) throws Exception;

    /// Server-side apply, in the name of `clients-itest`.
    Seen apply(String name, Map<String, String> data) throws Exception;

    /// Deletes one.
    void delete(String name) throws Exception;

    /// Tells what happens from now on, until it is closed.
    AutoCloseable watch(Consumer<Event> events) throws Exception;

    /// Runs an informer until it is closed. What it tells again without a change (a resync, by the client's own
    /// convention an update with an equal resourceVersion) is left out.
    AutoCloseable inform(Consumer<Event> events) throws Exception;
}
