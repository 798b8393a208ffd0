package com.example.sharedconfig;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/// An operator as any other on fabric8: two informers, a queue in which each name waits once, one worker. Nothing in it
/// knows that it runs inside the server.
final class SharedConfigOperator implements AutoCloseable {
    /// After how long what failed, or waits for its namespace, is tried again.
    private static final long RETRY_SECONDS = 10;
    private static final String WATCHES = "";
    private final KubernetesClient client;
    private final ScheduledExecutorService worker;
    private final Consumer<String> health;
    private final SharedIndexInformer<SharedConfig> shared;
    private final SharedIndexInformer<ConfigMap> present;
    private final Copies copies;
    private final Set<String> queued = ConcurrentHashMap.newKeySet();
    /// What is wrong, by the name of the object.
    private final Map<String, String> troubles = new ConcurrentHashMap<>();
    /// The worker's own.
    private final Map<String, Future<?>> retries = new HashMap<>();
    private volatile boolean synced;

    /// Begins nothing.
    ///
    /// @param worker of one thread
    /// @param health told how it is whenever that may have changed: empty when well
    SharedConfigOperator(KubernetesClient client, ScheduledExecutorService worker, Consumer<String> health) {
        this.client = client;
        this.worker = worker;
        this.health = health;
        shared = client.resources(SharedConfig.class).runnableInformer(0);
        present = client.configMaps().inAnyNamespace().withLabel(Copies.LABEL).runnableInformer(0);
        copies = new Copies(client, present.getStore());
    }

    /// Begins, and returns at once. Without the kind, or the right to read it, it tries on.
    void start() {
        shared.addEventHandler(handler(it -> it.getMetadata().getName()));
        present.addEventHandler(handler(copy -> copy.getMetadata().getLabels().get(Copies.LABEL)));
        CompletableFuture.allOf(start(shared), start(present)).thenRun(() -> {
            synced = true;
            tell(WATCHES, "");
            shared.getStore().listKeys().forEach(this::enqueue);
        });
    }

    private CompletableFuture<Void> start(SharedIndexInformer<?> informer) {
        informer.exceptionHandler((started, why) -> {
            if (!started) {
                tell(WATCHES, String.valueOf(why.getMessage()));
            }
            return true;
        });
        return informer.start().toCompletableFuture();
    }

    private void tell(String name, String trouble) {
        if (trouble.isEmpty()) {
            troubles.remove(name);
        } else {
            troubles.put(name, trouble);
        }
        health.accept(troubles.values().stream().findFirst().orElse(""));
    }

    private <T extends HasMetadata> ResourceEventHandler<T> handler(Function<T, String> name) {
        return new ResourceEventHandler<>() {
            @Override
            public void onAdd(T added) {
                enqueue(name.apply(added));
            }

            @Override
            public void onUpdate(T before, T after) {
                enqueue(name.apply(after));
            }

            @Override
            public void onDelete(T deleted, boolean unknown) {
                enqueue(name.apply(deleted));
            }
        };
    }

    private void enqueue(String name) {
        if (synced && queued.add(name)) {
            try {
                worker.execute(() -> work(name));
            } catch (RejectedExecutionException stopped) {
                queued.remove(name);
            }
        }
    }

    private void work(String name) {
        queued.remove(name);
        Future<?> waiting = retries.remove(name);
        if (waiting != null) {
            waiting.cancel(false);
        }
        try {
            if (!reconcile(name)) {
                retry(name);
            }
            tell(name, "");
        } catch (KubernetesClientException e) {
            tell(name, String.valueOf(e.getMessage()));
            retry(name);
        }
    }

    private void retry(String name) {
        if (!worker.isShutdown()) {
            retries.put(name, worker.schedule(() -> enqueue(name), RETRY_SECONDS, TimeUnit.SECONDS));
        }
    }

    /// @return whether nothing is missing
    private boolean reconcile(String name) {
        SharedConfig wanted = shared.getStore().getByKey(name);
        if (wanted == null) {
            return true;
        }
        SharedConfig.Status status = copies.reconcile(wanted);
        if (!status.equals(wanted.getStatus())) {
            SharedConfig told = new SharedConfig();
            // without a resourceVersion: nobody else writes the status, and the informer may be behind
            told.setMetadata(new ObjectMetaBuilder().withName(name).build());
            told.setSpec(wanted.getSpec());
            told.setStatus(status);
            client.resource(told).patchStatus();
        }
        return status.missing().isEmpty();
    }

    /// Ends the watches. What waits in the queue is the worker's, whose owner ends it.
    @Override
    public void close() {
        shared.stop();
        present.stop();
    }
}
