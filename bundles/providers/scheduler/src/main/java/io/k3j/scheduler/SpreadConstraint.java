package io.k3j.scheduler;

import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One of a pod's topology spread constraints:
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/>.
record SpreadConstraint(long maxSkew, String topologyKey, boolean hard, Selector selector, long minDomains,
        boolean honorsAffinity, boolean honorsTaints) {
    static List<SpreadConstraint> of(Obj pod) {
        List<SpreadConstraint> all = new ArrayList<>();
        for (Struct c : pod.spec().seq("topologySpreadConstraints").structs()) {
            Map<String, String> labels = pod.labels();
            Selector given = c.has("labelSelector") ? Selector.of(c.struct("labelSelector")) : Selector.NOTHING;
            List<Selector.Requirement> wanted = new ArrayList<>(given.requirements());
            c.seq("matchLabelKeys").texts().stream().filter(labels::containsKey).forEach(k -> wanted
                    .add(new Selector.Requirement(k, Selector.Operator.IN, Set.of(labels.get(k)))));
            all.add(new SpreadConstraint(c.whole("maxSkew", 1), c.text("topologyKey"),
                    !c.text("whenUnsatisfiable").equals("ScheduleAnyway"), new Selector(List.copyOf(wanted)),
                    c.whole("minDomains", 1), !c.text("nodeAffinityPolicy").equals("Ignore"),
                    c.text("nodeTaintsPolicy").equals("Honor")));
        }
        return List.copyOf(all);
    }
}
