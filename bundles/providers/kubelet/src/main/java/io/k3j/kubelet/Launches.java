package io.k3j.kubelet;

import io.k3j.kubeletimages.ImageVolumes;
import io.k3j.kubeletimages.Images;
import io.k3j.kuberuntime.Backoff;
import io.k3j.kuberuntime.ConfigError;
import io.k3j.kuberuntime.LostContainer;
import io.k3j.kuberuntime.PodRestart;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.Image;
import io.k3j.nodeapi.Sandbox;
import io.k3j.podstatus.PodStatus;
import io.k3j.probes.HandlerRunner;
import io.k3j.probes.HookCall;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Starts the containers of one pod: back-off, image, container, postStart hook. Keeps the waiting reason of each
/// container that does not run. On the pod's thread.
final class Launches {
    /// A hook takes as long as it likes, as upstream's, unless its pod leaves.
    private static final Duration HOOK_LIMIT = Duration.ofDays(1);
    private static final Duration GATE_PAUSE = Duration.ofSeconds(1);
    private final Dependencies tools;
    private final Starter starter;
    private final ContainerKiller killer;
    private final Runnable wake;
    private final Consumer<Instant> syncAt;
    private final Backoff backoff;
    private final Map<String, PodStatus.Waiting> waiting = new HashMap<>();
    private final Map<String, Ending> firstSeenExited = new HashMap<>();
    private final Map<String, Boolean> backOffReported = new HashMap<>();
    private String openSandbox = "";
    private boolean fetching;
    private final HookCall hooks = new HookCall();

    /// Images of volumes by the name of the container that waits for the rest, then by that of the volume.
    private final Map<String, Map<String, Image>> pulled = new HashMap<>();

    /// What volumes are: on the host, or images.
    private record Mounted(Map<String, Path> volumes, Map<String, Image> images) {
    }

    private record Ending(String id, Instant syncAt) {
    }

    /// @param wake called when an image pull has ended
    /// @param syncAt receives the time of the next sync
    Launches(Dependencies tools, Starter starter, ContainerKiller killer, Runnable wake, Consumer<Instant> syncAt) {
        this.tools = tools;
        this.backoff = new Backoff(tools.options().longestBackOff());
        this.starter = starter;
        this.killer = killer;
        this.wake = wake;
        this.syncAt = syncAt;
    }

    /// The pod is to end: nothing more is started, and nobody waits for a hook any longer. Any thread.
    void leave() {
        hooks.cancel();
    }

    /// The waiting reasons by container name.
    Map<String, PodStatus.Waiting> waiting() {
        return Map.copyOf(waiting);
    }

    /// Starts those containers that can start now; none when the volumes have taken longer than the kubelet was there.
    /// @param volumes the host paths of the volumes, by name
    void start(SyncContext context, List<String> names, Map<String, Path> volumes) {
        if (!names.isEmpty() && tools.closed().getCount() > 0 && open(context)) {
            List<String> ephemeral = PodSpecs.ephemeralContainers(context.pod()).stream().map(c -> c.text("name"))
                    .toList();
            fetching = false;
            for (String name : names) {
                // one after the other: what is behind a container may count on it, as on its postStart hook
                if (!hooks.cancelled() && (!fetching || ephemeral.contains(name))) {
                    start(context, name, volumes);
                }
            }
        }
    }

    /// Whether containers may start in the sandbox there is; asked once for each.
    private boolean open(SyncContext context) {
        Obj pod = context.pod();
        Optional<Sandbox> sandbox = context.seen().ready();
        if (PodSpecs.hostNetwork(pod) || sandbox.isEmpty() || sandbox.get().id().equals(openSandbox)) {
            return true;
        }
        String refusal = tools.gates().refusal(pod, sandbox.get().addresses());
        if (!refusal.isEmpty()) {
            tools.tell(pod, true, "PodStartGateClosed", "Containers are not started yet: " + refusal);
            syncAt.accept(tools.clock().monotonic().instant().plus(GATE_PAUSE));
            return false;
        }
        openSandbox = sandbox.get().id();
        return true;
    }

    private void start(SyncContext context, String name, Map<String, Path> volumes) {
        Obj pod = context.pod();
        Struct spec = PodSpecs.container(pod, name);
        Optional<Container> before = context.seen().newest(name);
        Instant now = tools.clock().monotonic().instant();
        if (before.isPresent() && before.get().exited()) {
            Duration left = backoff.remaining(trial(spec), firstSeenExited(name, before.get(), now), now);
            if (!left.isZero()) {
                crashLoop(pod, spec, now.plus(left));
                return;
            }
        }
        Map<String, Image> images = pulled.computeIfAbsent(name, n -> new HashMap<>());
        for (Struct volume : ImageVolumes.of(pod, spec)) {
            if (!images.containsKey(volume.text("name"))) {
                Optional<Images.Outcome.Here> image = ensure(pod, name, ImageVolumes.source(volume));
                if (image.isEmpty()) {
                    return;
                }
                images.put(volume.text("name"), image.get().image());
            }
        }
        ensure(pod, name, spec).ifPresent(here -> {
            pulled.remove(name);
            createAndStart(context, spec, before, here, new Mounted(volumes, images));
        });
    }

    /// An image of a container or of a volume it mounts; empty while it is pulled, or cannot be.
    private Optional<Images.Outcome.Here> ensure(Obj pod, String name, Struct spec) {
        switch (tools.images().ensure(pod, spec, wake)) {
            case Images.Outcome.Here here -> {
                return Optional.of(here);
            }
            case Images.Outcome.Fetching f -> {
                if (f.begun()) {
                    tools.tell(pod, name, false, "Pulling", "Pulling image \"" + spec.text("image") + "\"");
                }
                waiting.remove(name);
                fetching = true;
                return Optional.empty();
            }
            case Images.Outcome.Missing m -> {
                setWaiting(name, m.reason(), m.message());
                tools.metrics().container(pod, name, m.reason());
                switch (m.reason()) {
                    case "ImagePullBackOff" -> tools.tell(pod, name, false, "BackOff",
                            "Back-off pulling image \"" + spec.text("image") + "\"");
                    case "ErrImageNeverPull" -> tools.tell(pod, name, true, m.reason(), m.message());
                    case "InvalidImageName" -> tools.tell(pod, name, true, "InspectFailed", m.message());
                    default -> tools.tell(pod, name, true, "Failed",
                            "Failed to pull image \"" + spec.text("image") + "\": " + m.message());
                }
                tools.tell(pod, name, true, "Failed", "Error: " + m.reason());
                syncAt.accept(m.again());
                return Optional.empty();
            }
        }
    }

    /// When this kubelet first saw the container exited: back-off is measured with the monotonic clock, which the
    /// runtime's timestamps are not.
    private Instant firstSeenExited(String name, Container container, Instant now) {
        return firstSeenExited.compute(name, (n, e) -> e != null && e.id().equals(container.id()) ? e
                : new Ending(container.id(), now)).syncAt();
    }

    /// What has failed: with another image or other resources it may do better, and is tried at once.
    private static String trial(Struct spec) {
        return spec.text("name") + "|" + spec.text("image") + "|" + spec.struct("resources");
    }

    private void crashLoop(Obj pod, Struct spec, Instant until) {
        String name = spec.text("name");
        setWaiting(name, "CrashLoopBackOff",
                "back-off " + Backoff.text(backoff.pause(trial(spec))) + " restarting failed container="
                        + name + " pod=" + PodSpecs.text(pod));
        if (backOffReported.put(name, true) == null) {
            tools.tell(pod, name, true, "BackOff",
                    "Back-off restarting failed container " + name + " in pod " + PodSpecs.text(pod));
        }
        syncAt.accept(until);
    }

    private void setWaiting(String name, String reason, String message) {
        waiting.put(name, new PodStatus.Waiting(reason, message));
    }

    private void createAndStart(SyncContext context, Struct spec, Optional<Container> before, Images.Outcome.Here image,
            Mounted mounted) {
        Obj pod = context.pod();
        String name = spec.text("name");
        Optional<Sandbox> sandbox = context.seen().ready();
        if (sandbox.isEmpty()) {
            return;
        }
        if (before.isPresent() && before.get().exited()) {
            Instant now = tools.clock().monotonic().instant();
            backoff.next(trial(spec), firstSeenExited(name, before.get(), now), now);
        }
        tools.tell(pod, name, false, "Pulled", image.message());
        int attempt = before.map(c -> c.attempt() + 1).orElseGet(
                () -> LostContainer.of(pod, context.seen(), name).map(LostContainer::attempt).orElse(0));
        String target = context.seen().newest(spec.text("targetContainerName")).map(Container::id).orElse("");
        List<String> addresses = PodSpecs.hostNetwork(pod) ? tools.hosts() : sandbox.get().addresses();
        try {
            String id = starter.container(pod, spec, attempt, image.image(),
                    new Starter.Place(sandbox.get().id(), sandbox.get().attempt(), addresses, mounted.volumes(),
                            mounted.images(),
                            target, PodRestart.of(pod, context.seen())));
            tools.metrics().container(pod, name, "");
            waiting.remove(name);
            backOffReported.remove(name);
            runPostStartHook(pod, spec, id, addresses);
        } catch (ConfigError e) {
            setWaiting(name, e.reason(), String.valueOf(e.getMessage()));
            tools.metrics().container(pod, name, e.reason());
            tools.tell(pod, name, true, "Failed", "Error: " + e.getMessage());
            syncAt.accept(tools.clock().monotonic().instant().plus(Backoff.FIRST));
        } catch (IOException e) {
            setWaiting(name, "CreateContainerError", String.valueOf(e.getMessage()));
            tools.metrics().container(pod, name, "CreateContainerError");
            tools.tell(pod, name, true, "Failed", "Error: " + e.getMessage());
            syncAt.accept(tools.clock().monotonic().instant().plus(Backoff.FIRST));
        }
    }

    private void runPostStartHook(Obj pod, Struct spec, String id, List<String> addresses) {
        Struct handler = spec.struct("lifecycle").struct("postStart");
        if (handler.isEmpty()) {
            return;
        }
        String problem = hooks.problem(() -> tools.hook(handler,
                new HandlerRunner.Target(pod, spec, id, addresses.isEmpty() ? "" : addresses.getFirst()), HOOK_LIMIT));
        if (!problem.isEmpty() && !hooks.cancelled()) {
            String name = spec.text("name");
            tools.tell(pod, name, true, "FailedPostStartHook", "PostStartHook failed");
            setWaiting(name, "PostStartHookError", problem);
            tools.runtime().container(id).ifPresent(c -> killer.kill(pod, c, Duration.ofSeconds(PodSpecs.grace(pod)),
                    "FailedPostStartHook"));
        }
    }
}
