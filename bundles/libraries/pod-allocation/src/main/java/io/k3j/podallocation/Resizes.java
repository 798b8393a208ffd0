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
import java.util.TreeMap;
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
    private Optional<PodStatus.Waiting> pending = Optional.empty();
    private String error = "";
    private boolean inProgress;
    private Struct decided = Struct.EMPTY;

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
        Optional<PodStatus.Waiting> resize(Obj changed);

        /// What a runtime is told of a container's resources.
        Struct limits(Obj pod, Struct container);

        /// Records an event of a pod.
        void tell(Obj pod, boolean warning, String reason, String message);
    }

    /// Of a pod that was not seen yet.
    public Resizes(Node node) {
        this.node = node;
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
        } else if (pending.isPresent() || !asked.equals(decided)) {
            decided = asked;
            requestResize(pod);
        }
        return with(pod, given);
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
            pending = Optional.empty();
            node.room().settle(pod.uid());
            return;
        }
        boolean same = wanted.keySet().stream().allMatch(
                n -> Requirements.same(Objects.requireNonNull(wanted.get(n)), given.getOrDefault(n, Struct.EMPTY)));
        Optional<PodStatus.Waiting> refusal = node.resize(with(pod, wanted));
        if (refusal.isPresent()) {
            if (!refusal.equals(pending)) {
                node.tell(pod, true, "Resize" + refusal.get().reason(), refusal.get().message());
            }
            pending = refusal;
            return;
        }
        pending = Optional.empty();
        given.putAll(wanted);
        if (!same) {
            inProgress = true;
            node.tell(pod, false, "ResizeStarted", "Pod resize started");
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
        error = now.stream().map(c -> excess(pod, c)).filter(e -> !e.isEmpty()).findFirst()
                .orElseGet(() -> excess(seen));
        if (inProgress && error.isEmpty()) {
            Map<String, Struct> larger = new HashMap<>(given);
            due.forEach(c -> larger.compute(name(c), (n, g) -> Requirements.larger(Objects.requireNonNull(given.get(n)),
                    Objects.requireNonNull(applied.get(c.id())))));
            larger.computeIfPresent(POD, (_, g) -> appliedToPod.isEmpty() ? g : Requirements.larger(g, appliedToPod));
            attempt(() -> {
                node.cgroups().resize(with(pod, larger));
                now.forEach(c -> update(pod, c));
                // and so the limits of who has none
                if (!Requirements.same(given.getOrDefault(POD, Struct.EMPTY), appliedToPod)) {
                    seen.running().stream().filter(c -> given.containsKey(name(c)) && !due.contains(c))
                            .forEach(c -> update(pod, c));
                }
            });
        }
        if (inProgress && error.isEmpty() && outdated(seen).isEmpty()) {
            attempt(() -> {
                node.cgroups().resize(pod);
                appliedToPod = given.getOrDefault(POD, Struct.EMPTY);
                inProgress = false;
                node.tell(pod, false, "ResizeCompleted", "Pod resize completed");
            });
        }
        return !error.isEmpty() || pending.isPresent();
    }

    private interface Change {
        void make() throws IOException;
    }

    private void attempt(Change change) {
        try {
            change.make();
        } catch (IOException | RuntimeFault e) {
            error = String.valueOf(e.getMessage());
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
    private String excess(Obj pod, Container c) {
        long limit = ContainerResources.memory(PodSpecs.container(pod, name(c)).struct("resources").struct("limits"));
        long before = ContainerResources.memory(Objects.requireNonNull(applied.get(c.id())).struct("limits"));
        if (limit == 0 || before > 0 && limit >= before) {
            return "";
        }
        long used = node.runtime().usage().stream().filter(u -> u.id().equals(c.id()))
                .mapToLong(ContainerUsage::workingSetBytes).findFirst().orElse(0);
        return used <= limit ? "" : "attempting to set container \"" + name(c) + "\" memory limit (" + limit
                + ") below current usage (" + used + ")";
    }

    /// The same of the limit of the pod as a whole.
    private String excess(PodRuntime seen) {
        long limit = ContainerResources.memory(given.getOrDefault(POD, Struct.EMPTY).struct("limits"));
        long before = ContainerResources.memory(appliedToPod.struct("limits"));
        if (!inProgress || limit == 0 || before > 0 && limit >= before) {
            return "";
        }
        List<String> ids = seen.running().stream().map(Container::id).toList();
        long used = node.runtime().usage().stream().filter(u -> ids.contains(u.id()))
                .mapToLong(ContainerUsage::workingSetBytes).sum();
        return used <= limit ? "" : "attempting to set pod memory limit (" + limit + ") below current usage (" + used
                + ")";
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
        Map<String, PodStatus.Waiting> conditions = new TreeMap<>();
        pending.ifPresent(p -> conditions.put("PodResizePending", p));
        Struct ofPod = given.getOrDefault(POD, Struct.EMPTY);
        if (!outdated(seen).isEmpty() || inProgress && !Requirements.same(ofPod, appliedToPod)) {
            conditions.put("PodResizeInProgress", new PodStatus.Waiting(error.isEmpty() ? "" : "Error", error));
        }
        Map<String, Struct> effective = new HashMap<>();
        seen.running().forEach(c -> Optional.ofNullable(given.get(name(c))).ifPresent(g -> {
            Struct now = applied.getOrDefault(c.id(), g);
            effective.put(c.id(), Requirements.same(now, g) ? g : now);
        }));
        return new ResizeStatus(Map.copyOf(given), effective, conditions,
                ofPod.isEmpty() ? ResizeStatus.OfPod.NONE
                        : new ResizeStatus.OfPod(ofPod, Requirements.same(ofPod, appliedToPod) ? ofPod : appliedToPod));
    }
}
