package io.k3j.leases;

import io.k3j.componentapi.TimeSource;
import io.k3j.datastoreapi.Datastore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// A machine that can be suspended as a whole: its clock stands still and its calls of the store hang.
final class Freezer implements TimeSource {
    private Instant frozenAt = Instant.MAX;
    private Duration lost = Duration.ZERO;

    synchronized void freeze() {
        frozenAt = Instant.now();
    }

    synchronized void thaw() {
        lost = lost.plus(Duration.between(frozenAt, Instant.now()));
        frozenAt = Instant.MAX;
        notifyAll();
    }

    @Override
    public synchronized Instant instant() {
        Instant now = Instant.now();
        return (now.isBefore(frozenAt) ? now : frozenAt).minus(lost);
    }

    @Override
    public InstantSource monotonic() {
        return this;
    }

    private synchronized void pass() throws InterruptedException {
        while (!frozenAt.equals(Instant.MAX)) {
            wait();
        }
    }

    /// The store as this machine sees it.
    Datastore store(Datastore real) {
        return (Datastore) Proxy.newProxyInstance(Freezer.class.getClassLoader(), new Class<?>[] {Datastore.class},
                (proxy, method, given) -> {
                    pass();
                    try {
                        return method.invoke(real, given);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
