package io.k3j.kuberuntime;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What is to be done next for a pod that is to run; pure. The rules are upstream's: init containers one after
/// the other, sidecars as soon as their turn comes, then all others; who ended is started again by [RestartRules]; a
/// pod all of whose containers are done gives its sandbox back.
///
/// It is upstream's `computePodActions`. The caller makes the sandbox, kills, starts, reads the runtime again and asks
/// again: nothing is remembered between two decisions but what the runtime holds. Containers in `start` are in the
/// order of the pod's specification. See <https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/>.
///
/// @param newSandbox whether a sandbox has to be made first
/// @param finished whether nothing of the pod will run again
/// @param start names of containers to make and start
/// @param kill containers to end, with the reason people are told
public record PodActions(boolean newSandbox, boolean finished, List<String> start, List<Kill> kill) {
    /// A container to end.
    ///
    /// @param why for people, may be empty
    /// @param abrupt without its preStop hook and the pod's grace
    public record Kill(Container container, String why, boolean abrupt) {
        Kill(Container container, String why) {
            this(container, why, false);
        }
    }

    /// What the caller knows of a container beyond what the runtime does; it is asked on the caller's thread. The
    /// kubelet's probes know it.
    public interface Health {
        /// Whether its startup probe has succeeded, or it has none. A sidecar lets the next init container begin only
        /// then.
        boolean started(Container container);

        /// Why it must be restarted, empty when it need not. A liveness or startup probe that has failed, in words for
        /// the event.
        String failure(Container container);

        /// Whether one that has ended was ended to be restarted, so that however it ended it is. A container that was
        /// killed for its probe may end with 0, and with the policy `OnFailure` would not come back then.
        default boolean restarts(Container ended) {
            return false;
        }
    }

    /// Decides.
    /// @param pod which is to run: one that is being deleted is not asked about
    /// @param runtime what it holds of the pod now
    /// @param health asked for running containers, and for those that have ended
    public static PodActions of(Obj pod, PodRuntime runtime, Health health) {
        return new Maker(pod, runtime, health).make();
    }

    /// Whether a container that ended is to be started again, see [RestartRules]. A container of which the runtime
    /// knows no end is started again whatever the policy says: it may never have lived.
    public static boolean again(Obj pod, Struct container, Container ended) {
        return !ended.exited() || RestartRules.restarts(pod, container, ended.end().exitCode());
    }

    /// One decision; not used again.
    private static final class Maker {
        private static final String INIT = "Init container";
        private final Obj pod;
        private final PodRuntime runtime;
        private final Health health;
        private final PodRestart restart;
        private final List<String> start = new ArrayList<>();
        private final List<Kill> kill = new ArrayList<>();

        Maker(Obj pod, PodRuntime runtime, Health health) {
            this.pod = pod;
            this.runtime = runtime;
            this.health = health;
            this.restart = PodRestart.of(pod, runtime);
        }

        /// Init containers first: those behind one that is not done wait. Once a container proper is in the sandbox,
        /// init containers count as done, as theirs may have been removed since. A sandbox that is gone makes all of it
        /// begin anew, and so does a restart of all containers, once those of before have ended. Ephemeral containers
        /// start once and never again.
        PodActions make() {
            List<Container> ending = restart.ending(pod);
            if (!ending.isEmpty()) {
                ending.forEach(c -> kill.add(new Kill(c, PodRestart.WHY, true)));
                return new PodActions(false, false, List.of(), kill);
            }
            boolean sandbox = runtime.ready().isPresent();
            boolean begun = sandbox && PodSpecs.containers(pod).stream()
                    .anyMatch(c -> restart.current(c.text("name")).isPresent());
            List<Struct> inits = PodSpecs.initContainers(pod);
            int reached = begun ? inits.size() : reached(inits);
            if (allDone() || inits.stream().skip(reached).anyMatch(this::failed)) {
                runtime.running().forEach(c -> kill.add(new Kill(c, "")));
                return new PodActions(false, true, List.of(), kill);
            }
            boolean initDone = true;
            for (int i = 0; initDone && i < inits.size(); i++) {
                Struct init = inits.get(i);
                initDone = PodSpecs.sidecar(init) ? sidecar(init, i < reached) : i < reached || init(init);
            }
            if (initDone) {
                PodSpecs.containers(pod).forEach(this::main);
            }
            if (sandbox) {
                PodSpecs.ephemeralContainers(pod).stream().map(c -> c.text("name"))
                        .filter(n -> runtime.newest(n).isEmpty()).forEach(start::add);
            }
            return new PodActions(!sandbox, false, start, kill);
        }

        /// How far the init containers have come in this sandbox: those before the last one that has been started have
        /// had their turn, and hold nobody up any more.
        private int reached(List<Struct> inits) {
            for (int i = inits.size() - 1; i > 0; i--) {
                if (restart.current(inits.get(i).text("name")).isPresent()) {
                    return i;
                }
            }
            return 0;
        }

        /// Whether every container has ended for good; never before each has lived. A pod of which some container never
        /// lived is not done, however the others ended.
        private boolean allDone() {
            return PodSpecs.containers(pod).stream().allMatch(c -> restart.newest(c.text("name"))
                    .map(ended -> !ended.running() && !again(c, ended)).orElseGet(() -> lostForGood(c)));
        }

        /// Whether it has lived, is not there any more, and is not to live again.
        private boolean lostForGood(Struct container) {
            return LostContainer.of(pod, runtime, container.text("name")).flatMap(LostContainer::exitCode)
                    .filter(code -> !RestartRules.restarts(pod, container, code)).isPresent();
        }

        private boolean again(Struct container, Container ended) {
            return health.restarts(ended) || PodActions.again(pod, container, ended);
        }

        /// Whether those behind it may go on.
        private boolean init(Struct container) {
            String name = container.text("name");
            Optional<Container> now = restart.current(name);
            if (now.isPresent() && unknown(now.get(), INIT)) {
                return false;
            }
            boolean ended = now.filter(Container::exited).isPresent();
            if (ended && now.get().end().exitCode() == 0) {
                return true;
            }
            if (ended || now.isEmpty() || now.get().state() == Container.State.CREATED) {
                start.add(name);
            }
            return false;
        }

        /// Whether an init container has failed for good. Where the sandbox is gone, as after a restart of the node,
        /// all of them begin anew, whatever their own policies are, but not in a pod that never restarts.
        private boolean failed(Struct init) {
            String name = init.text("name");
            boolean counts = restart.current(name).isPresent() || PodSpecs.restartPolicy(pod).equals("Never");
            return counts && !PodSpecs.sidecar(init) && restart.newest(name).filter(c -> c.exited()
                    && c.end().exitCode() != 0 && !PodActions.again(pod, init, c)).isPresent();
        }

        /// A sidecar that has ended starts again whatever the pod's policy is. Others wait for its first start only:
        /// when one behind it has begun, it no longer holds anybody up.
        ///
        /// @return whether those behind it may go on
        private boolean sidecar(Struct container, boolean past) {
            Optional<Container> now = restart.current(container.text("name"));
            if (now.isPresent() && unknown(now.get(), INIT)) {
                return past;
            }
            if (now.isEmpty() || !now.get().running()) {
                start.add(container.text("name"));
                return past;
            }
            watch(container, now.get());
            return past || health.started(now.get());
        }

        /// A container that is in a sandbox of before counts as ended, though the runtime may still call it running.
        private void main(Struct container) {
            String name = container.text("name");
            Optional<Container> newest = restart.newest(name);
            Optional<Container> now = restart.current(name);
            if (now.isPresent() && unknown(now.get(), "Container")) {
                return;
            }
            if (now.filter(Container::running).isPresent()) {
                watch(container, newest.orElseThrow());
            } else if (newest.isEmpty() || newest.get().running() || again(container, newest.get())) {
                start.add(name);
            }
        }

        /// Whether the runtime does not know whether one runs: it is ended before it is started again, or it would run
        /// twice.
        private boolean unknown(Container now, String kind) {
            boolean unknown = now.state() == Container.State.UNKNOWN;
            if (unknown) {
                kill.add(new Kill(now, kind + " is in \"unknown\" state, try killing it before restart"));
            }
            return unknown;
        }

        /// A running container is replaced when its image was changed in the pod, or when a probe says so; the first
        /// wins.
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
