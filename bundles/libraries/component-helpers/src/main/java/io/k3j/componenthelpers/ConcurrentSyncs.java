package io.k3j.componenthelpers;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// How many keys controllers deal with at a time, by `concurrent-…-syncs` of kube-controller-manager
/// (<https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/>): of those controllers
/// that deal with several. Pure.
public final class ConcurrentSyncs {
    /// More wait for each other.
    private static final int MOST = 1_000;
    private static final String FLAG = "--kube-controller-manager-arg=";
    private static final Map<String, String> LOOPS = Map.ofEntries(
            Map.entry("concurrent-cron-job-syncs", "cronjob-controller"),
            Map.entry("concurrent-daemonset-syncs", "daemonset-controller"),
            Map.entry("concurrent-deployment-syncs", "deployment-controller"),
            Map.entry("concurrent-device-taint-eviction-syncs", "device-taint-eviction-controller"),
            Map.entry("concurrent-endpoint-syncs", "endpoints-controller"),
            Map.entry("concurrent-ephemeralvolume-syncs", "ephemeral-volume-controller"),
            Map.entry("concurrent-gc-syncs", "garbage-collector-controller"),
            Map.entry("concurrent-horizontal-pod-autoscaler-syncs", "horizontalpodautoscaler"),
            Map.entry("concurrent-job-syncs", "job-controller"),
            Map.entry("concurrent-namespace-syncs", "namespace-controller"),
            Map.entry("concurrent-rc-syncs", "replication-controller"),
            Map.entry("concurrent-replicaset-syncs", "replicaset-controller"),
            Map.entry("concurrent-resourceclaim-syncs", "resourceclaim-controller"),
            Map.entry("concurrent-resource-quota-syncs", "resourcequota-controller"),
            Map.entry("concurrent-service-endpoint-syncs", "endpointslice-controller"),
            Map.entry("concurrent-serviceaccount-token-syncs", "serviceaccount-token-controller"),
            Map.entry("concurrent-statefulset-syncs", "statefulset-controller"),
            Map.entry("concurrent-ttl-after-finished-syncs", "ttl-after-finished-controller"),
            Map.entry("mirroring-concurrent-service-endpoint-syncs", "endpointslice-mirroring-controller"));

    private ConcurrentSyncs() {
    }

    /// The number of workers that is asked for, by the name of the controller's loop; the others have their own.
    ///
    /// @param given the value of an argument
    /// @throws IllegalArgumentException for what is no number from 1 to 1 000; the message says what to type
    public static Map<String, Integer> byLoop(Function<String, Optional<String>> given) {
        Map<String, Integer> workers = new HashMap<>();
        LOOPS.forEach((name, loop) -> given.apply(name).ifPresent(v -> workers.put(loop, number(name, v))));
        return Map.copyOf(workers);
    }

    private static int number(String name, String value) {
        try {
            int number = Integer.parseInt(value);
            if (number >= 1 && number <= MOST) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException(FLAG + name + "=" + value + " must be a whole number from 1 to " + MOST
                + "; try " + FLAG + name + "=5");
    }
}
