package io.k3j.kuberuntime;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How often all containers of a pod were restarted together, by rules with the action `RestartAllContainers`
/// (<https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-all-containers>). The sandbox, its
/// addresses and the volumes stay; init containers run again. Ephemeral containers have no part in it. Pure.
///
/// Each container bears the count it was made at. One that ends by such a rule makes the next count begin; who bears a
/// lower one is of before: it is ended, and then counts as if it had not been.
///
/// @param runtime what it holds of the pod
/// @param count how often, with the one that is going on
/// @param begun whether it has begun and nothing was started again yet
public record PodRestart(PodRuntime runtime, int count, boolean begun) {
    /// What people are told of it.
    public static final String WHY = "container exited with restart policy rule";

    /// As the runtime holds it.
    public static PodRestart of(Obj pod, PodRuntime runtime) {
        List<Struct> specs = new ArrayList<>(PodSpecs.initContainers(pod));
        specs.addAll(PodSpecs.containers(pod));
        int last = specs.stream().flatMap(spec -> runtime.newest(spec.text("name")).stream())
                .mapToInt(PodRestart::count).max().orElse(0);
        boolean begun = specs.stream().anyMatch(spec -> runtime.newest(spec.text("name"))
                .filter(c -> count(c) == last && c.exited() && RestartRules.restartsAll(spec, c.end().exitCode()))
                .isPresent());
        return new PodRestart(runtime, begun ? last + 1 : last, begun);
    }

    /// Whether a pod has such a rule at all.
    public static boolean possible(Obj pod) {
        return PodSpecs.initContainers(pod).stream().anyMatch(RestartRules::mayRestartAll)
                || PodSpecs.containers(pod).stream().anyMatch(RestartRules::mayRestartAll);
    }

    private static int count(Container c) {
        try {
            return Integer.parseInt(c.annotations().getOrDefault(Labels.POD_RESTARTS, "0"));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /// Whether a container that is no ephemeral one was made before the last restart of all.
    public boolean former(Container c) {
        return count(c) < count;
    }

    /// Containers of before that run, and have to end first.
    public List<Container> ending(Obj pod) {
        List<String> ephemeral = PodSpecs.ephemeralContainers(pod).stream().map(c -> c.text("name")).toList();
        return runtime.running().stream()
                .filter(c -> former(c) && !ephemeral.contains(c.labels().getOrDefault(Labels.CONTAINER, c.name())))
                .toList();
    }

    /// The newest container of a name, unless it is of before.
    public Optional<Container> newest(String name) {
        return runtime.newest(name).filter(c -> !former(c));
    }

    /// The newest container of a name in the sandbox in use, unless it is of before.
    public Optional<Container> current(String name) {
        return runtime.current(name).filter(c -> !former(c));
    }

    /// A configuration for the runtime that bears the count.
    public Struct mark(Struct config) {
        return count == 0 ? config : config.withAt(Integer.toString(count), "annotations", Labels.POD_RESTARTS);
    }
}
