package io.k3j.resourcesbuiltin;

import io.k3j.model.Seq;
import io.k3j.model.Struct;

/// What the `READY`, `STATUS` and `RESTARTS` columns of a pod say, as
/// <https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/> explains them. Computed once per row.
final class PodState {
    private final Struct pod;
    private final Struct podStatus;
    private String reason;
    private long ready;
    private long total;
    private long restarts;
    private String lastRestart = "";
    private long sidecarRestarts;
    private String lastSidecarRestart = "";

    private PodState(Struct pod) {
        this.pod = pod;
        this.podStatus = pod.struct("status");
        this.total = pod.struct("spec").seq("containers").size();
        this.reason = podStatus.text("reason", podStatus.text("phase"));
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

    /// As `1/2`.
    String ready() {
        return ready + "/" + total;
    }

    /// As `Running` or `Init:CrashLoopBackOff`.
    String status() {
        return reason;
    }

    /// How often containers were started again.
    long restarts() {
        return restarts;
    }

    /// When that was last, empty when unknown.
    String lastRestart() {
        return lastRestart;
    }

    private void gates() {
        Struct scheduled = podStatus.seq("conditions").find("type", "PodScheduled");
        if (scheduled.text("reason").equals("SchedulingGated")) {
            reason = "SchedulingGated";
        }
    }

    /// Goes through the init containers; true while one of them holds the pod up.
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

    private static String waitingFor(Struct state, int index, int all) {
        Struct ended = state.struct("terminated");
        String waiting = state.struct("waiting").text("reason");
        if (state.has("terminated")) {
            return "Init:" + end(ended);
        }
        return !waiting.isEmpty() && !waiting.equals("PodInitializing") ? "Init:" + waiting
                : "Init:" + index + "/" + all;
    }

    private static String end(Struct ended) {
        if (!ended.text("reason").isEmpty()) {
            return ended.text("reason");
        }
        long signal = ended.whole("signal", 0);
        return signal != 0 ? "Signal:" + signal : "ExitCode:" + ended.whole("exitCode", 0);
    }

    private boolean initialized() {
        return podStatus.seq("conditions").find("type", "Initialized").text("status").equals("True");
    }

    private void running() {
        restarts = sidecarRestarts;
        lastRestart = lastSidecarRestart;
        boolean running = false;
        Seq statuses = podStatus.seq("containerStatuses");
        for (int i = statuses.size() - 1; i >= 0; i--) {
            Struct s = statuses.struct(i);
            count(s);
            Struct state = s.struct("state");
            if (!state.struct("waiting").text("reason").isEmpty()) {
                reason = state.struct("waiting").text("reason");
            } else if (state.has("terminated")) {
                reason = end(state.struct("terminated"));
            } else if (s.flag("ready") && state.has("running")) {
                running = true;
                ready++;
            }
        }
        if (reason.equals("Completed") && running) {
            boolean podReady = podStatus.seq("conditions").find("type", "Ready").text("status").equals("True");
            reason = podReady ? "Running" : "NotReady";
        }
    }

    private void count(Struct status) {
        restarts += status.whole("restartCount", 0);
        lastRestart = later(lastRestart, finished(status));
    }

    private static String finished(Struct status) {
        return status.struct("lastState").struct("terminated").text("finishedAt");
    }

    /// RFC 3339 timestamps in UTC with the same precision order as texts.
    private static String later(String a, String b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

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

    private static boolean sidecar(Struct container) {
        return container.text("restartPolicy").equals("Always");
    }
}
