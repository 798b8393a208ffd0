package io.k3j.kubelet;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Starts the containers of one pod: pause after failures, image, container, hook. Remembers why each that
/// does not run waits. For the pod's thread.
final class Launches {
    private static final Duration HOOK_LIMIT = Duration.ofMinutes(10);
    private final Tools tools;
    private final Starter starter;
    private final Killer killer;
    private final Runnable wake;
    private final Consumer<Instant> at;
    private final Backoff backoff = new Backoff();
    private final Map<String, PodStatus.Waiting> waiting = new HashMap<>();
    private final Map<String, Ending> endings = new HashMap<>();
    private final Map<String, Boolean> told = new HashMap<>();
    private record Ending(String id, Instant at) {
    }

    private Obj pod = Obj.of(Struct.EMPTY);
    private PodRuntime seen = PodRuntime.EMPTY;

    /// @param wake called when a fetch of an image has ended
    /// @param at told when to look again
    Launches(Tools tools, Starter starter, Killer killer, Runnable wake, Consumer<Instant> at) {
        this.tools = tools;
        this.starter = starter;
        this.killer = killer;
        this.wake = wake;
        this.at = at;
    }

    /// Why containers wait, by name.
    Map<String, PodStatus.Waiting> waiting() {
        return Map.copyOf(waiting);
    }

    /// Starts containers as far as that is possible now.
    void start(Obj of, PodRuntime runtime, List<String> names, Map<String, Path> volumes) {
        pod = of;
        seen = runtime;
        names.forEach(name -> start(name, volumes));
    }

    private void start(String name, Map<String, Path> volumes) {
        Struct spec = Pods.container(pod, name);
        Optional<Container> before = seen.newest(name);
        Instant now = tools.clock().monotonic().instant();
        if (before.isPresent() && before.get().exited()) {
            Duration left = backoff.left(name, ended(name, before.get(), now), now);
            if (!left.isZero()) {
                crashLoop(name, now.plus(left));
                return;
            }
        }
        switch (tools.images().ensure(pod, spec, wake)) {
            case Images.Outcome.Here here -> begin(spec, before, here, volumes);
            case Images.Outcome.Fetching f -> {
                if (f.begun()) {
                    tools.tell(pod, name, false, "Pulling", "Pulling image \"" + spec.text("image") + "\"");
                }
                waiting.remove(name);
            }
            case Images.Outcome.Missing m -> {
                waits(name, m.reason(), m.message());
                boolean pause = m.reason().equals("ImagePullBackOff");
                tools.tell(pod, name, !pause, pause ? "BackOff" : "Failed",
                        pause ? "Back-off pulling image \"" + spec.text("image") + "\"" : m.message());
                tools.tell(pod, name, true, "Failed", "Error: " + m.reason());
                at.accept(m.again());
            }
        }
    }

    /// When a container was first seen ended: the runtime's time of day says nothing about how long ago that is.
    private Instant ended(String name, Container container, Instant now) {
        return endings.compute(name, (n, e) -> e != null && e.id().equals(container.id()) ? e
                : new Ending(container.id(), now)).at();
    }

    private void crashLoop(String name, Instant until) {
        waits(name, "CrashLoopBackOff",
                "back-off " + Backoff.text(backoff.pause(name)) + " restarting failed container="
                        + name + " pod=" + Pods.text(pod));
        if (told.put(name, true) == null) {
            tools.tell(pod, name, true, "BackOff",
                    "Back-off restarting failed container " + name + " in pod " + Pods.text(pod));
        }
        at.accept(until);
    }

    private void waits(String name, String reason, String message) {
        waiting.put(name, new PodStatus.Waiting(reason, message));
    }

    private void begin(Struct spec, Optional<Container> before, Images.Outcome.Here image, Map<String, Path> volumes) {
        String name = spec.text("name");
        Optional<Sandbox> sandbox = seen.ready();
        if (sandbox.isEmpty()) {
            return;
        }
        if (before.isPresent() && before.get().exited()) {
            backoff.next(name, tools.clock().monotonic().instant());
        }
        tools.tell(pod, name, false, "Pulled", image.message());
        int attempt = before.map(c -> c.attempt() + 1).orElse(0);
        String target = seen.newest(spec.text("targetContainerName")).map(Container::id).orElse("");
        List<String> addresses = Pods.hostNetwork(pod) ? tools.hosts() : sandbox.get().addresses();
        try {
            String id = starter.container(pod, spec, attempt, image.image(),
                    new Starter.Place(sandbox.get().id(), sandbox.get().attempt(), addresses, volumes, target));
            waiting.remove(name);
            told.remove(name);
            hook(spec, id, addresses);
        } catch (ConfigProblem e) {
            waits(name, e.reason(), String.valueOf(e.getMessage()));
            tools.tell(pod, name, true, "Failed", "Error: " + e.getMessage());
            at.accept(tools.clock().monotonic().instant().plus(Backoff.FIRST));
        } catch (IOException e) {
            waits(name, "CreateContainerError", String.valueOf(e.getMessage()));
            tools.tell(pod, name, true, "Failed", "Error: " + e.getMessage());
            at.accept(tools.clock().monotonic().instant().plus(Backoff.FIRST));
        }
    }

    private void hook(Struct spec, String id, List<String> addresses) {
        Struct hook = spec.struct("lifecycle").struct("postStart");
        if (hook.isEmpty()) {
            return;
        }
        String problem = tools.handlers().run(hook,
                new Handlers.Target(pod, spec, id, addresses.isEmpty() ? "" : addresses.getFirst()),
                HOOK_LIMIT);
        if (!problem.isEmpty()) {
            String name = spec.text("name");
            tools.tell(pod, name, true, "FailedPostStartHook", "PostStartHook failed");
            waits(name, "PostStartHookError", problem);
            tools.runtime().container(id).ifPresent(c -> killer.kill(pod, c, Duration.ofSeconds(Pods.grace(pod)),
                    "FailedPostStartHook"));
        }
    }
}
