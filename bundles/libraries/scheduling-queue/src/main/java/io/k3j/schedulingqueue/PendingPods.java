package io.k3j.schedulingqueue;

import io.k3j.metricstext.MetricText;
import io.k3j.metricstext.MetricText.Type;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/// How many pods wait, by where and why.
///
/// @param rejected those that wait after an attempt, by each filter that rejected them, and those with gates
public record PendingPods(int active, int backOff, int unschedulable, int gated, SortedMap<Reason, Integer> rejected) {
    private static final String GATES = "SchedulingGates";

    /// Why pods wait.
    ///
    /// @param profile by which they are scheduled
    record Reason(String plugin, String profile) implements Comparable<Reason> {
        @Override
        public int compareTo(Reason other) {
            int byPlugin = plugin.compareTo(other.plugin);
            return byPlugin == 0 ? profile.compareTo(other.profile) : byPlugin;
        }
    }

    /// @param gated the profiles of pods that have gates
    static SortedMap<Reason, Integer> reasons(Collection<QueuedPod> pods, Collection<String> gated) {
        SortedMap<Reason, Integer> rejected = new TreeMap<>();
        pods.forEach(e -> e.plugins.forEach(
                p -> rejected.merge(new Reason(p, e.pod.schedulerName()), 1, Integer::sum)));
        gated.forEach(p -> rejected.merge(new Reason(GATES, p), 1, Integer::sum));
        return rejected;
    }

    void to(MetricText text) {
        text.family("scheduler_pending_pods", Type.GAUGE, "Number of pending pods, by the queue type. 'active' means"
                + " number of pods in activeQ; 'backoff' means number of pods in backoffQ; 'unschedulable' means number"
                + " of pods in unschedulablePods that the scheduler attempted to schedule and failed; 'gated' is the"
                + " number of unschedulable pods that the scheduler never attempted to schedule because they are"
                + " gated.").value(active, "queue", "active").value(backOff, "queue", "backoff")
                .value(gated, "queue", "gated").value(unschedulable, "queue", "unschedulable");
        text.family("scheduler_unschedulable_pods", Type.GAUGE, "The number of unschedulable pods broken down by plugin"
                + " name. A pod will increment the gauge for all plugins that caused it to not schedule and so this"
                + " metric have meaning only when broken down by plugin.");
        rejected.forEach((why, n) -> text.value(n, "plugin", why.plugin(), "profile", why.profile()));
    }
}
