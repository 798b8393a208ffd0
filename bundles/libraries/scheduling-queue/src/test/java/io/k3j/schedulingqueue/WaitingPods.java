package io.k3j.schedulingqueue;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schedulercache.PodInfo;
import io.k3j.testkit.ManualClock;
import java.time.Duration;

/// Pods that need a node; those of one name are the same pod.
final class WaitingPods {
    private WaitingPods() {
    }

    /// With upstream's back-offs, 1 s to 10 s.
    static SchedulingQueue queue(ManualClock clock) {
        return new SchedulingQueue(clock, Duration.ofSeconds(1), Duration.ofSeconds(10));
    }

    static PodInfo pod(String name, long priority) {
        return new PodInfo(Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", name, "namespace", "default", "uid", "uid-" + name), "spec",
                Struct.of("priority", priority))));
    }
}
