package io.k3j.clienthttp;

import io.k3j.clienthttp.RemoteClient.Bearer;
import io.k3j.componentapi.Health;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// The reflectors of this node, one for each resource and query, running as long as it has views. A further one runs
/// for views that need fields which none of them keeps. Thread-safe.
final class Reflectors implements AutoCloseable {
    private final List<Reflector> running = new ArrayList<>();
    private final RandomGenerator random;
    private final Health health;

    Reflectors(RandomGenerator random, Health health) {
        this.health = health;
        this.random = random;
    }

    /// A view under an identity. Does not block.
    synchronized RemoteView view(Question question, Bearer bearer) {
        Reflector reflector = running.stream().filter(r -> r.question().answers(question)).findFirst()
                .orElseGet(() -> started(question, bearer));
        RemoteView view = new RemoteView(reflector, bearer, v -> leave(reflector, v), health);
        reflector.add(view);
        return view;
    }

    private Reflector started(Question question, Bearer bearer) {
        Reflector reflector = new Reflector(question, bearer, random, health);
        running.add(reflector);
        return reflector;
    }

    private synchronized void leave(Reflector reflector, RemoteView view) {
        if (reflector.remove(view) && running.remove(reflector)) {
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
            all = List.copyOf(running);
            running.clear();
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(RemoteView.STOP_SECONDS);
        all.forEach(Reflector::close);
        all.forEach(r -> r.awaitEnd(deadline));
    }
}
