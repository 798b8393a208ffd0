package io.k3j.scheduler;

import io.k3j.componenthelpers.DeclaredFeatures;
import io.k3j.componenthelpers.RequiredNodeAffinity;
import io.k3j.componenthelpers.Taint;
import io.k3j.componenthelpers.Toleration;
import io.k3j.model.Struct;
import io.k3j.schedulercache.NodeState;
import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulercache.ResourceAmounts;
import io.k3j.schedulercache.ServedPorts;
import io.k3j.schedulercache.Snapshot;
import io.k3j.schedulerconfig.SchedulerProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The filters that depend on one node only, in upstream's order.
final class NodeFilters {
    static final String UNSCHEDULABLE = "NodeUnschedulable";
    static final String NODE_NAME = "NodeName";
    static final String TAINTS = "TaintToleration";
    static final String AFFINITY = "NodeAffinity";
    static final String PORTS = "NodePorts";
    static final String FIT = "NodeResourcesFit";
    static final String FEATURES = "NodeDeclaredFeatures";
    private static final Taint CORDON = new Taint("node.kubernetes.io/unschedulable", "",
            "NoSchedule");
    private static final Rejection CORDONED = Rejection.hard(UNSCHEDULABLE, "node(s) were unschedulable");
    private static final Rejection OTHER_NAME = Rejection.hard(NODE_NAME,
            "node(s) didn't match the requested node name");
    private static final Rejection NOT_WANTED = Rejection.hard(AFFINITY,
            "node(s) didn't match Pod's node affinity/selector");
    private static final Rejection NOT_ENFORCED = Rejection.hard(AFFINITY,
            "node(s) didn't match scheduler-enforced node affinity");
    private static final Rejection TAINTED = Rejection.hard(TAINTS, "node(s) had untolerated taint(s)");
    private static final Rejection PORT_TAKEN = Rejection.soft(PORTS,
            "node(s) didn't have free ports for the requested pod ports");
    private static final Rejection UNABLE = Rejection.hard(FEATURES,
            "node(s) didn't match Pod's required features");

    private NodeFilters() {
    }

    /// Those of a profile that have something to say of a pod.
    ///
    /// @param extended what the pod has as devices of a claim where a node does not offer it
    static List<Filter> of(SchedulerProfile profile, PodInfo pod, ExtendedDemand extended, Snapshot snapshot) {
        List<Filter> all = new ArrayList<>();
        boolean cordonTolerated = Toleration.tolerated(pod.tolerations(), CORDON);
        all.add(new NodeFilter(UNSCHEDULABLE, n -> n.unschedulable() && !cordonTolerated ? CORDONED : null));
        if (!pod.node().isEmpty()) {
            all.add(new NodeFilter(NODE_NAME, n -> n.name().equals(pod.node()) ? null : OTHER_NAME));
        }
        all.add(new NodeFilter(TAINTS, n -> taints(pod, n)));
        RequiredNodeAffinity added = added(profile);
        if (!added.everything() || !pod.affinity().node().everything()) {
            all.add(new NodeFilter(AFFINITY, n -> !added.matches(n.name(), n.labels()) ? NOT_ENFORCED
                    : pod.affinity().allows(n) ? null : NOT_WANTED));
        }
        if (!pod.ports().isEmpty()) {
            Set<String> served = snapshot.served(pod);
            all.add(new NodeFilter(PORTS,
                    n -> portsTaken(pod, n) || ServedPorts.at(n, served) ? PORT_TAKEN : null));
        }
        ResourceAmounts wanted = pod.requests().without(profile.arguments().fit());
        all.add(new NodeFilter(FIT, n -> fit(extended.wanted(wanted, n), n)));
        all.removeIf(filter -> !profile.filters(filter.plugin()));
        return all;
    }

    /// What nodes have to be, whatever a pod of the profile says.
    static RequiredNodeAffinity added(SchedulerProfile profile) {
        Struct added = profile.arguments().addedAffinity();
        return added.isEmpty() ? RequiredNodeAffinity.NONE
                : RequiredNodeAffinity.of(Struct.of("affinity", Struct.of("nodeAffinity", added)));
    }

    /// The filter for what nodes have to declare that they can; null for a pod that needs nothing of the kind.
    static @Nullable Filter features(PodInfo pod) {
        Set<String> needed = DeclaredFeatures.forScheduling(pod.spec());
        return needed.isEmpty() ? null : new NodeFilter(FEATURES, n -> n.declares(needed) ? null : UNABLE);
    }

    /// The rejection of a node with a taint that the pod does not tolerate.
    static @Nullable Rejection taints(PodInfo pod, NodeState node) {
        for (Taint taint : node.taints()) {
            if (!taint.effect().equals("PreferNoSchedule") && !Toleration.tolerated(pod.tolerations(), taint)) {
                return TAINTED;
            }
        }
        return null;
    }

    private static boolean portsTaken(PodInfo pod, NodeState node) {
        for (PodInfo other : node.pods()) {
            for (PodInfo.HostPort theirs : other.ports()) {
                for (PodInfo.HostPort mine : pod.ports()) {
                    if (mine.conflictsWith(theirs)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /// The rejection of a node without room.
    /// @param wanted by the pod, without what is not looked at
    static @Nullable Rejection fit(ResourceAmounts wanted, NodeState node) {
        ResourceAmounts all = node.allocatable();
        ResourceAmounts used = node.requested();
        boolean crowded = node.pods().size() + 1 > node.podLimit();
        boolean fits = wanted.cpuMilli() <= all.cpuMilli() - used.cpuMilli()
                && wanted.memory() <= all.memory() - used.memory()
                && wanted.disk() <= all.disk() - used.disk() && wanted.others().isEmpty();
        if (!crowded && (fits || wanted.nothing())) {
            return null;
        }
        return shortage(wanted, all, used, crowded);
    }

    private static @Nullable Rejection shortage(ResourceAmounts wanted, ResourceAmounts all, ResourceAmounts used,
            boolean crowded) {
        List<String> reasons = new ArrayList<>();
        boolean never = false;
        if (crowded) {
            reasons.add("Too many pods");
        }
        never |= lacks(reasons, "cpu", wanted.cpuMilli(), all.cpuMilli(), used.cpuMilli());
        never |= lacks(reasons, "memory", wanted.memory(), all.memory(), used.memory());
        never |= lacks(reasons, "ephemeral-storage", wanted.disk(), all.disk(), used.disk());
        for (Map.Entry<String, Long> e : wanted.others().entrySet()) {
            never |= lacks(reasons, e.getKey(), e.getValue(), all.others().getOrDefault(e.getKey(), 0L),
                    used.others().getOrDefault(e.getKey(), 0L));
        }
        return reasons.isEmpty() ? null : new Rejection(FIT, reasons, !never);
    }

    /// Adds a reason when a resource is insufficient.
    /// @return whether the resource would not suffice on the empty node either
    private static boolean lacks(List<String> reasons, String what, long wanted, long all, long used) {
        if (wanted == 0 || wanted <= all - used) {
            return false;
        }
        reasons.add("Insufficient " + what);
        return wanted > all;
    }
}
