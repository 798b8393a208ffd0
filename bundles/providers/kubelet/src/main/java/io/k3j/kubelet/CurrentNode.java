package io.k3j.kubelet;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// The Node of this kubelet as the API last had it: labels, taints and what pods may use. For any thread; blocks while
/// the API is asked.
final class CurrentNode {
    /// As old as the node's status may be: its loop looks as often.
    private static final Duration FRESH = Duration.ofSeconds(10);
    private final ApiClient api;
    private final Key name;
    private final InstantSource clock;
    private Optional<Obj> last = Optional.empty();
    private Instant read = Instant.EPOCH;

    /// @param clock of the time that passes
    CurrentNode(ApiClient api, String name, InstantSource clock) {
        this.api = api;
        this.name = Key.of(name);
        this.clock = clock;
    }

    /// The Node as it was seconds ago at the most, if the API answers; else as it was last known. Empty while nothing
    /// is known.
    synchronized Optional<Obj> node() {
        boolean old = last.isEmpty() || Duration.between(read, clock.instant()).compareTo(FRESH) >= 0;
        return old ? now() : last;
    }

    /// The Node as it was last known, without asking.
    synchronized Optional<Obj> known() {
        return last;
    }

    /// The Node as it is: what is refused for a label that somebody has just set is looked at again.
    synchronized Optional<Obj> now() {
        try {
            Optional<Obj> found = api.find(ReferencedObjects.NODES, name);
            read = clock.instant();
            last = found.or(() -> last);
        } catch (ApiFault e) {
            // the last answer holds
        }
        return last;
    }
}
