package io.k3j.podstatus;

import io.k3j.controllerkit.Times;
import io.k3j.kuberuntime.LostContainer;
import io.k3j.kuberuntime.PodActions;
import io.k3j.kuberuntime.PodRestart;
import io.k3j.kuberuntime.PodRuntime;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.podstatus.PodStatus.Waiting;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Computes the statuses of a pod's containers; pure. Upstream's `convertToAPIContainerStatuses`.
///
/// @param restart how often all of them were started again
record ContainerStatuses(Obj pod, PodRuntime runtime, PodRestart restart, PodStatus.View view) {
    private static final String TERMINATED = "terminated";
    private static final String WAITING = "waiting";
    private static final String LAST_STATE = "lastState";
    private static final String UNKNOWN = "ContainerStatusUnknown";
    /// Of all containers of a pod together.
    private static final int MOST_WORDS = 12 << 10;
    private static final Struct NOT_LOCATED = Struct.of(TERMINATED, Struct.of("exitCode", LostContainer.UNKNOWN_EXIT,
            "reason", UNKNOWN, "message", "The container could not be located when the pod was terminated",
            "startedAt", null, "finishedAt", null));
    private static final Struct LOST = Struct.of(TERMINATED, Struct.of("exitCode", LostContainer.UNKNOWN_EXIT,
            "reason", UNKNOWN, "message",
            "The container could not be located when the pod was deleted.  The container used to be Running",
            "startedAt", null, "finishedAt", null));
    private static final Struct PASSED = Struct.of(TERMINATED, Struct.of("exitCode", 0, "reason", "Completed",
            "message", "Unable to get init container status from container runtime and pod has been initialized,"
                    + " treat it as exited normally",
            "startedAt", null, "finishedAt", null));

    /// What of a pod's containers a status is of. Those of init containers are in the pod's order, all others sorted by
    /// their names.
    enum Kind {
        INIT, MAIN, EPHEMERAL
    }

    Seq of(Kind kind) {
        List<Struct> specs = switch (kind) {
            case INIT -> PodSpecs.initContainers(pod);
            case MAIN -> PodSpecs.containers(pod);
            case EPHEMERAL -> PodSpecs.ephemeralContainers(pod);
        };
        Seq old = pod.status().seq(switch (kind) {
            case INIT -> "initContainerStatuses";
            case MAIN -> "containerStatuses";
            case EPHEMERAL -> "ephemeralContainerStatuses";
        });
        List<Struct> all = new ArrayList<>();
        specs.forEach(s -> all.add(one(s, old.find("name", s.text("name")), kind)));
        if (kind != Kind.INIT) {
            all.sort(Comparator.comparing(s -> s.text("name")));
        }
        return Seq.copyOf(all);
    }

    private Struct one(Struct spec, Struct old, Kind kind) {
        return runtime.newest(spec.text("name")).map(c -> found(spec, c, old, kind))
                .orElseGet(() -> missing(spec, old, kind));
    }

    private Struct found(Struct spec, Container c, Struct old, Kind kind) {
        String name = spec.text("name");
        List<Container> all = runtime.containers().getOrDefault(name, List.of());
        Waiting waiting = view.waiting().get(name);
        boolean former = restart.former(c) && kind != Kind.EPHEMERAL;
        boolean exited = !c.running();
        boolean waits = waiting != null && exited || c.state() == Container.State.CREATED
                || former && exited && restart.ending(pod).isEmpty() || revived(spec, c);
        Container last = waits && c.exited() ? c : all.size() > 1 ? all.get(1) : null;
        boolean plain = kind == Kind.INIT && !PodSpecs.sidecar(spec);
        boolean done = plain && !former && c.exited() && c.end().exitCode() == 0;
        Struct.Builder b = Struct.builder().put("name", name).put("state", waits ? waiting(waiting) : state(c));
        b.put(LAST_STATE, last != null && last.exited() ? Struct.of(TERMINATED, terminated(last)) : before(c, old));
        b.put("ready", c.running() && view.ready(c) && !plain && kind != Kind.EPHEMERAL || done);
        b.put("restartCount", Math.max(c.attempt(), old.whole("restartCount", 0)));
        b.put("image", c.told().text("image", spec.text("image"))).put("imageID", c.image()).put("containerID", id(c));
        if (kind != Kind.EPHEMERAL) {
            b.put("started", c.running() && view.started(c));
        }
        Struct given = view.resources().given().get(name);
        if (given != null) {
            b.putUnlessEmpty("allocatedResources", given.struct("requests"));
            b.put("resources", view.resources().applied().getOrDefault(c.id(), given));
        }
        if (kind != Kind.INIT) {
            b.putUnlessEmpty("allocatedResourcesStatus", view.health(pod, spec));
        }
        return b.putUnlessEmpty("volumeMounts", mounts(spec)).putUnlessEmpty("user", c.told().struct("user")).build();
    }

    /// The end of the container before one, as the API was told of it, where the runtime has it no more.
    private static Struct before(Container c, Struct old) {
        Struct ended = old.struct("state");
        return ended.has(TERMINATED) && !old.text("containerID").equals(id(c))
                ? Struct.of(TERMINATED, ended.struct(TERMINATED)) : old.struct(LAST_STATE);
    }

    private static String id(Container c) {
        return "containerd://" + c.id();
    }

    /// The status of a container that the runtime does not have, or has no more.
    private Struct missing(Struct spec, Struct old, Kind kind) {
        Waiting waiting = view.waiting().get(spec.text("name"));
        Struct state = old.struct("state");
        if (state.has(TERMINATED)) {
            return waiting == null || pod.terminating() || view.ended() || PodSpecs.finished(pod) || passed(old, kind)
                    ? old : old.with("state", waiting(waiting)).with(LAST_STATE, state).with("ready", false)
                            .with("started", false);
        }
        boolean lost = state.has("running") && !old.struct(LAST_STATE).has(TERMINATED);
        long restarts = old.whole("restartCount", 0);
        boolean passed = kind == Kind.INIT && !PodSpecs.sidecar(spec) && begun();
        Struct.Builder b = Struct.builder().put("name", spec.text("name"))
                .put("state", passed ? PASSED : waiting(waiting))
                .put(LAST_STATE, lost ? LOST : old.struct(LAST_STATE)).put("ready", passed)
                .put("restartCount", lost && !pod.terminating() ? restarts + 1 : restarts)
                .put("image", spec.text("image")).put("imageID", "");
        if (kind != Kind.EPHEMERAL) {
            b.put("started", false);
        }
        return b.putUnlessEmpty("volumeMounts", mounts(spec)).build();
    }

    private static boolean passed(Struct old, Kind kind) {
        return kind == Kind.INIT && old.struct("state").struct(TERMINATED).whole("exitCode", 1) == 0;
    }

    /// Whether there is a container that is started after init containers.
    private boolean begun() {
        return PodSpecs.containers(pod).stream().anyMatch(c -> restart.newest(c.text("name")).isPresent());
    }

    /// Whether a container was ended to be started again, though its end alone asks for none: once it is told to have
    /// ended, the API does not take that it runs.
    private boolean revived(Struct spec, Container c) {
        return c.exited() && view.restarts(c) && !view.ended() && !PodActions.again(pod, spec, c);
    }

    private static Seq mounts(Struct spec) {
        return Seq.copyOf(spec.seq("volumeMounts").structs().stream().map(ContainerStatuses::mount).toList());
    }

    private static Struct mount(Struct m) {
        Struct.Builder b = Struct.builder().put("name", m.text("name")).put("mountPath", m.text("mountPath"));
        return m.flag("readOnly") ? b.put("readOnly", true).put("recursiveReadOnly", MountModes.told(m)).build()
                : b.build();
    }

    private Struct waiting(@Nullable Waiting waiting) {
        Waiting w = waiting != null ? waiting : new Waiting(
                PodSpecs.initContainers(pod).isEmpty() ? "ContainerCreating" : "PodInitializing", "");
        return Struct.of(WAITING, Struct.builder().put("reason", w.reason()).putUnlessEmpty("message", w.message())
                .build());
    }

    private Struct state(Container c) {
        return c.running() ? Struct.of("running", Struct.of("startedAt", Times.seconds(c.end().started())))
                : Struct.of(TERMINATED, terminated(c));
    }

    private Struct terminated(Container c) {
        String words = view.lastWords(c);
        String reason = c.end().reason().isEmpty() ? c.end().exitCode() == 0 ? "Completed" : "Error" : c.end().reason();
        return Struct.builder().put("exitCode", c.end().exitCode()).put("reason", reason)
                .putUnlessEmpty("message", cut(words.isEmpty() ? c.end().message() : words))
                .put("startedAt", Times.seconds(c.end().started().equals(Instant.EPOCH) ? c.end().created()
                        : c.end().started()))
                .put("finishedAt", Times.seconds(c.end().finished())).put("containerID", id(c)).build();
    }

    /// The share that one container has of what a pod may say.
    private String cut(String words) {
        int most = MOST_WORDS / Math.max(1, PodSpecs.all(pod).size());
        byte[] bytes = words.getBytes(StandardCharsets.UTF_8);
        int end = Math.min(most, bytes.length);
        while (end < bytes.length && end > 0 && (bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return end == bytes.length ? words : new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    /// How a lost container counts for the phase of its pod: its exit code; empty for one that is there, or never
    /// began.
    Optional<Integer> lostExit(Struct spec) {
        return LostContainer.of(pod, runtime, spec.text("name")).flatMap(LostContainer::exitCode);
    }

    /// Statuses of a pod that is over for good: whatever is not known to have ended is told to have failed, so that
    /// nobody takes it for a success. Containers whose turn never came stay as they are. Upstream's `TerminatePod`.
    ///
    /// @param mains whether they are of containers proper
    Seq over(Seq statuses, boolean mains, boolean initialized) {
        List<Struct> all = statuses.structs();
        int last = all.size() - 1;
        while (!mains && last > 0 && all.get(last).struct("state").has(WAITING)
                && !all.get(last).struct(LAST_STATE).has(TERMINATED)) {
            last--;
        }
        int count = mains ? initialized ? all.size() : 0 : last + 1;
        List<Struct> over = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Struct status = all.get(i);
            over.add(i >= count || status.struct("state").has(TERMINATED) ? status : status.with("state", NOT_LOCATED));
        }
        return Seq.copyOf(over);
    }

    /// Whether containers proper had their turn, as far as statuses tell. Upstream's `hasPodInitialized`.
    boolean initialized(Seq inits, Seq mains) {
        List<Struct> specs = PodSpecs.initContainers(pod);
        if (specs.isEmpty() || mains.structs().stream()
                .anyMatch(s -> s.struct(LAST_STATE).has(TERMINATED) || !s.struct("state").has(WAITING))) {
            return true;
        }
        Struct last = specs.getLast();
        Struct status = inits.find("name", last.text("name"));
        return PodSpecs.sidecar(last) ? status.struct("state").has("running") && status.flag("started")
                : List.of("state", LAST_STATE).stream()
                        .anyMatch(s -> status.struct(s).has(TERMINATED)
                                && status.struct(s).struct(TERMINATED).whole("exitCode", 1) == 0);
    }
}
