package io.k3j.scheduler;

import io.k3j.schedulercache.NodeState;
import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulercache.Snapshot;
import io.k3j.schedulerconfig.ExtenderConfig;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The extenders of the configuration, asked one after the other, each about what those before it have left. Who may be
/// ignored is when it fails; another one's failure is that of the attempt. Any thread; blocks for the network.
final class Extenders implements AutoCloseable {
    /// Nobody is asked.
    static final Extenders NONE = new Extenders(List.of());
    /// What the best score of an extender is worth beside one of a plug-in: 100 by 10.
    private static final long SCALE = 10;
    private static final System.Logger LOG = System.getLogger("io.k3j.scheduler");
    private final List<Extender> all;

    private Extenders(List<Extender> all) {
        this.all = List.copyOf(all);
    }

    /// Connects to nobody yet.
    /// @throws IllegalArgumentException for certificates that cannot be used
    static Extenders of(List<ExtenderConfig> configs) {
        return configs.isEmpty() ? NONE
                : new Extenders(configs.stream().map(c -> new Extender(c, new ExtenderClient(c))).toList());
    }

    /// Which of some nodes are feasible, and why others are not.
    /// @throws ExtenderFailure when one fails that may not be ignored
    Extender.Filtered filter(PodInfo pod, List<NodeState> nodes) {
        List<NodeState> left = nodes;
        Map<String, Rejection> rejections = new HashMap<>();
        for (Extender extender : all) {
            if (left.isEmpty() || !extender.interested(pod)) {
                continue;
            }
            try {
                Extender.Filtered filtered = extender.filter(pod, left);
                left = filtered.feasible();
                rejections.putAll(filtered.rejections());
            } catch (ExtenderFailure e) {
                ignore(extender, e);
            }
        }
        return new Extender.Filtered(left, rejections);
    }

    private static void ignore(Extender extender, ExtenderFailure e) {
        if (!extender.config().ignorable()) {
            throw e;
        }
        LOG.log(Level.WARNING, "Skipping extender as it returned error and has ignorable flag set extender="
                + extender.config().url() + " error=" + e.getMessage());
    }

    /// Adds scores; who fails to give some gives none.
    void prioritize(double[] totals, PodInfo pod, List<NodeState> nodes) {
        for (Extender extender : all) {
            if (extender.config().verbs().prioritize().isEmpty() || !extender.interested(pod)) {
                continue;
            }
            try {
                Map<String, Long> scores = extender.prioritize(pod, nodes);
                for (int i = 0; i < totals.length; i++) {
                    totals[i] += SCALE * extender.config().weight() * scores.getOrDefault(nodes.get(i).name(), 0L);
                }
            } catch (ExtenderFailure e) {
                LOG.log(Level.DEBUG, "Failed to run extender's priority function extender={0} error={1}",
                        extender.config().url(), e.getMessage());
            }
        }
    }

    /// Has the pod bound by the extender that binds pods like it.
    /// @return whether there is one, and it has bound the pod
    /// @throws ExtenderFailure when it fails and may not be ignored
    boolean bind(PodInfo pod, String node) {
        Optional<Extender> binder = all.stream()
                .filter(e -> !e.config().verbs().bind().isEmpty() && e.interested(pod)).findFirst();
        if (binder.isEmpty()) {
            return false;
        }
        try {
            binder.get().bind(pod, node);
            return true;
        } catch (ExtenderFailure e) {
            ignore(binder.get(), e);
            return false;
        }
    }

    /// Which candidates of a preemption are left, with the victims that are wanted.
    /// @throws ExtenderFailure when one fails that may not be ignored
    List<Preemption.Candidate> preempt(PodInfo pod, List<Preemption.Candidate> candidates, Snapshot snapshot) {
        List<Preemption.Candidate> left = new ArrayList<>(candidates);
        for (Extender extender : all) {
            if (left.isEmpty() || extender.config().verbs().preempt().isEmpty() || !extender.interested(pod)) {
                continue;
            }
            try {
                left = extender.preempt(pod, left, snapshot);
            } catch (ExtenderFailure e) {
                ignore(extender, e);
            }
        }
        return left;
    }

    @Override
    public void close() {
        all.forEach(e -> e.client().close());
    }
}
