package io.k3j.kubelet;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What is to be done next for a pod that is to run; pure. The rules are upstream's: init containers one after
/// the other, sidecars as soon as their turn comes, then all others; who ended is started again by the restart
/// policy; a pod all of whose containers are done gives its sandbox back.
///
/// @param newSandbox whether a sandbox has to be made first
/// @param finished whether nothing of the pod will run again
/// @param start names of containers to make and start
/// @param kill containers to end, with the reason people are told
record PodPlan(boolean newSandbox, boolean finished, List<String> start, List<Kill> kill) {
    /// A container to end.
    record Kill(Container container, String why) {
    }

    /// What the worker knows of a running container.
    interface Health {
        /// Whether its startup probe has succeeded, or it has none.
        boolean started(Container container);

        /// Why it must be restarted, empty when it need not.
        String failure(Container container);

        /// Whether one that has ended was ended to be restarted, so that however it ended it is.
        default boolean restarts(Container ended) {
            return false;
        }
    }

    static PodPlan of(Obj pod, PodRuntime runtime, Health health) {
        return new Maker(pod, runtime, health).make();
    }

    /// Whether a container that ended is to be started again.
    static boolean again(Obj pod, Struct container, Container ended) {
        String policy = container.text("restartPolicy", Pods.restartPolicy(pod));
        return switch (policy) {
            case "Always" -> true;
            case "OnFailure" -> ended.exited() ? ended.end().exitCode() != 0 : true;
            default -> !ended.exited();
        };
    }

    private static final class Maker {
        private final Obj pod;
        private final PodRuntime runtime;
        private final Health health;
        private final List<String> start = new ArrayList<>();
        private final List<Kill> kill = new ArrayList<>();

        Maker(Obj pod, PodRuntime runtime, Health health) {
            this.pod = pod;
            this.runtime = runtime;
            this.health = health;
        }

        PodPlan make() {
            boolean sandbox = runtime.ready().isPresent();
            boolean initFailed = false;
            boolean initDone = true;
            boolean begun = sandbox && Pods.containers(pod).stream()
                    .anyMatch(c -> runtime.current(c.text("name")).isPresent());
            for (Struct init : Pods.initContainers(pod)) {
                Turn turn = Pods.sidecar(init) ? sidecar(init, begun) : init(init, begun);
                initFailed |= turn == Turn.FAILED;
                if (turn != Turn.DONE) {
                    initDone = false;
                    break;
                }
            }
            if (initFailed || allDone()) {
                runtime.running().forEach(c -> kill.add(new Kill(c, "")));
                return new PodPlan(false, true, List.of(), kill);
            }
            if (initDone) {
                Pods.containers(pod).forEach(this::main);
            }
            if (sandbox) {
                Pods.ephemeralContainers(pod).stream().map(c -> c.text("name"))
                        .filter(n -> runtime.newest(n).isEmpty()).forEach(start::add);
            }
            return new PodPlan(!sandbox, false, start, kill);
        }

        private enum Turn {
            DONE, WAIT, FAILED
        }

        /// Whether every container has ended for good; never before each has lived.
        private boolean allDone() {
            return Pods.containers(pod).stream().allMatch(c -> runtime.newest(c.text("name"))
                    .map(ended -> !ended.running() && !again(c, ended)).orElse(false));
        }

        private boolean again(Struct container, Container ended) {
            return health.restarts(ended) || PodPlan.again(pod, container, ended);
        }

        private Turn init(Struct container, boolean begun) {
            String name = container.text("name");
            Optional<Container> now = runtime.current(name);
            if (begun) {
                return Turn.DONE;
            }
            if (now.isEmpty() || now.get().state() == Container.State.CREATED) {
                start.add(name);
                return Turn.WAIT;
            }
            if (!now.get().exited()) {
                return Turn.WAIT;
            }
            if (now.get().end().exitCode() == 0) {
                return Turn.DONE;
            }
            if (Pods.restartPolicy(pod).equals("Never")) {
                return Turn.FAILED;
            }
            start.add(name);
            return Turn.WAIT;
        }

        private Turn sidecar(Struct container, boolean begun) {
            Optional<Container> now = runtime.current(container.text("name"));
            if (now.isEmpty() || !now.get().running()) {
                start.add(container.text("name"));
                return begun ? Turn.DONE : Turn.WAIT;
            }
            watch(container, now.get());
            return begun || health.started(now.get()) ? Turn.DONE : Turn.WAIT;
        }

        private void main(Struct container) {
            String name = container.text("name");
            Optional<Container> newest = runtime.newest(name);
            if (runtime.current(name).filter(Container::running).isPresent()) {
                watch(container, newest.orElseThrow());
            } else if (newest.isEmpty() || newest.get().running() || again(container, newest.get())) {
                start.add(name);
            }
        }

        private void watch(Struct container, Container now) {
            String hash = now.annotations().getOrDefault(Labels.HASH, "");
            if (!hash.isEmpty() && !hash.equals(ContainerSpec.hash(container))) {
                kill.add(new Kill(now, "Container " + now.name() + " definition changed, will be restarted"));
            } else if (!health.failure(now).isEmpty()) {
                kill.add(new Kill(now, health.failure(now)));
            }
        }
    }
}
