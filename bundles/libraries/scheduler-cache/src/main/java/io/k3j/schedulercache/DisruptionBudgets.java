package io.k3j.schedulercache;

import io.k3j.model.Obj;
import io.k3j.model.Selector;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The disruption budgets of all namespaces, parsed once for an attempt. Immutable.
public record DisruptionBudgets(List<Budget> all) {
    private record Budget(Obj object, Selector selector, long allowed) {
        /// An eviction that the API server has counted already is not counted again.
        boolean counts(PodInfo pod) {
            return object.namespace().equals(pod.namespace()) && selector.matches(pod.labels())
                    && !object.status().struct("disruptedPods").has(pod.pod().name());
        }
    }

    /// Budgets that select nothing, as those with an empty selector, are left out.
    public static DisruptionBudgets of(List<Obj> objects) {
        List<Budget> all = new ArrayList<>();
        for (Obj object : objects) {
            Selector selector = Selector.of(object.spec().struct("selector"));
            if (!selector.everything() && object.spec().has("selector")) {
                all.add(new Budget(object, selector, object.status().whole("disruptionsAllowed", 0)));
            }
        }
        return new DisruptionBudgets(List.copyOf(all));
    }

    /// Of pods that are evicted together, in this order, those beyond what a budget allows.
    public Set<PodInfo> violatedBy(List<PodInfo> pods) {
        long[] left = all.stream().mapToLong(Budget::allowed).toArray();
        Set<PodInfo> violating = new HashSet<>();
        for (PodInfo pod : pods) {
            // as upstream, a pod without labels is in no budget
            for (int i = 0; i < left.length && !pod.labels().isEmpty(); i++) {
                if (all.get(i).counts(pod) && --left[i] < 0) {
                    violating.add(pod);
                }
            }
        }
        return violating;
    }
}
