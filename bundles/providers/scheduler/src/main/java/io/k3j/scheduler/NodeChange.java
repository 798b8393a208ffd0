package io.k3j.scheduler;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.HashSet;
import java.util.Set;

/// Which filters look at what has changed of a node. Pure.
final class NodeChange {
    private static final String FEATURES = "declaredFeatures";
    /// By which Services show that they have ports there.
    private static final String ADDRESSES = "addresses";

    private NodeChange() {
    }

    /// Whether nothing has changed that the scheduler looks at.
    static boolean none(Obj before, Obj after) {
        Struct old = before.status();
        Struct now = after.status();
        return before.spec().equals(after.spec())
                && before.metadata().struct("labels").equals(after.metadata().struct("labels"))
                && old.struct("allocatable").equals(now.struct("allocatable"))
                && old.seq(FEATURES).equals(now.seq(FEATURES)) && old.seq("images").equals(now.seq("images"))
                && old.seq(ADDRESSES).equals(now.seq(ADDRESSES));
    }

    /// The filters that the change may have made more lenient.
    static Set<String> helped(Obj before, Obj after) {
        Set<String> helped = new HashSet<>();
        if (!before.status().struct("allocatable").equals(after.status().struct("allocatable"))) {
            helped.addAll(Set.of(NodeFilters.FIT, DeviceFilter.NAME));
        }
        if (!before.status().seq(FEATURES).equals(after.status().seq(FEATURES))) {
            helped.add(NodeFilters.FEATURES);
        }
        if (!before.status().seq(ADDRESSES).equals(after.status().seq(ADDRESSES))) {
            helped.add(NodeFilters.PORTS);
        }
        if (!before.metadata().struct("labels").equals(after.metadata().struct("labels"))) {
            helped.addAll(VolumeEvents.STORAGE);
            helped.addAll(Set.of(NodeFilters.AFFINITY, PodAffinityFilter.NAME, SpreadFilter.NAME,
                    DeviceFilter.NAME));
        }
        if (!before.spec().equals(after.spec())) {
            helped.addAll(Set.of(NodeFilters.TAINTS, NodeFilters.UNSCHEDULABLE, SpreadFilter.NAME));
        }
        return helped;
    }
}
