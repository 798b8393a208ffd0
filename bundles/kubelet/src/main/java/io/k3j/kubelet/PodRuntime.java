package io.k3j.kubelet;

import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.Sandbox;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the runtime holds of one pod.
///
/// @param sandboxes the newest first; only the first one with its addresses
/// @param containers by name, the newest first, with how they ended
record PodRuntime(List<Sandbox> sandboxes, Map<String, List<Container>> containers) {
    /// Nothing.
    static final PodRuntime EMPTY = new PodRuntime(List.of(), Map.of());

    /// Asks the runtime.
    static PodRuntime read(ContainerRuntime runtime, String uid) {
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

    /// The same container, told which sandbox it is in.
    private static Container in(String sandbox, Container c) {
        return new Container(c.id(), sandbox, c.name(), c.attempt(), c.state(), c.image(), c.labels(), c.annotations(),
                c.end());
    }

    /// The sandbox in use, if it runs.
    Optional<Sandbox> ready() {
        return sandboxes.stream().findFirst().filter(Sandbox::ready);
    }

    /// The newest container of a name.
    Optional<Container> newest(String name) {
        return containers.getOrDefault(name, List.of()).stream().findFirst();
    }

    /// The newest container of a name in the sandbox in use.
    Optional<Container> current(String name) {
        return newest(name).filter(c -> ready().map(s -> s.id().equals(c.sandbox())).orElse(false));
    }

    /// Every container.
    List<Container> all() {
        return containers.values().stream().flatMap(List::stream).toList();
    }

    /// Every container that runs.
    List<Container> running() {
        return all().stream().filter(Container::running).toList();
    }

    /// The pod's addresses.
    List<String> addresses() {
        return sandboxes.isEmpty() ? List.of() : sandboxes.getFirst().addresses();
    }
}
