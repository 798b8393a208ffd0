package io.k3j.resourcescrd;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Deletes all instances of terminating definitions, then removes the finalizer of the definitions. One virtual
/// thread per definition; retries every second until the instances' own finalizers are done.
final class Cleanup implements AutoCloseable {
    private static final Logger LOG = System.getLogger("io.k3j.resourcescrd");
    private static final long PAUSE_MILLIS = 500;
    private final ApiClient api;
    private final Set<String> running = ConcurrentHashMap.newKeySet();
    private final CountDownLatch stopped = new CountDownLatch(1);

    Cleanup(ApiClient api) {
        this.api = api;
    }

    /// Starts the cleanup, unless it is running.
    void begin(Definition definition) {
        String name = definition.object().name();
        if (definition.object().finalizers().contains(Definition.FINALIZER) && running.add(name)) {
            Optional<ResourceKind> row = definition.storedRow();
            Thread.ofVirtual().name("crd-cleanup-" + name).start(() -> run(name, row));
        }
    }

    private void run(String name, Optional<ResourceKind> row) {
        try {
            while (!done(name, row)) {
                if (stopped.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            running.remove(name);
        }
    }

    private boolean done(String name, Optional<ResourceKind> row) {
        try {
            if (row.isPresent()) {
                api.deleteAll(row.get().gvr(), Query.ALL, DeleteOptions.PLAIN);
                if (!api.list(row.get().gvr(), Query.ALL).items().isEmpty()) {
                    terminating(name);
                    return false;
                }
            }
            Obj now = api.get(Definition.RESOURCE, Key.of(name));
            List<String> left = new ArrayList<>(now.finalizers());
            left.remove(Definition.FINALIZER);
            // so that a definition may go that was stored against a rule for definitions
            api.update(Definition.RESOURCE, now.with(left, "metadata", "finalizers"), WriteOptions.STATUS);
            return true;
        } catch (ApiFault e) {
            LOG.log(Level.DEBUG, "Cleanup name={0} reason={1}", name, e.getMessage());
            return e.code() == 404 && api.find(Definition.RESOURCE, Key.of(name)).isEmpty();
        }
    }

    private void terminating(String name) {
        Obj now = api.get(Definition.RESOURCE, Key.of(name));
        Obj marked = DefinitionStatus.condition(now, new DefinitionStatus.Condition("Terminating", true,
                "InstanceDeletionInProgress", "CustomResource deletion is in progress"), Instant.now());
        if (!marked.equals(now)) {
            api.update(Definition.RESOURCE, marked, WriteOptions.STATUS);
        }
    }

    @Override
    public void close() {
        stopped.countDown();
    }
}
