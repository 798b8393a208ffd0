package io.k3j.kuberuntime;

import io.k3j.model.Obj;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.Sandbox;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the runtime holds of one pod, at one time. A value: it does not change, and is old as soon as it is made.
/// Upstream's `PodStatus` of `kubecontainer`.
///
/// @param sandboxes the newest first; only the first one with its addresses
/// @param containers by name, the newest first, with how they ended
public record PodRuntime(List<Sandbox> sandboxes, Map<String, List<Container>> containers) {
    /// Nothing.
    public static final PodRuntime EMPTY = new PodRuntime(List.of(), Map.of());

    /// Asks the runtime; blocks for several of its calls. Containers in a list come without their ends, so each is
    /// asked for once more; one that goes away meanwhile is left out.
    /// @param uid of the pod
    /// @throws io.k3j.nodeapi.RuntimeFault when it does not answer
    public static PodRuntime read(ContainerRuntime runtime, String uid) {
        Map<String, String> labels = Labels.ofPod(uid);
        List<Sandbox> sandboxes = new ArrayList<>(runtime.sandboxes(labels));
        sandboxes.sort(Comparator.comparingInt(Sandbox::attempt).thenComparing(Sandbox::created).reversed());
        if (!sandboxes.isEmpty()) {
            runtime.sandbox(sandboxes.getFirst().id()).ifPresent(s -> sandboxes.set(0, s));
        }
        Map<String, List<Container>> containers = new HashMap<>();
        for (Container listed : runtime.containers(labels)) {
            runtime.container(listed.id()).map(c -> in(listed.sandbox(), c)).ifPresent(c -> containers
                    .computeIfAbsent(c.labels().getOrDefault(Labels.CONTAINER, c.name()), n -> new ArrayList<>())
                    .add(c));
        }
        containers.values().forEach(l -> l.sort(Comparator.comparingInt(Container::attempt).reversed()));
        return new PodRuntime(List.copyOf(sandboxes), containers);
    }

    /// The same container, told which sandbox it is in. The runtime's answer for one container does not say it.
    private static Container in(String sandbox, Container c) {
        return new Container(c.id(), sandbox, c.name(), c.attempt(), c.state(), c.image(), c.labels(), c.annotations(),
                c.end(), c.told());
    }

    /// The sandbox in use, if it runs. Only the newest counts: one before it is on its way out.
    public Optional<Sandbox> ready() {
        return sandboxes.stream().findFirst().filter(Sandbox::ready);
    }

    /// The newest container of a name. It may be in any state, and in a sandbox of before.
    public Optional<Container> newest(String name) {
        return containers.getOrDefault(name, List.of()).stream().findFirst();
    }

    /// The newest container of a name in the sandbox in use. Empty without a sandbox that runs: whatever is left of it
    /// is to be made again.
    public Optional<Container> current(String name) {
        return newest(name).filter(c -> ready().map(s -> s.id().equals(c.sandbox())).orElse(false));
    }

    /// Every container.
    public List<Container> all() {
        return containers.values().stream().flatMap(List::stream).toList();
    }

    /// Every container that runs.
    public List<Container> running() {
        return all().stream().filter(Container::running).toList();
    }

    /// Whether each container of a pod has been started, and one runs still. Init containers and ephemeral ones do not
    /// count; a pod of this kind has the phase `Running`.
    public boolean runs(Obj pod) {
        List<Optional<Container>> newest = PodSpecs.containers(pod).stream().map(c -> newest(c.text("name"))).toList();
        return newest.stream().allMatch(c -> c.filter(s -> s.running() || s.exited()).isPresent())
                && newest.stream().anyMatch(c -> c.filter(Container::running).isPresent());
    }

    /// The pod's addresses. The primary first; empty on the node's network.
    public List<String> addresses() {
        return sandboxes.isEmpty() ? List.of() : sandboxes.getFirst().addresses();
    }
}
