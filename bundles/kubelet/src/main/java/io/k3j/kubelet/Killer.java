package io.k3j.kubelet;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.RuntimeFault;
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

/// Ends containers of one pod, each on a thread of its own: hook, turn, then TERM, then KILL. A shorter grace may be
/// asked for while one is under way. When the kubelet stops, whatever was not sent TERM yet stays as it is.
final class Killer {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final Duration LEAST = Duration.ofSeconds(2);
    private final Tools tools;
    private final Runnable wake;
    private final Map<String, Instant> deadlines = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();

    Killer(Tools tools, Runnable wake) {
        this.tools = tools;
        this.wake = wake;
    }

    /// Whether a container is being ended.
    boolean busy(Container c) {
        return deadlines.containsKey(c.id());
    }

    /// Whether any is.
    boolean busy() {
        return !deadlines.isEmpty();
    }

    /// Begins to end all that runs. Sidecars have their turn after all others, the last one first, as far as the grace,
    /// which counts for all together, lasts: <https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/>.
    void killAll(Obj pod, List<Container> running, Duration grace) {
        List<String> sidecars = Pods.initContainers(pod).stream().filter(Pods::sidecar).map(c -> c.text("name"))
                .toList();
        List<Container> turns = new ArrayList<>(running);
        turns.sort(Comparator.comparingInt(c -> {
            int at = sidecars.indexOf(name(c));
            return at < 0 ? -1 : sidecars.size() - at;
        }));
        Set<String> earlier = new HashSet<>();
        for (Container c : turns) {
            kill(pod, c, grace, "", sidecars.contains(name(c)) ? Set.copyOf(earlier) : Set.of());
            earlier.add(c.id());
        }
    }

    private static String name(Container c) {
        return c.labels().getOrDefault(Labels.CONTAINER, c.name());
    }

    /// Begins to end a container, or shortens its time.
    void kill(Obj pod, Container c, Duration grace, String why) {
        kill(pod, c, grace, why, Set.of());
    }

    private void kill(Obj pod, Container c, Duration grace, String why, Set<String> earlier) {
        Instant deadline = tools.clock().monotonic().instant().plus(grace);
        Instant before = deadlines.get(c.id());
        if (before != null && !deadline.isBefore(before.minusMillis(500))) {
            return;
        }
        deadlines.put(c.id(), deadline);
        String name = name(c);
        if (before == null) {
            tools.tell(pod, name, false, "Killing", why.isEmpty() ? "Stopping container " + name : why);
        }
        Thread.ofVirtual().name("kill-" + name).start(() -> {
            try {
                if (before == null) {
                    hook(pod, name, c, deadline);
                }
                turn(earlier, deadline);
                if (stopped()) {
                    return;
                }
                Duration left = Duration.between(tools.clock().monotonic().instant(),
                        deadlines.getOrDefault(c.id(), deadline));
                tools.runtime().stopContainer(c.id(), grace.isZero() ? grace : longer(left));
            } catch (RuntimeFault e) {
                LOG.log(System.Logger.Level.WARNING, "stop container={0}: {1}", c.id(), e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                deadlines.remove(c.id(), deadline);
                pass();
                wake.run();
            }
        });
    }

    /// Waits until those that are to end earlier have, the time is over or the kubelet stops.
    private void turn(Set<String> earlier, Instant deadline) throws InterruptedException {
        lock.lock();
        try {
            long left = Duration.between(tools.clock().monotonic().instant(), deadline).toNanos();
            while (left > 0 && !stopped() && !Collections.disjoint(deadlines.keySet(), earlier)) {
                left = ended.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean stopped() {
        return tools.closed().getCount() == 0;
    }

    /// Lets everybody who waits for a turn look again; also to be called when the kubelet stops.
    void pass() {
        lock.lock();
        try {
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static Duration longer(Duration left) {
        return left.compareTo(LEAST) < 0 ? LEAST
                : left.plusMillis(999).truncatedTo(ChronoUnit.SECONDS);
    }

    private void hook(Obj pod, String name, Container c, Instant deadline) throws InterruptedException {
        Struct spec = Pods.container(pod, name);
        Struct hook = spec.struct("lifecycle").struct("preStop");
        Duration left = Duration.between(tools.clock().monotonic().instant(), deadline);
        if (hook.isEmpty() || left.isNegative() || left.isZero()) {
            return;
        }
        String address = pod.status().text("podIP");
        Thread t = Thread.ofVirtual().name("prestop-" + name).start(() -> {
            String problem = tools.handlers().run(hook, new Handlers.Target(pod, spec, c.id(), address), left);
            if (!problem.isEmpty()) {
                tools.tell(pod, name, true, "FailedPreStopHook", "PreStopHook failed");
            }
        });
        t.join(left);
    }
}
