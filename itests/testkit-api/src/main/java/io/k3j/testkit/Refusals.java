package io.k3j.testkit;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Faults that wait for calls, each for one. Any thread.
final class Refusals {
    private final List<Refusal> all = new CopyOnWriteArrayList<>();

    private record Refusal(String verb, Gvr resource, ApiFault fault) {
    }

    void add(String verb, Gvr resource, ApiFault fault) {
        all.add(new Refusal(verb, resource, fault));
    }

    /// Throws the first fault that waits for such a call.
    void check(String verb, Gvr resource) {
        for (Refusal r : all) {
            if (r.verb().equals(verb) && r.resource().equals(resource) && all.remove(r)) {
                throw r.fault();
            }
        }
    }
}
