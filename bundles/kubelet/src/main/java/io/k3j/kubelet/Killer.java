package io.k3j.kubelet;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.RuntimeFault;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Ends containers of one pod, each on a thread of its own: hook, then TERM, then KILL. A shorter grace may be
/// asked for while one is under way.
final class Killer {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final Duration LEAST = Duration.ofSeconds(2);
    private final Tools tools;
    private final Runnable wake;
    private final Map<String, Instant> deadlines = new ConcurrentHashMap<>();

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

    /// Begins to end a container, or shortens its time.
    void kill(Obj pod, Container c, Duration grace, String why) {
        Instant deadline = tools.clock().monotonic().instant().plus(grace);
        Instant before = deadlines.get(c.id());
        if (before != null && !deadline.isBefore(before.minusMillis(500))) {
            return;
        }
        deadlines.put(c.id(), deadline);
        String name = c.labels().getOrDefault(Labels.CONTAINER, c.name());
        if (before == null) {
            tools.tell(pod, name, false, "Killing", why.isEmpty() ? "Stopping container " + name : why);
        }
        Thread.ofVirtual().name("kill-" + name).start(() -> {
            try {
                if (before == null) {
                    hook(pod, name, c, deadline);
                }
                Duration left = Duration.between(tools.clock().monotonic().instant(),
                        deadlines.getOrDefault(c.id(), deadline));
                tools.runtime().stopContainer(c.id(), grace.isZero() ? grace : longer(left));
            } catch (RuntimeFault e) {
                LOG.log(System.Logger.Level.WARNING, "stop container={0}: {1}", c.id(), e.getMessage());
            } finally {
                deadlines.remove(c.id(), deadline);
                wake.run();
            }
        });
    }

    private static Duration longer(Duration left) {
        return left.compareTo(LEAST) < 0 ? LEAST
                : left.plusMillis(999).truncatedTo(ChronoUnit.SECONDS);
    }

    private void hook(Obj pod, String name, Container c, Instant deadline) {
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
        try {
            t.join(left);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
