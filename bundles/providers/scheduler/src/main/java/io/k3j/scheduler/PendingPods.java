package io.k3j.scheduler;

import io.k3j.metricstext.MetricText;
import io.k3j.metricstext.MetricText.Type;
import java.util.SortedMap;

/// How many pods wait, by where and why.
///
/// @param rejected those that wait after an attempt, by each filter that rejected them, and those with gates
record PendingPods(int active, int backOff, int unschedulable, int gated, SortedMap<Reason, Integer> rejected) {
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
