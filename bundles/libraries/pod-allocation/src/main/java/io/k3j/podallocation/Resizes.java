package io.k3j.podallocation;

import io.k3j.cgroups.Cgroups;
import io.k3j.cgroups.ContainerResources;
import io.k3j.kuberuntime.Labels;
import io.k3j.kuberuntime.PodRuntime;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.ContainerUsage;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.podstatus.PodStatus;
import io.k3j.podstatus.ResizeStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// In-place resize of one pod: the requested, the allocated and the effective resources of its containers, and of the
/// pod as a whole where it has some. The allocation is not stored: the status in the API gives a later kubelet the
/// effective resources, and a pending request is decided again. On the pod's thread. See
/// <https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/>.
public final class Resizes {
    /// The delay before a failed resize is tried again.
    public static final Duration RETRY = Duration.ofSeconds(5);
    /// Stands for the pod as a whole among the names of its containers.
    private static final String POD = "";
    private final Node node;
    private final Map<String, Struct> given = new HashMap<>();
    private final Map<String, Struct> applied = new HashMap<>();
    /// What the control group of the pod has, where the pod as a whole has resources.
    private Struct appliedToPod = Struct.EMPTY;
    private final ResizeProgress progress;
    private Struct decided = Struct.EMPTY;
    /// With its allocated resources.
    private Obj allocated = Obj.of(Struct.EMPTY);

    /// What a resize needs of its node.
    public interface Node {
        /// What the node has for its pods.
        NodeAllocations room();

        /// The control groups of pods.
        Cgroups cgroups();

        /// What runs the containers.
        ContainerRuntime runtime();

        /// Why a running pod cannot have the resources it asks for; it has them when this is empty, as by
        /// [NodeAllocations#tryResize].
        ///
        /// @param given the pod with what it has
        Optional<PodStatus.Waiting> resize(Obj given, Obj changed);

        /// What a runtime is told of a container's resources.
        Struct limits(Obj pod, Struct container);

        /// Records an event of a pod.
        void tell(Obj pod, boolean warning, String reason, String message);
    }

    /// Of a pod that was not seen yet.
    public Resizes(Node node) {
        this.node = node;
        this.progress = new ResizeProgress(node);
    }

    /// Decides whether a running pod gets the resources it requests.
    /// @param runs whether it is to run
    /// @param counts whether other pods have no room where it runs: not once it has left the API
    /// @return the pod with its allocated resources instead of the requested ones
    public Obj decide(Obj pod, PodRuntime seen, boolean runs, boolean counts) {
        if (given.isEmpty()) {
            resizable(pod).forEach(c -> given.put(c.text("name"), adopted(pod, c)));
            if (!PodSpecs.resources(pod).isEmpty()) {
                appliedToPod = pod.status().has("resources") ? pod.status().struct("resources")
                        : PodSpecs.resources(pod);
                given.put(POD, appliedToPod);
            }
            if (runs || counts && !seen.running().isEmpty()) {
                node.room().allocate(with(pod, given));
            }
        }
        observe(seen);
        Struct asked = pod.spec();
        if (!runs) {
            node.room().settle(pod.uid());
        } else if (progress.pending() || !asked.equals(decided)) {
            decided = asked;
            requestResize(pod);
        }
        allocated = with(pod, given);
        return allocated;
    }

    private static Struct adopted(Obj pod, Struct container) {
        return Stream.of("containerStatuses", "initContainerStatuses")
                .map(list -> pod.status().seq(list).find("name", container.text("name")))
                .filter(s -> s.has("containerID") && s.has("resources")).map(s -> s.struct("resources")).findFirst()
                .orElse(container.struct("resources"));
    }

    private static List<Struct> resizable(Obj pod) {
        List<Struct> all = new ArrayList<>(PodSpecs.containers(pod));
        all.addAll(PodSpecs.initContainers(pod));
        return all;
    }

    /// Records new containers: they were started with the current allocation.
    private void observe(PodRuntime seen) {
        Map<String, Struct> running = new HashMap<>();
        seen.running().forEach(c -> Optional.ofNullable(given.get(name(c)))
                .ifPresent(g -> running.put(c.id(), applied.getOrDefault(c.id(), g))));
        applied.clear();
        applied.putAll(running);
    }

    private static String name(Container c) {
        return c.labels().getOrDefault(Labels.CONTAINER, c.name());
    }

    private void requestResize(Obj pod) {
        Map<String, Struct> wanted = new HashMap<>();
        resizable(pod).forEach(c -> wanted.put(c.text("name"), c.struct("resources")));
        if (!PodSpecs.resources(pod).isEmpty()) {
            wanted.put(POD, PodSpecs.resources(pod));
        }
        if (wanted.equals(given)) {
            progress.settle();
            node.room().settle(pod.uid());
            return;
        }
        boolean same = wanted.keySet().stream().allMatch(
                n -> Requirements.same(Objects.requireNonNull(wanted.get(n)), given.getOrDefault(n, Struct.EMPTY)));
        Obj asked = with(pod, wanted);
        Optional<PodStatus.Waiting> refusal = node.resize(with(pod, given), asked);
        if (refusal.isPresent()) {
            progress.refuse(asked, refusal.get());
            return;
        }
        given.putAll(wanted);
        if (same) {
            progress.settle();
        } else {
            progress.grant(asked);
        }
    }

    /// Why a running container must be restarted to get its allocation; empty when it need not.
    public String restart(Obj pod, Container c) {
        Struct spec = PodSpecs.container(pod, name(c));
        Struct now = applied.getOrDefault(c.id(), spec.struct("resources"));
        boolean restart = Requirements.RESIZABLE.stream()
                .anyMatch(r -> Requirements.differ(now, spec.struct("resources"), r) && spec.seq("resizePolicy")
                        .find("resourceName", r).text("restartPolicy").equals("RestartContainer"));
        return restart ? "Container " + name(c) + " resize requires restart" : "";
    }

    /// Applies the allocation without restarts: first the pod's cgroup gets the maximum of old and new, then its
    /// containers get the new limits, then the pod does. A child limit never exceeds its parent's.
    /// @return whether a retry is needed
    public boolean apply(Obj pod, PodRuntime seen) {
        List<Container> due = outdated(seen);
        List<Container> now = due.stream().filter(c -> restart(pod, c).isEmpty()).toList();
        List<String> excesses = new ArrayList<>(excess(pod, seen));
        now.forEach(c -> excesses.addAll(excess(pod, c)));
        if (!excesses.isEmpty()) {
            progress.fail(pod, "cannot decrease memory limits: "
                    + (excesses.size() == 1 ? excesses.getFirst() : "[" + String.join(", ", excesses) + "]"));
            return true;
        }
        boolean fine = true;
        if (progress.running()) {
            Map<String, Struct> larger = new HashMap<>(given);
            due.forEach(c -> larger.compute(name(c), (n, g) -> Requirements.larger(Objects.requireNonNull(given.get(n)),
                    Objects.requireNonNull(applied.get(c.id())))));
            larger.computeIfPresent(POD, (_, g) -> appliedToPod.isEmpty() ? g : Requirements.larger(g, appliedToPod));
            fine = attempt(pod, () -> {
                node.cgroups().resize(with(pod, larger));
                now.forEach(c -> update(pod, c));
                // and so the limits of who has none
                if (!Requirements.same(given.getOrDefault(POD, Struct.EMPTY), appliedToPod)) {
                    seen.running().stream().filter(c -> given.containsKey(name(c)) && !due.contains(c))
                            .forEach(c -> update(pod, c));
                }
            });
        }
        if (progress.running() && fine && outdated(seen).isEmpty()) {
            fine = attempt(pod, () -> {
                node.cgroups().resize(pod);
                appliedToPod = given.getOrDefault(POD, Struct.EMPTY);
                progress.complete(pod);
            });
        }
        return !fine || progress.pending();
    }

    private interface Change {
        void make() throws IOException;
    }

    private boolean attempt(Obj pod, Change change) {
        try {
            change.make();
            return true;
        } catch (IOException | RuntimeFault e) {
            progress.fail(pod, String.valueOf(e.getMessage()));
            return false;
        }
    }

    private List<Container> outdated(PodRuntime seen) {
        return seen.running().stream().filter(c -> applied.containsKey(c.id())
                && !Requirements.same(applied.get(c.id()), given.getOrDefault(name(c), Struct.EMPTY))).toList();
    }

    private void update(Obj pod, Container c) {
        Struct spec = PodSpecs.container(pod, name(c));
        node.runtime().updateResources(c.id(), node.limits(pod, spec));
        applied.put(c.id(), spec.struct("resources"));
    }

    /// Why a memory limit cannot be lowered: the kernel would kill a container that uses more.
    private List<String> excess(Obj pod, Container c) {
        long limit = ContainerResources.memory(PodSpecs.container(pod, name(c)).struct("resources").struct("limits"));
        long before = ContainerResources.memory(Objects.requireNonNull(applied.get(c.id())).struct("limits"));
        if (limit == 0 || before > 0 && limit >= before) {
            return List.of();
        }
        long used = node.runtime().usage().stream().filter(u -> u.id().equals(c.id()))
                .mapToLong(ContainerUsage::memoryBytes).findFirst().orElse(0);
        return used < limit ? List.of() : List.of("attempting to set container \"" + name(c) + "\" memory limit ("
                + limit + ") below current usage (" + used + ")");
    }

    /// The same of the limit of the pod, which its containers may have together.
    private List<String> excess(Obj pod, PodRuntime seen) {
        long limit = ContainerResources.total(pod, "limits", ContainerResources::memory);
        Map<String, Struct> inForce = inForce(seen);
        inForce.computeIfPresent(POD, (_, g) -> appliedToPod);
        long before = ContainerResources.total(with(pod, inForce), "limits", ContainerResources::memory);
        if (!progress.running() || limit == 0 || before > 0 && limit >= before) {
            return List.of();
        }
        List<String> ids = seen.running().stream().map(Container::id).toList();
        long used = node.runtime().usage().stream().filter(u -> ids.contains(u.id()))
                .mapToLong(ContainerUsage::memoryBytes).sum();
        return used < limit ? List.of()
                : List.of("attempting to set pod memory limit (" + limit + ") below current usage (" + used + ")");
    }

    /// What each container has, by its name.
    private Map<String, Struct> inForce(PodRuntime seen) {
        Map<String, Struct> all = new HashMap<>(given);
        seen.running().stream().filter(c -> applied.containsKey(c.id()))
                .forEach(c -> all.put(name(c), Objects.requireNonNull(applied.get(c.id()))));
        return all;
    }

    private static Obj with(Obj pod, Map<String, Struct> resources) {
        Struct whole = resources.getOrDefault(POD, Struct.EMPTY);
        Obj changed = whole.isEmpty() ? pod : pod.with(whole, "spec", "resources");
        for (String list : List.of("containers", "initContainers")) {
            if (pod.spec().has(list)) {
                changed = changed.with(Seq.copyOf(pod.spec().seq(list).structs().stream()
                        .map(c -> resources.containsKey(c.text("name")) && c.has("resources")
                                ? c.with("resources", resources.get(c.text("name"))) : c)
                        .toList()), "spec", list);
            }
        }
        return changed;
    }

    /// The resources and conditions to report.
    public ResizeStatus status(PodRuntime seen) {
        Struct ofPod = given.getOrDefault(POD, Struct.EMPTY);
        Map<String, Struct> effective = new HashMap<>();
        seen.running().forEach(c -> Optional.ofNullable(given.get(name(c))).ifPresent(g -> {
            Struct now = applied.getOrDefault(c.id(), g);
            effective.put(c.id(), Requirements.same(now, g) ? g : now);
        }));
        boolean shown = !outdated(seen).isEmpty() || !Requirements.same(ofPod, appliedToPod);
        Struct whole = !ofPod.isEmpty() ? Requirements.same(ofPod, appliedToPod) ? ofPod : appliedToPod
                : PodTotals.shown(with(allocated, inForce(seen)), allocated.status().text("phase").equals("Running"));
        return new ResizeStatus(Map.copyOf(given), effective, progress.conditions(shown),
                new ResizeStatus.OfPod(PodTotals.requests(allocated), whole));
    }
}
