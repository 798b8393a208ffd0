package io.k3j.controllersautoscaling;

import io.k3j.apimachinery.ComponentArguments;
import java.time.Duration;

/// Upstream's arguments of the autoscaling controller, `horizontal-pod-autoscaler-…`, with its defaults
/// (<https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/>).
///
/// @param period after which an autoscaler is looked at again
/// @param stabilization for how long the highest recommendation counts before there are fewer replicas
/// @param tolerance how far from its target a metric may be, where the autoscaler says nothing
/// @param cpuInitialization how long after its start what a pod uses of processors may be set aside
/// @param initialReadiness how long after its start a pod that is not ready was never ready
record AutoscalerOptions(Duration period, Duration stabilization, double tolerance, Duration cpuInitialization,
        Duration initialReadiness) {
    /// Without arguments.
    static final AutoscalerOptions DEFAULT = of();
    private static final String PREFIX = "horizontal-pod-autoscaler-";

    /// What `--kube-controller-manager-arg` says; arguments of others are passed over.
    ///
    /// @throws IllegalArgumentException for a wrong value; the message says what to type
    static AutoscalerOptions of(String... arguments) {
        ComponentArguments given = ComponentArguments.of("--kube-controller-manager-arg", arguments);
        return new AutoscalerOptions(given.duration(PREFIX + "sync-period", Duration.ofSeconds(15), "15s"),
                given.durationOrZero(PREFIX + "downscale-stabilization", Duration.ofMinutes(5), "5m"),
                given.number(PREFIX + "tolerance", 0.1),
                given.durationOrZero(PREFIX + "cpu-initialization-period", Duration.ofMinutes(5), "5m"),
                given.durationOrZero(PREFIX + "initial-readiness-delay", Duration.ofSeconds(30), "30s"));
    }

    /// The same below and above a target.
    ReplicaCalculator.Tolerance around() {
        return new ReplicaCalculator.Tolerance(tolerance, tolerance);
    }
}
