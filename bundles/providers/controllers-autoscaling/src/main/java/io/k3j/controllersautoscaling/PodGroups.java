package io.k3j.controllersautoscaling;

import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.Times;
import io.k3j.controllersautoscaling.MetricsClient.Sample;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A target's pods by what their figures are worth:
/// <https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#algorithm-details>. Pods that
/// are going or have failed do not count. Pure.
///
/// @param usage what the pods use that count, by name, in thousandths
/// @param unready names of those that wait or are not ready yet: their figures are set aside
/// @param missing names of those without figures
record PodGroups(Map<String, Long> usage, Set<String> unready, Set<String> missing) {
    /// @param cpu whether processors are measured: what a pod uses while it starts is set aside then
    /// @throws MetricFailure when there are no pods, or none of them has figures that count
    @SuppressWarnings("checkstyle:ParameterNumber") // which pods, what is known of them, when, and how it is read
    static PodGroups of(List<Obj> pods, Map<String, Sample> samples, boolean cpu, Instant now,
            AutoscalerOptions options) {
        if (pods.isEmpty()) {
            throw new MetricFailure("no pods returned by selector while calculating replica count");
        }
        PodGroups groups = new PodGroups(new HashMap<>(), new HashSet<>(), new HashSet<>());
        pods.stream().filter(p -> !p.terminating() && !Pods.phase(p).equals("Failed"))
                .forEach(p -> groups.add(p, Optional.ofNullable(samples.get(p.name())), cpu, now, options));
        if (groups.usage.isEmpty()) {
            throw new MetricFailure("did not receive metrics for targeted pods (pods might be unready)");
        }
        return groups;
    }

    @SuppressWarnings("checkstyle:ParameterNumber") // as above
    private void add(Obj pod, Optional<Sample> sample, boolean cpu, Instant now, AutoscalerOptions options) {
        if (Pods.phase(pod).equals("Pending")) {
            unready.add(pod.name());
        } else if (sample.isEmpty()) {
            missing.add(pod.name());
        } else if (cpu && starting(pod, sample.get(), now, options)) {
            unready.add(pod.name());
        } else {
            usage.put(pod.name(), sample.get().value());
        }
    }

    private static boolean starting(Obj pod, Sample sample, Instant now, AutoscalerOptions options) {
        Struct ready = pod.status().seq("conditions").find("type", "Ready");
        Optional<Instant> began = Times.parse(pod.status().text("startTime"));
        if (ready.isEmpty() || began.isEmpty()) {
            return true;
        }
        Instant changed = Times.parse(ready.text("lastTransitionTime")).orElse(Instant.EPOCH);
        boolean not = ready.text("status").equals("False");
        return began.get().plus(options.cpuInitialization()).isAfter(now)
                ? not || sample.at().isBefore(changed.plus(sample.window()))
                : not && began.get().plus(options.initialReadiness()).isAfter(changed);
    }
}
