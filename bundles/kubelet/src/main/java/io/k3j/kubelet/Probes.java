package io.k3j.kubelet;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/// The probes of one pod's running containers: one virtual thread per probe. Started and stopped by the pod's
/// worker; results are read by it and wake it. See
/// <https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-probes>.
final class Probes implements PodPlan.Health {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final List<String> STATUSES = List.of("containerStatuses", "initContainerStatuses",
            "ephemeralContainerStatuses");
    private final Handlers handlers;
    private final InstantSource clock;
    private final Runnable wake;
    private final BiConsumer<String, String> unhealthy;
    private final Map<String, Probed> probed = new HashMap<>();
    private volatile boolean leaving;

    /// @param wake called when a result changes
    /// @param unhealthy told the container's name and a message for people when a probe fails
    Probes(Handlers handlers, InstantSource clock, Runnable wake, BiConsumer<String, String> unhealthy) {
        this.handlers = handlers;
        this.clock = clock;
        this.wake = wake;
        this.unhealthy = unhealthy;
    }

    /// Makes the probes fit the containers that run.
    void follow(Map<Container, Handlers.Target> running) {
        Set<String> ids = new HashSet<>();
        running.forEach((c, target) -> {
            ids.add(c.id());
            probed.computeIfAbsent(c.id(), id -> new Probed(c, target)).begin();
        });
        probed.entrySet().removeIf(e -> {
            if (!ids.contains(e.getKey())) {
                e.getValue().end.countDown();
            }
            return !ids.contains(e.getKey());
        });
    }

    /// The pod ends: from now on only readiness is probed, so that services know who can still be sent traffic.
    void leave() {
        leaving = true;
    }

    /// Ends all probes.
    void stop() {
        probed.values().forEach(p -> p.end.countDown());
        probed.clear();
    }

    @Override
    public boolean started(Container c) {
        Probed p = probed.get(c.id());
        return p != null && p.started;
    }

    /// Whether traffic may be sent to it.
    boolean ready(Container c) {
        Probed p = probed.get(c.id());
        return p != null && p.started && p.ready;
    }

    @Override
    public String failure(Container c) {
        Probed p = probed.get(c.id());
        return p == null ? "" : p.failure;
    }

    /// Seconds of grace the failed probe asks for, -1 for the pod's own.
    long grace(Container c) {
        Probed p = probed.get(c.id());
        return p == null ? -1 : p.grace;
    }

    private final class Probed {
        private final Container container;
        private final Handlers.Target target;
        private final CountDownLatch end = new CountDownLatch(1);
        private volatile boolean started;
        private volatile boolean ready;
        private volatile String failure = "";
        private volatile long grace = -1;
        private boolean begun;

        Probed(Container container, Handlers.Target target) {
            this.container = container;
            this.target = target;
            Struct known = known(target.pod(), container);
            started = known.flag("started");
            ready = known.flag("ready");
        }

        void begin() {
            if (begun) {
                return;
            }
            begun = true;
            Struct spec = target.container();
            if (spec.has("startupProbe") && !started) {
                thread("startup", () -> {
                    if (startup(spec.struct("startupProbe"))) {
                        others(spec);
                    }
                });
            } else {
                started = true;
                others(spec);
            }
        }

        private void others(Struct spec) {
            if (spec.has("livenessProbe")) {
                thread("liveness", () -> liveness(spec.struct("livenessProbe")));
            }
            if (spec.has("readinessProbe")) {
                thread("readiness", () -> readiness(spec.struct("readinessProbe")));
            } else {
                ready = true;
            }
        }

        private void thread(String kind, Runnable work) {
            Thread.ofVirtual().name("probe-" + kind + "-" + container.name()).start(work);
        }

        private boolean startup(Struct probe) {
            Counter counter = new Counter(probe);
            while (pause(probe, counter) && !leaving) {
                String problem = handlers.run(probe, target, timeout(probe));
                if (problem.isEmpty()) {
                    started = true;
                    wake.run();
                    return true;
                }
                tell("Startup", problem);
                if (counter.failed()) {
                    fail(probe, "Container " + container.name() + " failed startup probe, will be restarted");
                    return false;
                }
            }
            return false;
        }

        private void liveness(Struct probe) {
            Counter counter = new Counter(probe);
            while (pause(probe, counter) && !leaving) {
                String problem = handlers.run(probe, target, timeout(probe));
                if (problem.isEmpty()) {
                    counter.succeeded();
                    continue;
                }
                tell("Liveness", problem);
                if (counter.failed()) {
                    fail(probe, "Container " + container.name() + " failed liveness probe, will be restarted");
                    return;
                }
            }
        }

        private void fail(Struct probe, String message) {
            grace = probe.whole("terminationGracePeriodSeconds", -1);
            failure = message;
            wake.run();
        }

        private void readiness(Struct probe) {
            Counter counter = new Counter(probe);
            while (pause(probe, counter)) {
                String problem = handlers.run(probe, target, timeout(probe));
                boolean ok = problem.isEmpty();
                boolean enough = ok ? counter.succeeded() : counter.failed();
                boolean now = enough ? ok : ready;
                if (!ok) {
                    tell("Readiness", problem);
                }
                if (now != ready) {
                    ready = now;
                    counter.reset();
                    wake.run();
                }
            }
        }

        private void tell(String kind, String problem) {
            if (end.getCount() > 0) {
                LOG.log(System.Logger.Level.DEBUG, "probe={0} container={1}: {2}", kind, container.name(), problem);
                unhealthy.accept(container.name(), kind + " probe failed: " + problem);
            }
        }

        /// Waits for the next time; false when the container is not to be probed any more.
        private boolean pause(Struct probe, Counter counter) {
            long delay = probe.whole("initialDelaySeconds", 0);
            long millis = counter.first
                    ? Math.min(delay * 1000,
                            Duration.between(clock.instant(), startOf().plusSeconds(delay)).toMillis())
                    : probe.whole("periodSeconds", 10) * 1000;
            counter.first = false;
            try {
                return !end.await(Math.max(0, millis), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        private Instant startOf() {
            return container.end().started();
        }
    }

    /// What the API was told of this very container, by a kubelet before: it counts until a probe says otherwise.
    private static Struct known(Obj pod, Container container) {
        for (String list : STATUSES) {
            for (Struct status : pod.status().seq(list).structs()) {
                if (status.text("containerID").endsWith("://" + container.id())) {
                    return status;
                }
            }
        }
        return Struct.EMPTY;
    }

    private static Duration timeout(Struct probe) {
        return Duration.ofSeconds(probe.whole("timeoutSeconds", 1));
    }

    /// Counts results in a row.
    private static final class Counter {
        private final long toSucceed;
        private final long toFail;
        private long successes;
        private long failures;
        private boolean first = true;

        Counter(Struct probe) {
            toSucceed = probe.whole("successThreshold", 1);
            toFail = probe.whole("failureThreshold", 3);
        }

        boolean succeeded() {
            failures = 0;
            return ++successes >= toSucceed;
        }

        boolean failed() {
            successes = 0;
            return ++failures >= toFail;
        }

        void reset() {
            successes = 0;
            failures = 0;
        }
    }
}
