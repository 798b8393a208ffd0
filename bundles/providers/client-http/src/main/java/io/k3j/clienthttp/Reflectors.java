package io.k3j.clienthttp;

import io.k3j.clientapi.Query;
import io.k3j.clienthttp.RemoteClient.Bearer;
import io.k3j.componentapi.Health;
import io.k3j.model.Gvr;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// The reflectors of this node, one for each resource and query, running as long as it has views. Thread-safe.
final class Reflectors implements AutoCloseable {
    private final Map<Subject, Reflector> running = new HashMap<>();
    private final RandomGenerator random;
    private final Health health;

    private record Subject(Gvr resource, Query query) {
    }

    Reflectors(RandomGenerator random, Health health) {
        this.health = health;
        this.random = random;
    }

    /// A view under an identity. Does not block.
    synchronized RemoteView view(Gvr resource, Query query, Bearer bearer) {
        Subject subject = new Subject(resource, query);
        Reflector reflector = running.computeIfAbsent(subject,
                s -> new Reflector(resource, query, bearer, random, health));
        RemoteView view = new RemoteView(reflector, bearer, v -> leave(subject, reflector, v), health);
        reflector.add(view);
        return view;
    }

    private synchronized void leave(Subject subject, Reflector reflector, RemoteView view) {
        if (reflector.remove(view) && running.remove(subject, reflector)) {
            reflector.close();
        }
    }

    /// The number of running reflectors.
    synchronized int size() {
        return running.size();
    }

    /// Ends all watches and waits for them, for [RemoteView#STOP_SECONDS] altogether.
    @Override
    public void close() {
        List<Reflector> all;
        synchronized (this) {
            all = List.copyOf(running.values());
            running.clear();
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(RemoteView.STOP_SECONDS);
        all.forEach(Reflector::close);
        all.forEach(r -> r.awaitEnd(deadline));
    }
}
