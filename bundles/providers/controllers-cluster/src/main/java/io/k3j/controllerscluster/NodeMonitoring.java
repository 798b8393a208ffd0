package io.k3j.controllerscluster;

import io.k3j.apimachinery.ComponentArguments;
import java.time.Duration;

/// How nodes are looked at, and how fast pods leave those that are not ready: upstream's arguments of the node
/// lifecycle controller, with its defaults
/// (<https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/>).
///
/// @param period the interval of checks
/// @param grace the time without a heartbeat
/// @param startupGrace the same for a node without any heartbeat yet
/// @param rate nodes per second from which pods are evicted in a healthy zone
/// @param secondaryRate the same in a large unhealthy zone
/// @param unhealthy the fraction of nodes not ready that makes a zone unhealthy
/// @param largeZone an unhealthy zone of up to this size has no evictions
record NodeMonitoring(Duration period, Duration grace, Duration startupGrace, double rate, double secondaryRate,
        double unhealthy, long largeZone) {
    /// What `--kube-controller-manager-arg` says; arguments of others are passed over.
    ///
    /// @throws IllegalArgumentException for a wrong value; the message says what to type
    static NodeMonitoring of(String... arguments) {
        ComponentArguments given = ComponentArguments.of("--kube-controller-manager-arg", arguments);
        return new NodeMonitoring(given.duration("node-monitor-period", Duration.ofSeconds(5), "5s"),
                given.duration("node-monitor-grace-period", Duration.ofSeconds(50), "50s"),
                given.duration("node-startup-grace-period", Duration.ofMinutes(1), "1m"),
                given.number("node-eviction-rate", 0.1), given.number("secondary-node-eviction-rate", 0.01),
                given.number("unhealthy-zone-threshold", 0.55), given.whole("large-cluster-size-threshold", 50, 0));
    }
}
