package io.k3j.schedulercache;

import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import io.k3j.schedulerconfig.PluginArguments;
import io.k3j.schedulerconfig.SchedulerProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One of a pod's topology spread constraints:
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/>.
public record SpreadConstraint(long maxSkew, String topologyKey, boolean hard, Selector selector, long minDomains,
        boolean honorsAffinity, boolean honorsTaints) {
    /// The label that tells nodes apart.
    public static final String HOST = "kubernetes.io/hostname";
    private static final String ZONE = "topology.kubernetes.io/zone";

    /// A pod's own ones, or those that its profile has for pods without any, among the pods that
    /// [Snapshot#siblings] says; none where these are everybody.
    public static List<SpreadConstraint> of(SchedulerProfile profile, PodInfo pod, Snapshot snapshot) {
        if (!pod.spread().isEmpty()) {
            return pod.spread();
        }
        PluginArguments.Spread defaults = profile.arguments().spread();
        if (!defaults.system() && defaults.constraints().isEmpty()) {
            return List.of();
        }
        Selector siblings = snapshot.siblings(pod);
        if (siblings.everything()) {
            return List.of();
        }
        return defaults.system() ? List.of(soft(3, HOST, siblings), soft(5, ZONE, siblings))
                : defaults.constraints().stream().map(c -> new SpreadConstraint(c.maxSkew(), c.topologyKey(), c.hard(),
                        siblings, 1, true, false)).toList();
    }

    /// One of upstream's `systemDefaultConstraints`.
    private static SpreadConstraint soft(long maxSkew, String topologyKey, Selector siblings) {
        return new SpreadConstraint(maxSkew, topologyKey, false, siblings, 1, true, false);
    }

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
