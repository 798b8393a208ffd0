package io.k3j.controllerkit;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;

/// What pods say about themselves, as upstream's controllers read it (`podutil`, `controller.IsPodActive`; "Pod
/// Lifecycle"). Pure.
public final class Pods {
    private Pods() {
    }

    /// `status.phase`: `Pending`, `Running`, `Succeeded`, `Failed`, `Unknown`, or empty before anybody has written
    /// one.
    public static String phase(Obj pod) {
        return pod.status().text("phase");
    }

    /// Whether all its containers have ended for good.
    public static boolean finished(Obj pod) {
        String phase = phase(pod);
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    /// Whether it neither ended nor is being deleted.
    public static boolean active(Obj pod) {
        return !finished(pod) && !pod.terminating();
    }

    /// Whether its `Ready` condition is true.
    public static boolean ready(Obj pod) {
        return Conditions.isTrue(pod.status().seq("conditions"), "Ready");
    }

    /// Whether it has been ready for so long.
    ///
    /// @param minReadySeconds 0: ready is enough
    public static boolean available(Obj pod, long minReadySeconds, Instant now) {
        if (!ready(pod)) {
            return false;
        }
        return minReadySeconds == 0 || readyFor(pod, now).compareTo(Duration.ofSeconds(minReadySeconds)) >= 0;
    }

    /// How long it has been ready; zero when it is not, or does not say since when.
    public static Duration readyFor(Obj pod, Instant now) {
        Struct ready = pod.status().seq("conditions").find("type", "Ready");
        return ready.text("status").equals("True") ? Times.since(ready.text("lastTransitionTime"), now) : Duration.ZERO;
    }

    /// The node it is bound to, or empty.
    public static String node(Obj pod) {
        return pod.spec().text("nodeName");
    }

    /// All restarts of its containers.
    public static long restarts(Obj pod) {
        return pod.status().seq("containerStatuses").structs().stream().mapToLong(c -> c.whole("restartCount", 0))
                .sum();
    }
}
