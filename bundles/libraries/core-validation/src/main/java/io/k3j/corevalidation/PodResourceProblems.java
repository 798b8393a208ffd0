package io.k3j.corevalidation;

import io.k3j.apimachinery.Quantity;
import io.k3j.componenthelpers.ContainerAggregate;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Map;

/// What can be wrong with the resources of a pod as a whole, as upstream's `validatePodResources`: they are those of a
/// container, of fewer kinds, and enough for the containers. Pure. See
/// <https://kubernetes.io/docs/tasks/configure-pod-container/assign-pod-level-resources/>.
final class PodResourceProblems {
    private static final ContainerAggregate<Quantity> SUM = new ContainerAggregate<>(Quantity.ZERO, Quantity::add,
            (a, b) -> a.compareTo(b) < 0 ? b : a);
    private static final String RESOURCES = "resources";
    private static final String LIMITS = "limits";

    private PodResourceProblems() {
    }

    /// @param p the spec
    static void check(Struct spec, Problems p) {
        if (!spec.has(RESOURCES)) {
            return;
        }
        Struct own = spec.struct(RESOURCES);
        Problems at = p.at(RESOURCES);
        if (spec.struct("os").text("name").equals("windows")) {
            at.forbidden("may not be set for a windows pod");
            return;
        }
        if (own.has("claims")) {
            at.at("claims").forbidden("claims may not be set for Resources at pod-level");
        }
        ResourceProblems.ofPod(own, at);
        if (at.full()) {
            return;
        }
        covered(spec, "requests", own.struct("requests").names(), at);
        covered(spec, LIMITS, own.struct(LIMITS).names().stream()
                .filter(name -> name.startsWith(ResourceTraits.HUGE_PAGES)).toList(), at);
        Seq containers = spec.seq("containers");
        for (int i = 0; i < containers.size() && !p.full(); i++) {
            Struct limits = containers.struct(i).struct(RESOURCES).struct(LIMITS);
            Problems container = at.at("containers", i);
            limits.names().stream().filter(own.struct(LIMITS)::has)
                    .forEach(name -> within(limits, own.struct(LIMITS), name, container));
        }
    }

    /// Whether amounts are enough for the containers together. What cannot be read is told already, here and below.
    private static void covered(Struct spec, String which, List<String> names, Problems p) {
        Map<String, Struct> parts = ContainerAggregate.byName(spec, c -> c.struct(RESOURCES).struct(which));
        for (String name : names) {
            try {
                Quantity own = Quantity.of(spec.struct(RESOURCES).struct(which).get(name));
                Quantity together = SUM.of(parts.getOrDefault(name, Struct.EMPTY),
                        c -> Quantity.of(c.struct(RESOURCES).struct(which).get(name)));
                if (together.compareTo(own) > 0) {
                    p.at(which).key(name).invalid(own.toString(),
                            "must be greater than or equal to aggregate container " + which + " of " + together);
                }
            } catch (IllegalArgumentException e) {
                // compares with nothing
            }
        }
    }

    /// Whether a container's limit is none above the pod's.
    private static void within(Struct limits, Struct most, String name, Problems p) {
        try {
            Quantity limit = Quantity.of(limits.get(name));
            if (limit.compareTo(Quantity.of(most.get(name))) > 0) {
                p.key(name).at(LIMITS).invalid(limit.toString(),
                        "must be less than or equal to pod limits of " + Quantity.of(most.get(name)));
            }
        } catch (IllegalArgumentException e) {
            // compares with nothing
        }
    }
}
