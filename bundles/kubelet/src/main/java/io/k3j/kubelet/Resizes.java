package io.k3j.kubelet;

import io.k3j.model.Obj;
import io.k3j.model.Quantity;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.ContainerUsage;
import io.k3j.nodeapi.RuntimeFault;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The resources of one pod's containers: which are asked for, which this node has given, and which are in effect.
/// What was given is not kept anywhere else: the status in the API tells a later kubelet what is in effect, and what
/// is asked for beyond is decided anew. For the pod's thread. See
/// <https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/>.
final class Resizes {
    /// After which time what could not be done is tried again.
    static final Duration AGAIN = Duration.ofSeconds(5);
    private static final List<String> KINDS = List.of("requests", "limits");
    private static final List<String> RESIZABLE = List.of("cpu", "memory");
    private final Tools tools;
    private final Map<String, Struct> given = new HashMap<>();
    private final Map<String, Struct> applied = new HashMap<>();
    private Optional<PodStatus.Waiting> pending = Optional.empty();
    private String error = "";
    private boolean behind;
    private Struct decided = Struct.EMPTY;

    Resizes(Tools tools) {
        this.tools = tools;
    }

    /// What people are told of resources.
    ///
    /// @param given by name of the container
    /// @param applied by id of the running container
    /// @param conditions reason and message by type
    record Told(Map<String, Struct> given, Map<String, Struct> applied, Map<String, PodStatus.Waiting> conditions) {
    }

    /// Decides whether a pod gets what it asks for, if it is to run on.
    /// @return the pod with the resources it has been given in place of those it asks for
    Obj decide(Obj pod, PodRuntime seen, boolean runs) {
        if (given.isEmpty()) {
            resizable(pod).forEach(c -> given.put(c.text("name"), adopted(pod, c)));
            tools.room().give(with(pod, given));
        }
        notice(seen);
        Struct asked = pod.spec();
        if (runs && (pending.isPresent() || !asked.equals(decided))) {
            decided = asked;
            ask(pod);
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
        List<Struct> all = new ArrayList<>(Pods.containers(pod));
        Pods.initContainers(pod).stream().filter(Pods::sidecar).forEach(all::add);
        return all;
    }

    /// Containers were started with what had been given by then.
    private void notice(PodRuntime seen) {
        Map<String, Struct> running = new HashMap<>();
        seen.running().forEach(c -> Optional.ofNullable(given.get(name(c)))
                .ifPresent(g -> running.put(c.id(), applied.getOrDefault(c.id(), g))));
        applied.clear();
        applied.putAll(running);
    }

    private static String name(Container c) {
        return c.labels().getOrDefault(Labels.CONTAINER, c.name());
    }

    private void ask(Obj pod) {
        Map<String, Struct> wanted = new HashMap<>();
        resizable(pod).forEach(c -> wanted.put(c.text("name"), c.struct("resources")));
        if (wanted.equals(given)) {
            pending = Optional.empty();
            return;
        }
        boolean same = wanted.keySet().stream().allMatch(n -> same(wanted.get(n), given.getOrDefault(n, Struct.EMPTY)));
        Optional<PodStatus.Waiting> refusal = tools.room().ask(with(pod, wanted));
        if (refusal.isPresent()) {
            if (!refusal.equals(pending)) {
                tools.tell(pod, true, "Resize" + refusal.get().reason(), refusal.get().message());
            }
            pending = refusal;
            return;
        }
        pending = Optional.empty();
        given.putAll(wanted);
        if (!same) {
            behind = true;
            tools.tell(pod, false, "ResizeStarted", "Pod resize started");
        }
    }

    /// Whether two requirements mean the same to the kernel.
    private static boolean same(Struct a, Struct b) {
        return RESIZABLE.stream().noneMatch(r -> differ(a, b, r));
    }

    private static boolean differ(Struct a, Struct b, String resource) {
        return KINDS.stream().anyMatch(k -> !quantity(a.struct(k), resource).equals(quantity(b.struct(k), resource)));
    }

    private static Quantity quantity(Struct amounts, String resource) {
        return amounts.has(resource) ? Quantity.of(amounts.get(resource)) : Quantity.ZERO;
    }

    /// Why a running container has to be restarted to get what it was given, empty when it need not.
    String restart(Obj pod, Container c) {
        Struct spec = Pods.container(pod, name(c));
        Struct now = applied.getOrDefault(c.id(), spec.struct("resources"));
        boolean restart = RESIZABLE.stream().anyMatch(r -> differ(now, spec.struct("resources"), r) && spec
                .seq("resizePolicy").find("resourceName", r).text("restartPolicy").equals("RestartContainer"));
        return restart ? "Container " + name(c) + " resize requires restart" : "";
    }

    /// Brings what runs to what was given, as far as that takes no restart: first the pod as a whole gets the larger of
    /// old and new, then its containers the new, then the pod too.
    /// @return whether it has to be tried again before long
    boolean apply(Obj pod, PodRuntime seen) {
        List<Container> due = due(seen);
        List<Container> now = due.stream().filter(c -> restart(pod, c).isEmpty()).toList();
        error = now.stream().map(c -> excess(pod, c)).filter(e -> !e.isEmpty()).findFirst().orElse("");
        if (behind && error.isEmpty()) {
            Map<String, Struct> larger = new HashMap<>(given);
            due.forEach(c -> larger.compute(name(c), (n, g) -> larger(given.get(n), applied.get(c.id()))));
            attempt(() -> {
                tools.cgroups().make(with(pod, larger));
                now.forEach(c -> update(pod, c));
            });
        }
        if (behind && error.isEmpty() && due(seen).isEmpty()) {
            attempt(() -> {
                tools.cgroups().make(pod);
                behind = false;
                tools.tell(pod, false, "ResizeCompleted", "Pod resize completed");
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

    private List<Container> due(PodRuntime seen) {
        return seen.running().stream().filter(c -> applied.containsKey(c.id())
                && !same(applied.get(c.id()), given.getOrDefault(name(c), Struct.EMPTY))).toList();
    }

    private void update(Obj pod, Container c) {
        Struct spec = Pods.container(pod, name(c));
        tools.runtime().updateResources(c.id(), Amounts.linux(pod, spec, tools.nodeMemory()));
        applied.put(c.id(), spec.struct("resources"));
    }

    /// Why the limit of memory cannot be lowered: the kernel would kill whoever uses more.
    private String excess(Obj pod, Container c) {
        long limit = Amounts.memory(Pods.container(pod, name(c)).struct("resources").struct("limits"));
        long before = Amounts.memory(applied.get(c.id()).struct("limits"));
        if (limit == 0 || before > 0 && limit >= before) {
            return "";
        }
        long used = tools.runtime().usage().stream().filter(u -> u.id().equals(c.id()))
                .mapToLong(ContainerUsage::workingSetBytes).findFirst().orElse(0);
        return used <= limit ? "" : "attempting to set container \"" + name(c) + "\" memory limit (" + limit
                + ") below current usage (" + used + ")";
    }

    private static Struct larger(Struct a, Struct b) {
        Struct all = Struct.EMPTY;
        for (String kind : KINDS) {
            Map<String, Object> most = new TreeMap<>();
            for (String r : RESIZABLE) {
                boolean both = a.struct(kind).has(r) && b.struct(kind).has(r);
                // no limit is the largest one
                if (both || kind.equals("requests") && (a.struct(kind).has(r) || b.struct(kind).has(r))) {
                    Quantity x = quantity(a.struct(kind), r);
                    Quantity y = quantity(b.struct(kind), r);
                    most.put(r, (x.compareTo(y) > 0 ? x : y).toString());
                }
            }
            all = all.with(kind, Struct.copyOf(most));
        }
        return all;
    }

    private static Obj with(Obj pod, Map<String, Struct> resources) {
        Obj changed = pod;
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

    /// What people are told now.
    Told told(PodRuntime seen) {
        Map<String, PodStatus.Waiting> conditions = new TreeMap<>();
        pending.ifPresent(p -> conditions.put("PodResizePending", p));
        if (!due(seen).isEmpty()) {
            conditions.put("PodResizeInProgress", new PodStatus.Waiting(error.isEmpty() ? "" : "Error", error));
        }
        Map<String, Struct> effective = new HashMap<>();
        seen.running().forEach(c -> Optional.ofNullable(given.get(name(c))).ifPresent(g -> {
            Struct now = applied.getOrDefault(c.id(), g);
            effective.put(c.id(), same(now, g) ? g : now);
        }));
        return new Told(Map.copyOf(given), effective, conditions);
    }
}
