package io.k3j.kubelet;

import io.k3j.controllerkit.Times;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The status of a pod as its kubelet tells it; pure. See
/// <https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/>.
final class PodStatus {
    private static final Set<String> OURS = Set.of("Initialized", "Ready", "ContainersReady", "PodScheduled",
            "PodReadyToStartContainers", "PodResizePending", "PodResizeInProgress");
    private static final Set<String> FIELDS = Set.of("phase", "conditions", "hostIP", "hostIPs", "podIP", "podIPs",
            "initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses", "reason", "message",
            "observedGeneration");
    private final Obj pod;
    private final PodRuntime runtime;
    private final View view;

    /// What the worker knows beside the runtime.
    interface View {
        /// Why a container does not run: reason and message.
        Map<String, Waiting> waiting();

        boolean started(Container c);

        boolean ready(Container c);

        /// What a container left as its last words.
        String lastWords(Container c);

        /// What containers were given, and what of it is in effect.
        Resizes.Told resources();

        List<String> hostAddresses();

        Instant now();

        /// Whether a container that has ended was ended to be restarted.
        boolean restarts(Container c);

        /// Whether the pod is not to run again, whatever its restart policy.
        boolean ended();

        /// Reason and message of a pod that was ended from here, else null.
        @Nullable
        Waiting failure();
    }

    /// A reason and its message.
    record Waiting(String reason, String message) {
    }

    private PodStatus(Obj pod, PodRuntime runtime, View view) {
        this.pod = pod;
        this.runtime = runtime;
        this.view = view;
    }

    /// The whole `status`, with foreign fields and conditions kept.
    static Struct of(Obj pod, PodRuntime runtime, View view) {
        return new PodStatus(pod, runtime, view).make();
    }

    private Struct make() {
        Struct old = pod.status();
        Struct.Builder b = Struct.builder();
        old.forEach((k, v) -> {
            if (!FIELDS.contains(k)) {
                b.put(k, v);
            }
        });
        Seq inits = statuses(Pods.initContainers(pod), "initContainerStatuses", true);
        Seq mains = statuses(Pods.containers(pod), "containerStatuses", false);
        String phase = phase();
        b.put("phase", phase);
        if (view.failure() instanceof Waiting w) {
            b.put("reason", w.reason()).put("message", w.message());
        } else if (Pods.finished(pod)) {
            b.putUnlessEmpty("reason", old.text("reason")).putUnlessEmpty("message", old.text("message"));
        }
        addresses(b, old);
        if (!old.has("startTime")) {
            b.put("startTime", Times.seconds(view.now()));
        }
        b.putUnlessEmpty("initContainerStatuses", inits).putUnlessEmpty("containerStatuses", mains)
                .putUnlessEmpty("ephemeralContainerStatuses",
                        statuses(Pods.ephemeralContainers(pod), "ephemeralContainerStatuses", false));
        if (!old.has("qosClass")) {
            b.put("qosClass", Amounts.qosClass(pod));
        }
        if (pod.generation() > 0) {
            b.put("observedGeneration", pod.generation());
        }
        b.put("conditions", conditions(phase, inits, mains));
        return b.build();
    }

    private void addresses(Struct.Builder b, Struct old) {
        List<String> host = view.hostAddresses();
        b.putUnlessEmpty("hostIP", host.isEmpty() ? "" : host.getFirst()).putUnlessEmpty("hostIPs", ips(host));
        List<String> own = Pods.hostNetwork(pod) && !runtime.sandboxes().isEmpty() ? host : runtime.addresses();
        if (own.isEmpty()) {
            b.putUnlessEmpty("podIP", old.text("podIP")).putUnlessEmpty("podIPs", old.seq("podIPs"));
        } else {
            b.put("podIP", own.getFirst()).put("podIPs", ips(own));
        }
    }

    private static Seq ips(List<String> addresses) {
        return Seq.copyOf(addresses.stream().map(a -> Struct.of("ip", a)).toList());
    }

    private Seq statuses(List<Struct> specs, String field, boolean init) {
        List<Struct> all = new ArrayList<>();
        Seq old = pod.status().seq(field);
        specs.forEach(s -> all.add(one(s, old.find("name", s.text("name")), init)));
        return Seq.copyOf(all);
    }

    private Struct one(Struct spec, Struct old, boolean init) {
        String name = spec.text("name");
        List<Container> all = runtime.containers().getOrDefault(name, List.of());
        Optional<Container> newest = all.stream().findFirst();
        Waiting waiting = view.waiting().get(name);
        if (newest.isEmpty() && old.has("containerID")) {
            // removed by somebody: what was last known counts
            return lost(old);
        }
        Struct.Builder b = Struct.builder().put("name", name);
        Container c = newest.orElse(null);
        boolean exited = c != null && !c.running();
        boolean waits = c == null || waiting != null && !c.running() || c.state() == Container.State.CREATED;
        Struct state = waits ? waiting(waiting) : state(c);
        b.put("state", state);
        Container last = waits && exited && c.exited() ? c : all.size() > 1 ? all.get(1) : null;
        b.put("lastState", last == null || !last.exited() ? Struct.EMPTY
                : Struct.of("terminated", terminated(last)));
        boolean done = init && !Pods.sidecar(spec) && c != null && c.exited() && c.end().exitCode() == 0;
        b.put("ready", c != null && (c.running() && view.ready(c) && !(init && !Pods.sidecar(spec)) || done));
        b.put("restartCount", c == null ? 0 : c.attempt());
        b.put("image", spec.text("image")).put("imageID", c == null ? "" : c.image());
        if (c != null) {
            b.put("containerID", "containerd://" + c.id());
        }
        b.put("started", c != null && c.running() && view.started(c));
        Struct given = view.resources().given().get(name);
        if (given != null) {
            b.putUnlessEmpty("allocatedResources", given.struct("requests"));
            b.put("resources", c == null ? given : view.resources().applied().getOrDefault(c.id(), given));
        }
        b.putUnlessEmpty("volumeMounts", Seq.copyOf(spec.seq("volumeMounts").structs().stream()
                .map(PodStatus::mount).toList()));
        return b.build();
    }

    private static Struct mount(Struct m) {
        Struct.Builder b = Struct.builder().put("name", m.text("name")).put("mountPath", m.text("mountPath"));
        return m.flag("readOnly") ? b.put("readOnly", true).put("recursiveReadOnly", "Disabled").build() : b.build();
    }

    private static Struct lost(Struct old) {
        if (!old.struct("state").has("running")) {
            return old;
        }
        Struct running = old.struct("state").struct("running");
        Struct ended = Struct.of("exitCode", 137, "reason", "ContainerStatusUnknown", "message",
                "The container could not be located when the pod was terminated", "startedAt",
                running.text("startedAt"), "containerID", old.text("containerID"));
        return old.with("state", Struct.of("terminated", ended)).with("ready", false).with("started", false);
    }

    private Struct waiting(@Nullable Waiting waiting) {
        boolean inits = !Pods.initContainers(pod).isEmpty() && !initialized();
        Waiting w = waiting != null ? waiting : new Waiting(inits ? "PodInitializing" : "ContainerCreating", "");
        return Struct.of("waiting", Struct.builder().put("reason", w.reason()).putUnlessEmpty("message", w.message())
                .build());
    }

    private Struct state(Container c) {
        return c.running() ? Struct.of("running", Struct.of("startedAt", Times.seconds(c.end().started())))
                : Struct.of("terminated", terminated(c));
    }

    private Struct terminated(Container c) {
        String words = view.lastWords(c);
        String reason = c.end().reason().isEmpty() ? c.end().exitCode() == 0 ? "Completed" : "Error" : c.end().reason();
        return Struct.builder().put("exitCode", c.end().exitCode()).put("reason", reason)
                .putUnlessEmpty("message", words.isEmpty() ? c.end().message() : words)
                .put("startedAt", Times.seconds(c.end().started().equals(Instant.EPOCH) ? c.end().created()
                        : c.end().started()))
                .put("finishedAt", Times.seconds(c.end().finished())).put("containerID", "containerd://" + c.id())
                .build();
    }

    private boolean initialized() {
        boolean begun = Pods.containers(pod).stream().anyMatch(c -> runtime.newest(c.text("name")).isPresent());
        return begun || Pods.initContainers(pod).stream().allMatch(i -> runtime.newest(i.text("name"))
                .map(c -> Pods.sidecar(i) ? c.running() && view.started(c) : c.exited() && c.end().exitCode() == 0)
                .orElse(false));
    }

    private String phase() {
        if (view.failure() != null) {
            return "Failed";
        }
        String old = pod.status().text("phase");
        if (Pods.finished(pod)) {
            return old;
        }
        boolean initFailed = Pods.restartPolicy(pod).equals("Never") && Pods.initContainers(pod).stream()
                .filter(i -> !Pods.sidecar(i)).anyMatch(i -> runtime.newest(i.text("name"))
                        .map(c -> c.exited() && c.end().exitCode() != 0).orElse(false));
        boolean running = false;
        boolean waiting = false;
        boolean failed = false;
        boolean again = false;
        for (Struct spec : Pods.containers(pod)) {
            Optional<Container> c = runtime.newest(spec.text("name"));
            waiting |= c.isEmpty() || c.get().state() == Container.State.CREATED;
            running |= c.map(Container::running).orElse(false);
            failed |= c.map(x -> x.exited() && x.end().exitCode() != 0).orElse(true);
            again |= c.map(x -> x.exited() && (view.restarts(x) || PodPlan.again(pod, spec, x))).orElse(false);
        }
        if (view.ended() && !running && runtime.running().isEmpty()) {
            return failed || initFailed ? "Failed" : "Succeeded";
        }
        if (initFailed) {
            return "Failed";
        }
        if (!initialized() || waiting) {
            return old.equals("Running") ? old : "Pending";
        }
        // a pod whose sidecars still run is not over
        return running || again || !runtime.running().isEmpty() ? "Running" : failed ? "Failed" : "Succeeded";
    }

    private Seq conditions(String phase, Seq inits, Seq mains) {
        List<Struct> all = new ArrayList<>();
        boolean over = phase.equals("Succeeded");
        boolean sandbox = runtime.ready().isPresent() && !(phase.equals("Failed") || over);
        all.add(condition("PodReadyToStartContainers", sandbox, "", ""));
        String missing = names(Pods.initContainers(pod), s -> inits.find("name", s.text("name"))
                .flag(Pods.sidecar(s) ? "started" : "ready"));
        all.add(condition("Initialized", initialized() || over, over ? "PodCompleted" : "ContainersNotInitialized",
                "containers with incomplete status: [" + missing + "]"));
        List<Struct> counted = new ArrayList<>(Pods.containers(pod));
        Pods.initContainers(pod).stream().filter(Pods::sidecar).forEach(counted::add);
        String unready = names(counted, c -> mains.find("name", c.text("name")).flag("ready")
                || inits.find("name", c.text("name")).flag("ready"));
        boolean containers = unready.isEmpty() && phase.equals("Running");
        String why = over ? "PodCompleted" : phase.equals("Failed") ? "PodFailed" : "ContainersNotReady";
        String message = over || phase.equals("Failed") ? "" : "containers with unready status: [" + unready + "]";
        String gates = gates();
        boolean ready = containers && gates.isEmpty();
        all.add(containers && !gates.isEmpty()
                ? condition("Ready", false, "ReadinessGatesNotReady", gates) : condition("Ready", ready, why, message));
        all.add(condition("ContainersReady", containers, why, message));
        view.resources().conditions().forEach((type, w) -> all.add(condition(type, true, w.reason(), w.message())));
        all.add(condition("PodScheduled", true, "", ""));
        pod.status().seq("conditions").structs().stream().filter(c -> !OURS.contains(c.text("type"))).forEach(all::add);
        return Seq.copyOf(all);
    }

    private String gates() {
        return String.join("\n", pod.spec().seq("readinessGates").structs().stream().map(g -> g.text("conditionType"))
                .filter(t -> !pod.status().seq("conditions").find("type", t).text("status").equals("True"))
                .map(t -> "the status of pod readiness gate \"" + t + "\" is not \"True\", but False").toList());
    }

    /// The names of those that are not as they should be.
    private static String names(List<Struct> specs, Predicate<Struct> fine) {
        return String.join(" ", specs.stream().filter(fine.negate()).map(s -> s.text("name")).toList());
    }

    /// What holds needs no reason, but for a pod that is over and for resizes.
    private Struct condition(String type, boolean holds, String reason, String message) {
        Struct old = pod.status().seq("conditions").find("type", type);
        String status = holds ? "True" : "False";
        boolean resize = type.startsWith("PodResize");
        boolean told = !holds || resize || reason.equals("PodCompleted");
        String since = old.text("status").equals(status) && !old.text("lastTransitionTime").isEmpty()
                ? old.text("lastTransitionTime") : Times.seconds(view.now());
        return Struct.builder().put("type", type).put("status", status)
                .put("observedGeneration", pod.generation()).put("lastProbeTime", null)
                .put("lastTransitionTime", since)
                .putUnlessEmpty("reason", told ? reason : "").putUnlessEmpty("message", holds && !resize ? "" : message)
                .build();
    }
}
