package io.k3j.podstatus;

import io.k3j.cgroups.ContainerResources;
import io.k3j.controllerkit.Times;
import io.k3j.kuberuntime.PodActions;
import io.k3j.kuberuntime.PodRestart;
import io.k3j.kuberuntime.PodRuntime;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.kuberuntime.RestartRules;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.podstatus.ContainerStatuses.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    private final ContainerStatuses containers;

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

        /// Whether the node has not taken it at all: nothing of it was begun.
        default boolean rejected() {
            return false;
        }
    }

    /// A reason and its message.
    public record Waiting(String reason, String message) {
    }

    private PodStatus(Obj pod, PodRuntime runtime, View view) {
        this.pod = pod;
        this.runtime = runtime;
        this.restart = PodRestart.of(pod, runtime);
        this.view = view;
        this.containers = new ContainerStatuses(pod, runtime, restart, view);
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
        if (PodSpecs.finished(pod) && runtime.sandboxes().isEmpty() && runtime.containers().isEmpty()) {
            // as whoever ended it told it
            return old;
        }
        if (view.rejected()) {
            return rejected(b, old);
        }
        Seq inits = containers.of(Kind.INIT);
        Seq mains = containers.of(Kind.MAIN);
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
        statuses(b, phase, inits, mains);
        if (!old.has("qosClass")) {
            b.put("qosClass", ContainerResources.qosClass(pod));
        }
        ResizeStatus.OfPod whole = view.resources().pod();
        b.put("resources", whole.applied()).putUnlessEmpty("allocatedResources", whole.requests());
        if (pod.generation() > 0) {
            b.put("observedGeneration", pod.generation());
        }
        b.put("conditions", new PodConditions(pod, runtime, view).of(phase, initialized(), inits, mains));
        return b.build();
    }

    private void statuses(Struct.Builder b, String phase, Seq inits, Seq mains) {
        boolean over = view.released() && (phase.equals("Failed") || phase.equals("Succeeded"));
        boolean begun = over && containers.initialized(inits, mains);
        b.putUnlessEmpty("initContainerStatuses", over ? containers.over(inits, false, begun) : inits)
                .putUnlessEmpty("containerStatuses", over ? containers.over(mains, true, begun) : mains)
                .putUnlessEmpty("ephemeralContainerStatuses", containers.of(Kind.EPHEMERAL));
    }

    /// Upstream tells no more of a pod that its node has not taken.
    private Struct rejected(Struct.Builder b, Struct old) {
        Waiting why = Objects.requireNonNull(view.failure());
        if (!old.has("startTime")) {
            b.put("startTime", Times.seconds(view.now()));
        }
        if (!old.has("qosClass")) {
            b.put("qosClass", ContainerResources.qosClass(pod));
        }
        if (pod.generation() > 0) {
            b.put("observedGeneration", pod.generation());
        }
        return b.put("phase", "Failed").put("reason", why.reason()).put("message", why.message())
                .putUnlessEmpty("conditions", PodConditions.ofOthers(old.seq("conditions"))).build();
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
        Tally all = tally();
        if (view.ended() && !all.running && runtime.running().isEmpty()) {
            return all.failed || initFailed ? "Failed" : "Succeeded";
        }
        if (initFailed) {
            return "Failed";
        }
        boolean gone = !all.again
                && PodSpecs.containers(pod).stream().allMatch(c -> containers.lostExit(c).isPresent());
        if (!initialized() && !gone || all.waiting) {
            return old.equals("Running") ? old : "Pending";
        }
        // a pod with running sidecars is not finished
        return all.running || all.again || !runtime.running().isEmpty() ? "Running"
                : all.failed ? "Failed" : "Succeeded";
    }

    /// What containers proper do, counted together.
    private Tally tally() {
        Tally all = new Tally(false, false, false, false);
        for (Struct spec : PodSpecs.containers(pod)) {
            Optional<Container> c = restart.newest(spec.text("name"));
            all = all.with(containers.lostExit(spec)
                    .map(code -> new Tally(false, false, code != 0, RestartRules.restarts(pod, spec, code)))
                    .orElseGet(() -> new Tally(c.map(Container::running).orElse(false),
                            c.filter(x -> x.state() != Container.State.CREATED).isEmpty(),
                            c.map(x -> x.exited() && x.end().exitCode() != 0).orElse(true),
                            c.map(x -> x.exited() && (view.restarts(x) || PodActions.again(pod, spec, x)))
                                    .orElse(false))));
        }
        return all;
    }

    /// Whether any of some containers runs, has not begun, has failed, is to run again.
    private record Tally(boolean running, boolean waiting, boolean failed, boolean again) {
        Tally with(Tally other) {
            return new Tally(running || other.running, waiting || other.waiting, failed || other.failed,
                    again || other.again);
        }
    }
}
