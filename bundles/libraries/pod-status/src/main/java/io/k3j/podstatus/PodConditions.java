package io.k3j.podstatus;

import io.k3j.controllerkit.Times;
import io.k3j.kuberuntime.PodRestart;
import io.k3j.kuberuntime.PodRuntime;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// Computes the conditions of a pod; pure. See
/// <https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-conditions>.
record PodConditions(Obj pod, PodRuntime runtime, PodStatus.View view) {
    private static final String RESTARTING = "AllContainersRestarting";
    private static final Set<String> KUBELET_OWNED = Set.of("Initialized", "Ready", "ContainersReady", "PodScheduled",
            "PodReadyToStartContainers", "PodResizePending", "PodResizeInProgress", RESTARTING);

    /// Of a pod that ends through no fault of its own.
    private static final String DISRUPTED = "DisruptionTarget";

    /// All conditions, including those of other writers.
    /// @param initialized whether the init containers have completed
    /// @param inits statuses of init containers
    /// @param mains statuses of containers
    Seq of(String phase, boolean initialized, Seq inits, Seq mains) {
        List<Struct> all = new ArrayList<>();
        boolean succeeded = phase.equals("Succeeded");
        boolean sandbox = runtime.ready().isPresent() && !(phase.equals("Failed") || succeeded);
        all.add(condition("PodReadyToStartContainers", sandbox, "", ""));
        String missing = names(PodSpecs.initContainers(pod), s -> inits.find("name", s.text("name"))
                .flag(PodSpecs.sidecar(s) ? "started" : "ready"));
        // what was initialized once is so, also when init containers run again
        boolean was = pod.status().seq("conditions").find("type", "Initialized").text("status").equals("True");
        all.add(condition("Initialized", initialized || succeeded || was,
                succeeded ? "PodCompleted" : "ContainersNotInitialized",
                "containers with incomplete status: [" + missing + "]"));
        List<Struct> gating = new ArrayList<>(PodSpecs.initContainers(pod).stream().filter(PodSpecs::sidecar).toList());
        gating.addAll(PodSpecs.containers(pod));
        String unready = names(gating, c -> mains.find("name", c.text("name")).flag("ready")
                || inits.find("name", c.text("name")).flag("ready"));
        boolean containers = unready.isEmpty() && phase.equals("Running");
        String why = succeeded ? "PodCompleted" : phase.equals("Failed") ? "PodFailed" : "ContainersNotReady";
        String message = succeeded || phase.equals("Failed") ? "" : "containers with unready status: [" + unready + "]";
        String gates = gates();
        boolean ready = containers && gates.isEmpty();
        all.add(containers && !gates.isEmpty()
                ? condition("Ready", false, "ReadinessGatesNotReady", gates) : condition("Ready", ready, why, message));
        all.add(condition("ContainersReady", containers, why, message));
        view.resources().conditions().forEach((type, resize) -> all.add(condition(type, resize)));
        all.add(condition("PodScheduled", true, "", ""));
        if (PodRestart.possible(pod)) {
            boolean restarting = PodRestart.of(pod, runtime).begun() && !succeeded && !phase.equals("Failed");
            String begun = restarting ? "RestartAllContainersStarted" : succeeded || phase.equals("Failed") ? why : "";
            all.add(condition(RESTARTING, restarting, begun, restarting ? PodRestart.WHY : ""));
        }
        boolean disrupted = view.disrupted() && phase.equals("Failed");
        if (disrupted && view.failure() instanceof PodStatus.Waiting w) {
            all.add(condition(DISRUPTED, true, "TerminationByKubelet", w.reason().equals("Preempting")
                    ? "Pod was preempted by Kubelet to accommodate a critical pod." : w.message()));
        }
        pod.status().seq("conditions").structs().stream().filter(c -> !KUBELET_OWNED.contains(c.text("type"))
                && !(disrupted && c.text("type").equals(DISRUPTED))).forEach(all::add);
        return Seq.copyOf(all);
    }

    private String gates() {
        Seq conditions = pod.status().seq("conditions");
        return String.join(", ", pod.spec().seq("readinessGates").structs().stream().map(g -> g.text("conditionType"))
                .filter(t -> !conditions.find("type", t).text("status").equals("True"))
                .map(t -> conditions.find("type", t).isEmpty()
                        ? "corresponding condition of pod readiness gate \"" + t + "\" does not exist."
                        : "the status of pod readiness gate \"" + t + "\" is not \"True\", but "
                                + conditions.find("type", t).text("status"))
                .toList());
    }

    /// Those of conditions that others write.
    static Seq ofOthers(Seq conditions) {
        return Seq.copyOf(
                conditions.structs().stream().filter(c -> !KUBELET_OWNED.contains(c.text("type"))).toList());
    }

    /// The names of the containers that do not meet a predicate.
    private static String names(List<Struct> specs, Predicate<Struct> met) {
        return String.join(" ", specs.stream().filter(met.negate()).map(s -> s.text("name")).toList());
    }

    /// What has become of a resize: of the generation that asked for it, since its reason is so, and seen first when it
    /// was told; upstream's time of the look is told with the next news only, too.
    private Struct condition(String type, ResizeStatus.Condition resize) {
        Struct old = pod.status().seq("conditions").find("type", type);
        boolean same = !old.isEmpty() && old.text("reason").equals(resize.reason());
        boolean known = same && old.text("message").equals(resize.message())
                && old.whole("observedGeneration", 0) == resize.generation();
        return Struct.builder().put("type", type).put("status", "True").put("observedGeneration", resize.generation())
                .put("lastProbeTime", known ? old.get("lastProbeTime") : Times.seconds(view.now()))
                .put("lastTransitionTime", same ? old.text("lastTransitionTime") : Times.seconds(view.now()))
                .putUnlessEmpty("reason", resize.reason()).putUnlessEmpty("message", resize.message()).build();
    }

    /// A condition; reason and message are set only when it is false, except for finished pods, disruptions and
    /// restarts.
    private Struct condition(String type, boolean holds, String reason, String message) {
        Struct old = pod.status().seq("conditions").find("type", type);
        String status = holds ? "True" : "False";
        boolean told = type.equals(DISRUPTED) || type.equals(RESTARTING);
        boolean explained = !holds || told || reason.equals("PodCompleted");
        String since = old.text("status").equals(status) && !old.text("lastTransitionTime").isEmpty()
                ? old.text("lastTransitionTime") : Times.seconds(view.now());
        return Struct.builder().put("type", type).put("status", status)
                .put("observedGeneration", pod.generation()).put("lastProbeTime", null)
                .put("lastTransitionTime", since)
                .putUnlessEmpty("reason", explained ? reason : "")
                .putUnlessEmpty("message", holds && !told ? "" : message)
                .build();
    }
}
