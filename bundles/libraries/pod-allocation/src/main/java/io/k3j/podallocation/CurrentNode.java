package io.k3j.podallocation;

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
/// the API is asked, by one thread at a time. [#known] never does.
public final class CurrentNode {
    /// As old as the node's status may be: its loop looks as often.
    private static final Duration FRESH = Duration.ofSeconds(10);
    private final ApiClient api;
    private final Key name;
    private final InstantSource clock;
    private final Object asking = new Object();
    private volatile Optional<Obj> last = Optional.empty();
    /// When the API was last asked, whether or not it answered.
    private volatile Instant asked = Instant.EPOCH;
    /// How often it did not answer; written under [#asking].
    private volatile int failures;

    /// @param clock of the time that passes
    public CurrentNode(ApiClient api, String name, InstantSource clock) {
        this.api = api;
        this.name = Key.of(name);
        this.clock = clock;
    }

    /// The Node as it was seconds ago at the most, if the API answers; else as it was last known. Empty while nothing
    /// is known.
    Optional<Obj> node() {
        return fresh() ? last : answer(true);
    }

    /// The Node as it was last known, without asking or waiting for who asks.
    Optional<Obj> known() {
        return last;
    }

    /// The Node as it is: what is refused for a label that somebody has just set is looked at again.
    Optional<Obj> now() {
        return answer(false);
    }

    private boolean fresh() {
        return last.isPresent() && Duration.between(asked, clock.instant()).compareTo(FRESH) < 0;
    }

    /// Who has waited for the question of another one does not wait for a second when that failed.
    /// @param any whether an answer that came while it was waited is new enough
    private Optional<Obj> answer(boolean any) {
        int before = failures;
        synchronized (asking) {
            if (failures == before && !(any && fresh())) {
                ask();
            }
        }
        return last;
    }

    private void ask() {
        try {
            Optional<Obj> found = api.find(ReferencedObjects.NODES, name);
            last = found.or(() -> last);
        } catch (ApiFault e) {
            // the last answer holds
            failures = failures + 1;
        }
        asked = clock.instant();
    }
}
