package io.k3j.controllersworkload;

import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.Times;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// How long failed pods of a Job are not replaced: ten seconds, then twice as long with each failure, at most ten
/// minutes, from when the last of them ended:
/// <https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-backoff-failure-policy>. Pure.
final class JobBackOff {
    private static final Duration FIRST = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private JobBackOff() {
    }

    /// The remaining back-off before failed pods are replaced, by how many have failed since the last success; not
    /// positive when they may be now.
    static Duration left(List<Obj> pods, Instant now) {
        Instant success = ended(pods, "Succeeded").max(Comparator.naturalOrder()).orElse(Instant.MIN);
        List<Instant> failures = ended(pods, "Failed").filter(at -> at.isAfter(success)).toList();
        return failures.isEmpty() ? Duration.ZERO
                : after(failures.size()).minus(Duration.between(Collections.max(failures), now));
    }

    private static Stream<Instant> ended(List<Obj> pods, String phase) {
        return pods.stream().filter(pod -> Pods.phase(pod).equals(phase)).map(JobBackOff::endedAt);
    }

    /// The back-off after a number of failures.
    static Duration after(long failures) {
        Duration delay = FIRST.multipliedBy(1L << Math.min(failures - 1, 10));
        return delay.compareTo(LONGEST) > 0 ? LONGEST : delay;
    }

    /// When a pod ended (upstream's `getFinishedTime`): when the last of its containers did, else since when it is not
    /// ready, else when its deletion began, else when it was made.
    static Instant endedAt(Obj pod) {
        return containersEnded(pod).or(() -> notReadySince(pod)).or(() -> deletedAt(pod))
                .or(() -> Times.parse(pod.metadata().text("creationTimestamp"))).orElse(Instant.EPOCH);
    }

    /// Empty while one has not ended. Of init containers those count that go on beside the others.
    private static Optional<Instant> containersEnded(Obj pod) {
        Set<String> sidecars = new HashSet<>();
        pod.spec().seq("initContainers").structs().stream().filter(c -> c.text("restartPolicy").equals("Always"))
                .forEach(c -> sidecars.add(c.text("name")));
        List<Optional<Instant>> ends = Stream
                .concat(pod.status().seq("containerStatuses").structs().stream(),
                        pod.status().seq("initContainerStatuses").structs().stream()
                                .filter(s -> sidecars.contains(s.text("name"))))
                .map(s -> Times.parse(s.struct("state").struct("terminated").text("finishedAt"))).toList();
        return ends.stream().allMatch(Optional::isPresent)
                ? ends.stream().flatMap(Optional::stream).max(Comparator.naturalOrder())
                : Optional.empty();
    }

    private static Optional<Instant> notReadySince(Obj pod) {
        Struct ready = pod.status().seq("conditions").find("type", "Ready");
        return ready.text("status").equals("False") ? Times.parse(ready.text("lastTransitionTime")) : Optional.empty();
    }

    private static Optional<Instant> deletedAt(Obj pod) {
        return Times.parse(pod.metadata().text("deletionTimestamp"))
                .map(at -> at.minusSeconds(pod.metadata().whole("deletionGracePeriodSeconds", 0)));
    }
}
