package io.k3j.kubelet;

import io.k3j.kuberuntime.Labels;
import io.k3j.kuberuntime.PodActions;
import io.k3j.kuberuntime.PodRuntime;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.probes.HandlerRunner;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Stops containers of one pod, each on its own virtual thread: preStop hook, turn among the sidecars, TERM, KILL. A
/// stop in progress may get a shorter grace period. When the kubelet stops, containers that were not sent TERM yet
/// keep running.
final class ContainerKiller {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final Duration MIN_GRACE = Duration.ofSeconds(2);
    private final Dependencies tools;
    private final Runnable wake;
    private final Map<String, Instant> deadlines = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();

    /// How long there is to end, and until when.
    ///
    /// @param hooks whether a preStop hook is run
    private record Period(Duration grace, Instant deadline, boolean hooks) {
    }

    ContainerKiller(Dependencies tools, Runnable wake) {
        this.tools = tools;
        this.wake = wake;
    }

    /// Whether a container is being stopped.
    boolean busy(Container c) {
        return deadlines.containsKey(c.id());
    }

    /// Whether any container is being stopped.
    boolean busy() {
        return !deadlines.isEmpty();
    }

    /// Starts to stop all running containers. Sidecars stop after all others, in reverse order, within the grace
    /// period of the whole pod: <https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/>.
    void killAll(Obj pod, List<Container> running, Duration grace) {
        List<String> sidecars = PodSpecs.initContainers(pod).stream().filter(PodSpecs::sidecar).map(c -> c.text("name"))
                .toList();
        List<Container> ordered = new ArrayList<>(running);
        ordered.sort(Comparator.comparingInt(c -> {
            int at = sidecars.indexOf(name(c));
            return at < 0 ? -1 : sidecars.size() - at;
        }));
        Set<String> earlier = new HashSet<>();
        // of the whole pod: the first may have ended before the last one is looked at
        Period period = period(grace);
        for (Container c : ordered) {
            kill(pod, c, period, "", sidecars.contains(name(c)) ? Set.copyOf(earlier) : Set.of());
            earlier.add(c.id());
        }
    }

    private static String name(Container c) {
        return c.labels().getOrDefault(Labels.CONTAINER, c.name());
    }

    /// Starts to stop a container, or shortens its grace period.
    void kill(Obj pod, Container c, Duration grace, String why) {
        kill(pod, c, period(grace), why, Set.of());
    }

    /// Starts to stop a container as planned: an abrupt end is without its preStop hook and in the least time there is.
    void kill(Obj pod, PodActions.Kill planned, Duration grace) {
        Period period = planned.abrupt() ? new Period(MIN_GRACE, period(MIN_GRACE).deadline, false) : period(grace);
        kill(pod, planned.container(), period, planned.why(), Set.of());
    }

    private Period period(Duration grace) {
        return new Period(grace, tools.clock().monotonic().instant().plus(grace), true);
    }

    private void kill(Obj pod, Container c, Period period, String why, Set<String> earlier) {
        Instant deadline = period.deadline;
        Instant before = deadlines.get(c.id());
        if (before != null && !deadline.isBefore(before.minusMillis(500))) {
            return;
        }
        if (before == null && ended(c)) {
            return;
        }
        deadlines.put(c.id(), deadline);
        String name = name(c);
        if (before == null) {
            tools.tell(pod, name, false, "Killing", why.isEmpty() ? "Stopping container " + name : why);
        }
        Thread.ofVirtual().name("kill-" + name).start(() -> {
            try {
                if (before == null && period.hooks) {
                    runPreStopHook(pod, name, c, deadline);
                }
                awaitTurn(earlier, deadline);
                if (stopped()) {
                    return;
                }
                Duration remaining = Duration.between(tools.clock().monotonic().instant(),
                        deadlines.getOrDefault(c.id(), deadline));
                tools.runtime().stopContainer(c.id(),
                        period.grace.isZero() ? Duration.ZERO : atLeastTwoSeconds(remaining));
            } catch (RuntimeFault e) {
                LOG.log(System.Logger.Level.WARNING, "Cannot stop container={0} error={1}", c.id(), e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                deadlines.remove(c.id(), deadline);
                wakeTurns();
                wake.run();
            }
        });
    }

    /// Whether it has stopped since it was looked at: the caller's look may be older than the end of its stop.
    private boolean ended(Container c) {
        return tools.runtime().container(c.id()).filter(Container::exited).isPresent();
    }

    /// Waits until the containers of earlier turns have stopped, the deadline passes or the kubelet stops.
    private void awaitTurn(Set<String> earlier, Instant deadline) throws InterruptedException {
        lock.lock();
        try {
            long remaining = Duration.between(tools.clock().monotonic().instant(), deadline).toNanos();
            while (remaining > 0 && !stopped() && !Collections.disjoint(deadlines.keySet(), earlier)) {
                remaining = ended.awaitNanos(remaining);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean stopped() {
        return tools.closed().getCount() == 0;
    }

    /// Wakes the threads that wait for their turn; also called when the kubelet stops.
    void wakeTurns() {
        lock.lock();
        try {
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static Duration atLeastTwoSeconds(Duration remaining) {
        return remaining.compareTo(MIN_GRACE) < 0 ? MIN_GRACE
                : remaining.plusMillis(999).truncatedTo(ChronoUnit.SECONDS);
    }

    private void runPreStopHook(Obj pod, String name, Container c, Instant deadline) throws InterruptedException {
        Struct spec = PodSpecs.container(pod, name);
        Struct hook = spec.struct("lifecycle").struct("preStop");
        Duration remaining = Duration.between(tools.clock().monotonic().instant(), deadline);
        if (hook.isEmpty() || remaining.isNegative() || remaining.isZero()) {
            return;
        }
        String address = address(pod);
        Thread t = Thread.ofVirtual().name("prestop-" + name).start(() -> {
            String problem = tools.hook(hook, new HandlerRunner.Target(pod, spec, c.id(), address), remaining);
            if (!problem.isEmpty()) {
                tools.tell(pod, name, true, "FailedPreStopHook", "PreStopHook failed");
            }
        });
        t.join(remaining);
    }

    /// As the runtime has it: of a static pod no object tells it.
    private String address(Obj pod) {
        List<String> all = PodSpecs.hostNetwork(pod) ? tools.hosts()
                : PodRuntime.read(tools.runtime(), pod.uid()).addresses();
        return all.isEmpty() ? pod.status().text("podIP") : all.getFirst();
    }
}
