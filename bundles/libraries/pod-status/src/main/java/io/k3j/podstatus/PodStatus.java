package io.k3j.podstatus;

import io.k3j.cgroups.ContainerResources;
import io.k3j.controllerkit.Times;
import io.k3j.kuberuntime.PodActions;
import io.k3j.kuberuntime.PodRestart;
import io.k3j.kuberuntime.PodRuntime;
import io.k3j.kuberuntime.PodSpecs;
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
import org.jspecify.annotations.Nullable;

/// Computes the status of a pod; pure. See
/// <https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/>.
public final class PodStatus {
    private static final Set<String> FIELDS = Set.of("phase", "conditions", "hostIP", "hostIPs", "podIP", "podIPs",
            "initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses", "reason", "message",
            "observedGeneration", "resources", "allocatedResources");
    private final Obj pod;
    private final PodRuntime runtime;
    private final PodRestart restart;
    private final View view;

    /// The worker's state beside the runtime's.
    public interface View {
        /// Reason and message of waiting containers, by name.
        Map<String, Waiting> waiting();

        /// Whether a running container has started, by its probe.
        boolean started(Container c);

        /// Whether it is ready, by its probe.
        boolean ready(Container c);

        /// The termination message of a container.
        String lastWords(Container c);

        /// The health of what a container has for itself, `allocatedResourcesStatus`; empty for nothing.
        default Seq health(Obj pod, Struct container) {
            return Seq.EMPTY;
        }

        /// Allocated and effective resources.
        ResizeStatus resources();

        /// Addresses of the node, the first one first.
        List<String> hostAddresses();

        /// The time of changes that are seen now.
        Instant now();

        /// Whether an exited container was stopped in order to be restarted.
        boolean restarts(Container c);

        /// Whether the pod must not run again, whatever its restart policy.
        boolean ended();

        /// Whether nothing of the node is the pod's any more. Its phase says an end from then on only: with it, what
        /// the pod had is others'.
        boolean released();

        /// Reason and message of a pod that the kubelet has failed, else null.
        @Nullable
        Waiting failure();

        /// Whether it was failed for want of something on the node.
        boolean disrupted();
    }

    /// A reason and its message.
    public record Waiting(String reason, String message) {
    }

    private PodStatus(Obj pod, PodRuntime runtime, View view) {
        this.pod = pod;
        this.runtime = runtime;
        this.restart = PodRestart.of(pod, runtime);
        this.view = view;
    }

    /// The whole `status`; fields and conditions of other writers are kept.
    public static Struct of(Obj pod, PodRuntime runtime, View view) {
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
        Seq inits = statuses(PodSpecs.initContainers(pod), "initContainerStatuses", true);
        Seq mains = statuses(PodSpecs.containers(pod), "containerStatuses", false);
        String phase = phase();
        b.put("phase", phase);
        if (failed() && view.failure() instanceof Waiting w) {
            b.put("reason", w.reason()).put("message", w.message());
        } else if (PodSpecs.finished(pod)) {
            b.putUnlessEmpty("reason", old.text("reason")).putUnlessEmpty("message", old.text("message"));
        }
        addresses(b, old);
        if (!old.has("startTime")) {
            b.put("startTime", Times.seconds(view.now()));
        }
        b.putUnlessEmpty("initContainerStatuses", inits).putUnlessEmpty("containerStatuses", mains)
                .putUnlessEmpty("ephemeralContainerStatuses",
                        statuses(PodSpecs.ephemeralContainers(pod), "ephemeralContainerStatuses", false));
        if (!old.has("qosClass")) {
            b.put("qosClass", ContainerResources.qosClass(pod));
        }
        ResizeStatus.OfPod whole = view.resources().pod();
        b.putUnlessEmpty("resources", whole.applied())
                .putUnlessEmpty("allocatedResources", whole.given().struct("requests"));
        if (pod.generation() > 0) {
            b.put("observedGeneration", pod.generation());
        }
        b.put("conditions", new PodConditions(pod, runtime, view).of(phase, initialized(), inits, mains));
        return b.build();
    }

    private void addresses(Struct.Builder b, Struct old) {
        List<String> host = view.hostAddresses();
        b.putUnlessEmpty("hostIP", host.isEmpty() ? "" : host.getFirst()).putUnlessEmpty("hostIPs", ips(host));
        List<String> own = PodSpecs.hostNetwork(pod) && !runtime.sandboxes().isEmpty() ? host : runtime.addresses();
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
            // the container was removed outside of the kubelet: its last status counts
            return lost(old);
        }
        Struct.Builder b = Struct.builder().put("name", name);
        Container c = newest.orElse(null);
        boolean former = c != null && restart.former(c) && !PodSpecs.ephemeralContainers(pod).contains(spec);
        boolean exited = c != null && !c.running();
        boolean waits = c == null || waiting != null && !c.running() || c.state() == Container.State.CREATED
                || former && exited && restart.ending(pod).isEmpty() || revived(spec, c);
        Struct state = c == null || waits ? waiting(waiting) : state(c);
        b.put("state", state);
        Container last = c != null && waits && exited && c.exited() ? c : all.size() > 1 ? all.get(1) : null;
        b.put("lastState", last == null || !last.exited() ? Struct.EMPTY
                : Struct.of("terminated", terminated(last)));
        boolean done = init && !PodSpecs.sidecar(spec) && c != null && !former && c.exited() && c.end().exitCode() == 0;
        b.put("ready", c != null && (c.running() && view.ready(c) && !(init && !PodSpecs.sidecar(spec)) || done));
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
        if (!init) {
            b.putUnlessEmpty("allocatedResourcesStatus", view.health(pod, spec));
        }
        b.putUnlessEmpty("volumeMounts", Seq.copyOf(spec.seq("volumeMounts").structs().stream()
                .map(PodStatus::mount).toList()));
        return b.build();
    }

    /// Whether a container was ended to be started again, though its end alone asks for none: once it is told to have
    /// ended, the API does not take that it runs.
    private boolean revived(Struct spec, @Nullable Container c) {
        return c != null && c.exited() && view.restarts(c) && !view.ended() && !PodActions.again(pod, spec, c);
    }

    private static Struct mount(Struct m) {
        Struct.Builder b = Struct.builder().put("name", m.text("name")).put("mountPath", m.text("mountPath"));
        return m.flag("readOnly") ? b.put("readOnly", true).put("recursiveReadOnly", MountModes.told(m)).build()
                : b.build();
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
        boolean inits = !PodSpecs.initContainers(pod).isEmpty() && !initialized();
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
        boolean begun = PodSpecs.containers(pod).stream().anyMatch(c -> restart.newest(c.text("name")).isPresent());
        return begun || PodSpecs.initContainers(pod).stream().allMatch(i -> restart.newest(i.text("name"))
                .map(c -> PodSpecs.sidecar(i) ? c.running() && view.started(c) : c.exited() && c.end().exitCode() == 0)
                .orElse(false));
    }

    /// A pod that the kubelet has failed is so when nothing of it runs any more, as upstream tells it.
    private boolean failed() {
        return view.failure() != null && runtime.running().isEmpty();
    }

    /// As it is, until what the pod had of the node is given back: an end is not told before (upstream's
    /// `mergePodStatus`).
    private String phase() {
        String old = pod.status().text("phase");
        String now = reached(old);
        boolean told = view.released() || !now.equals("Failed") && !now.equals("Succeeded") || PodSpecs.finished(pod);
        return told ? now : old.equals("Running") || initialized() ? "Running" : "Pending";
    }

    private String reached(String old) {
        if (failed()) {
            return "Failed";
        }
        if (PodSpecs.finished(pod)) {
            return old;
        }
        boolean initFailed = PodSpecs.initContainers(pod).stream().filter(i -> !PodSpecs.sidecar(i))
                .anyMatch(i -> restart.newest(i.text("name")).map(c -> c.exited() && c.end().exitCode() != 0
                        && !PodActions.again(pod, i, c)).orElse(false));
        boolean running = false;
        boolean waiting = false;
        boolean failed = false;
        boolean again = false;
        for (Struct spec : PodSpecs.containers(pod)) {
            Optional<Container> c = restart.newest(spec.text("name"));
            waiting |= c.isEmpty() || c.get().state() == Container.State.CREATED;
            running |= c.map(Container::running).orElse(false);
            failed |= c.map(x -> x.exited() && x.end().exitCode() != 0).orElse(true);
            again |= c.map(x -> x.exited() && (view.restarts(x) || PodActions.again(pod, spec, x))).orElse(false);
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
        // a pod with running sidecars is not finished
        return running || again || !runtime.running().isEmpty() ? "Running" : failed ? "Failed" : "Succeeded";
    }
}
