package io.k3j.printers;

import io.k3j.model.Seq;
import io.k3j.model.Struct;

/// What the `READY`, `STATUS` and `RESTARTS` columns of a pod say, as
/// <https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/> explains them. Computed once per cell, by one
/// thread; the steps follow upstream's `printPod`, in its order, since a later step overwrites what an earlier one
/// said.
///
/// 1. the phase, or `status.reason`, as `Evicted`
/// 2. a scheduling gate
/// 3. the first init container that holds the pod up
/// 4. containers, unless the pod still initializes
/// 5. deletion
final class PodState {
    private final Struct pod;
    private final Struct podStatus;
    /// The word of the `STATUS` column so far.
    private String reason;
    private long ready;
    /// Containers and sidecars: both run as long as the pod does. Other init containers do not count.
    private long total;
    /// Of all init containers while the pod initializes, else of sidecars and containers.
    private long restarts;
    /// When the last of those that [#restarts] counts ended, RFC 3339; empty when none did.
    private String lastRestart = "";
    /// Kept beside, for when [#running] begins the count anew.
    private long sidecarRestarts;
    private String lastSidecarRestart = "";

    private PodState(Struct pod) {
        this.pod = pod;
        this.podStatus = pod.struct("status");
        this.total = pod.struct("spec").seq("containers").size();
        this.reason = podStatus.text("reason").isEmpty() ? podStatus.text("phase") : podStatus.text("reason");
    }

    /// The state of a pod.
    static PodState of(Struct pod) {
        PodState state = new PodState(pod);
        state.gates();
        boolean initializing = state.initializing();
        if (!initializing || state.initialized()) {
            state.running();
        }
        state.leaving();
        return state;
    }

    /// As `1/2`: containers and started sidecars that are ready, of those there are.
    String ready() {
        return ready + "/" + total;
    }

    /// As `Running`, `Completed`, `Terminating` or `Init:CrashLoopBackOff`; empty for a pod without a status.
    String status() {
        return reason;
    }

    /// How often containers were started again, as the kubelet counts them.
    long restarts() {
        return restarts;
    }

    /// When the last of them ended before that, RFC 3339; empty when unknown.
    String lastRestart() {
        return lastRestart;
    }

    /// A gated pod is `Pending` like one that found no node; the reason tells the two apart.
    private void gates() {
        Struct scheduled = podStatus.seq("conditions").find("type", "PodScheduled");
        if (scheduled.text("reason").equals("SchedulingGated")) {
            reason = "SchedulingGated";
        }
    }

    /// Goes through the init containers; true while one of them holds the pod up. They start one after the other, so
    /// the first that has neither ended well nor (a sidecar) started is the one everything waits for. Those behind it
    /// are not counted: they have not run.
    private boolean initializing() {
        Seq specs = pod.struct("spec").seq("initContainers");
        for (Struct c : specs.structs()) {
            total += sidecar(c) ? 1 : 0;
        }
        Seq statuses = podStatus.seq("initContainerStatuses");
        boolean held = false;
        for (int i = 0; i < statuses.size(); i++) {
            Struct s = statuses.struct(i);
            count(s);
            boolean sidecar = sidecar(specs.find("name", s.text("name")));
            if (sidecar) {
                sidecarRestarts += s.whole("restartCount", 0);
                lastSidecarRestart = later(lastSidecarRestart, finished(s));
            }
            Struct state = s.struct("state");
            if (state.has("terminated") && state.struct("terminated").whole("exitCode", 0) == 0) {
                continue;
            }
            if (sidecar && s.flag("started")) {
                ready += s.flag("ready") ? 1 : 0;
                continue;
            }
            reason = held ? reason : waitingFor(state, i, specs.size());
            held = true;
            break;
        }
        return held;
    }

    /// How a pod is held up: by a failure of the init container, by why it waits, or only by its turn (`Init:1/3`).
    /// `PodInitializing` is what every container waits for and would say nothing.
    private static String waitingFor(Struct state, int index, int all) {
        Struct ended = state.struct("terminated");
        String waiting = state.struct("waiting").text("reason");
        if (state.has("terminated")) {
            return "Init:" + end(ended);
        }
        return !waiting.isEmpty() && !waiting.equals("PodInitializing") ? "Init:" + waiting
                : "Init:" + index + "/" + all;
    }

    /// How a container ended; runtimes leave the reason empty where they know only the number.
    private static String end(Struct ended) {
        if (!ended.text("reason").isEmpty()) {
            return ended.text("reason");
        }
        long signal = ended.whole("signal", 0);
        return signal != 0 ? "Signal:" + signal : "ExitCode:" + ended.whole("exitCode", 0);
    }

    /// Once it is true it stays so: a sidecar that is being restarted looks like one that has not started, and holds
    /// nothing up any more.
    private boolean initialized() {
        return podStatus.seq("conditions").find("type", "Initialized").text("status").equals("True");
    }

    /// Goes through the containers from the last to the first, so that the first one that has something to say has the
    /// last word. Restarts of init containers that have done their work no longer matter, those of sidecars do.
    private void running() {
        restarts = sidecarRestarts;
        lastRestart = lastSidecarRestart;
        boolean running = false;
        String failed = "";
        Seq statuses = podStatus.seq("containerStatuses");
        for (int i = statuses.size() - 1; i >= 0; i--) {
            Struct s = statuses.struct(i);
            count(s);
            Struct state = s.struct("state");
            if (!state.struct("waiting").text("reason").isEmpty()) {
                reason = state.struct("waiting").text("reason");
            } else if (state.has("terminated")) {
                reason = end(state.struct("terminated"));
                failed = state.struct("terminated").whole("exitCode", 0) != 0 ? reason : failed;
            } else if (s.flag("ready") && state.has("running")) {
                running = true;
                ready++;
            }
        }
        if (reason.equals("Completed")) {
            reason = unlessCompleted(running, failed);
        }
    }

    /// One container has ended well. That another goes on, or has failed, tells more.
    private String unlessCompleted(boolean running, String failed) {
        boolean podReady = podStatus.seq("conditions").find("type", "Ready").text("status").equals("True");
        if (running && podReady) {
            return "Running";
        }
        return !failed.isEmpty() ? failed : running ? "NotReady" : reason;
    }

    /// Adds a container's restarts, whatever its state is now.
    private void count(Struct status) {
        restarts += status.whole("restartCount", 0);
        lastRestart = later(lastRestart, finished(status));
    }

    private static String finished(Struct status) {
        return status.struct("lastState").struct("terminated").text("finishedAt");
    }

    /// RFC 3339 timestamps in UTC with the same precision order as texts; empty is earlier than any.
    private static String later(String a, String b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    /// A pod that has ended stays what it became while it is deleted. `NodeLost` (upstream's
    /// `NodeUnreachablePodReason`) means that its node is silent: nobody can say whether it still runs.
    private void leaving() {
        if (!pod.struct("metadata").text("deletionTimestamp").isEmpty()) {
            String phase = podStatus.text("phase");
            if (podStatus.text("reason").equals("NodeLost")) {
                reason = "Unknown";
            } else if (!phase.equals("Succeeded") && !phase.equals("Failed")) {
                reason = "Terminating";
            }
        }
    }

    /// An init container that is restarted for as long as the pod lives (Kubernetes: Sidecar Containers).
    private static boolean sidecar(Struct container) {
        return container.text("restartPolicy").equals("Always");
    }
}
