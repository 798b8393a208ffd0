package io.k3j.probes;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The probes of one pod's running containers: one virtual thread per probe. Started and stopped by the pod's thread;
/// results are read by it and wake it. Upstream's `prober` for one pod. See
/// <https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-probes>.
///
/// Containers are told apart by their ids, so a restarted one begins anew. Nothing is stored: after a restart of the
/// kubelet a container that runs counts as the API was told of it.
public final class Probes {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final List<String> STATUSES = List.of("containerStatuses", "initContainerStatuses",
            "ephemeralContainerStatuses");
    private final HandlerRunner handlers;
    private final InstantSource clock;
    private final Runnable wake;
    private final Events events;
    private final Map<String, Probed> probed = new HashMap<>();
    private ProbeMetrics.@Nullable OfPod counts;
    private volatile boolean leaving;

    /// Takes the events of containers, all of which are warnings.
    public interface Events {
        /// @param container its name
        /// @param reason upstream's `Unhealthy` or `ProbeWarning`
        /// @param message for people
        void tell(String container, String reason, String message);
    }

    /// @param clock of the time of day, in which the runtime tells when a container started
    /// @param wake called when a result changes, by a probe's thread; must not block
    /// @param events told whenever a probe fails or warns
    public Probes(HandlerRunner handlers, InstantSource clock, Runnable wake, Events events) {
        this.handlers = handlers;
        this.clock = clock;
        this.wake = wake;
        this.events = events;
    }

    /// Makes the probes fit the containers that run: begins those of new ones, ends those of containers that are gone.
    /// Returns at once; a probe that is asking ends after its answer. A container that is probed already keeps its
    /// target.
    public void follow(Map<Container, HandlerRunner.Target> running) {
        Set<String> ids = new HashSet<>();
        running.forEach((c, target) -> {
            ids.add(c.id());
            ProbeMetrics.OfPod counted = counts(target.pod());
            probed.computeIfAbsent(c.id(), id -> new Probed(c, target, counted)).begin();
        });
        probed.entrySet().removeIf(e -> {
            if (!ids.contains(e.getKey())) {
                e.getValue().end.countDown();
            }
            return !ids.contains(e.getKey());
        });
    }

    private ProbeMetrics.OfPod counts(Obj pod) {
        ProbeMetrics.OfPod made = counts;
        if (made == null) {
            made = handlers.metrics().begin(pod);
            counts = made;
        }
        return made;
    }

    /// The pod ends: from now on only readiness is probed, so that services know who can still be sent traffic, and
    /// nothing is restarted that is to end.
    public void leave() {
        leaving = true;
    }

    /// Ends all probes.
    public void stop() {
        probed.values().forEach(p -> p.end.countDown());
        probed.clear();
        ProbeMetrics.OfPod made = counts;
        if (made != null) {
            handlers.metrics().end(made);
            counts = null;
        }
    }

    /// Whether its startup probe has succeeded, or it has none. False for a container that is not followed.
    public boolean started(Container c) {
        Probed p = probed.get(c.id());
        return p != null && p.started;
    }

    /// Whether traffic may be sent to it: it has started, and its readiness probe says so or it has none.
    public boolean ready(Container c) {
        Probed p = probed.get(c.id());
        return p != null && p.started && p.ready;
    }

    /// Why it must be restarted, for people; empty when it need not. Stays until the container is gone.
    public String failure(Container c) {
        Probed p = probed.get(c.id());
        return p == null ? "" : p.failure;
    }

    /// Seconds of grace the failed probe asks for (`terminationGracePeriodSeconds` of the probe), -1 for the pod's own.
    public long grace(Container c) {
        Probed p = probed.get(c.id());
        return p == null ? -1 : p.grace;
    }

    /// What a probe says; upstream throws away the result of one that could not be carried out.
    private enum Answer {
        SUCCESS, FAILURE, NONE
    }

    /// One container. Volatile fields are written by its probes' threads and read by the pod's.
    private final class Probed {
        private final Container container;
        private final HandlerRunner.Target target;
        private final ProbeMetrics.OfPod counted;
        private final CountDownLatch end = new CountDownLatch(1);
        private volatile boolean started;
        private volatile boolean ready;
        private volatile String failure = "";
        private volatile long grace = -1;
        private boolean begun;

        Probed(Container container, HandlerRunner.Target target, ProbeMetrics.OfPod counted) {
            this.container = container;
            this.target = target;
            this.counted = counted;
            Struct known = known(target.pod(), container);
            started = known.flag("started");
            ready = known.flag("ready");
        }

        /// One that had started under a kubelet before is not asked again: its startup probe may well fail by now.
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

        /// A container without a readiness probe is ready as soon as it has started.
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

        /// True when it has started: one success is enough, and is all that is ever asked.
        private boolean startup(Struct probe) {
            ProbeCounter counter = new ProbeCounter(probe);
            while (pause(counter) && !leaving) {
                Answer answer = ask("Startup", probe);
                if (answer == Answer.SUCCESS) {
                    started = true;
                    wake.run();
                    return true;
                }
                if (answer == Answer.FAILURE && counter.failed()) {
                    fail(probe, "Container " + container.name() + " failed startup probe, will be restarted");
                    return false;
                }
            }
            return false;
        }

        /// Ends at the failure it reports: the container is stopped then, and the next one gets probes of its own.
        private void liveness(Struct probe) {
            ProbeCounter counter = new ProbeCounter(probe);
            while (pause(counter) && !leaving) {
                Answer answer = ask("Liveness", probe);
                if (answer == Answer.SUCCESS) {
                    counter.succeeded();
                }
                if (answer == Answer.FAILURE && counter.failed()) {
                    fail(probe, "Container " + container.name() + " failed liveness probe, will be restarted");
                    return;
                }
            }
        }

        /// The reason is written last: who sees it must see the grace period too.
        private void fail(Struct probe, String message) {
            grace = probe.whole("terminationGracePeriodSeconds", -1);
            failure = message;
            wake.run();
        }

        /// Goes on while the pod ends. A result holds until enough others in a row say the contrary.
        private void readiness(Struct probe) {
            ProbeCounter counter = new ProbeCounter(probe);
            while (pause(counter)) {
                Answer answer = ask("Readiness", probe);
                boolean ok = answer == Answer.SUCCESS;
                boolean enough = ok ? counter.succeeded() : answer == Answer.FAILURE && counter.failed();
                boolean now = enough ? ok : ready;
                if (now != ready) {
                    ready = now;
                    counter.reset();
                    wake.run();
                }
            }
        }

        /// One attempt. What nobody thought of says nothing about the container, and must not end its probes.
        private Answer ask(String kind, Struct probe) {
            try {
                return asked(kind, probe);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, kind + " probe errored container=" + container.name(), e);
                return Answer.NONE;
            }
        }

        private Answer asked(String kind, Struct probe) {
            long since = System.nanoTime();
            HandlerRunner.Result result = handlers.run(probe, target,
                    Duration.ofSeconds(probe.whole("timeoutSeconds", 1)));
            if (result.errored()) {
                tell("Unhealthy", kind + " probe errored and resulted in unknown state: " + result.problem());
                return Answer.NONE;
            }
            boolean fine = result.problem().isEmpty();
            counted.add(target.container().text("name"), kind,
                    fine ? ProbeMetrics.Found.SUCCESSFUL : ProbeMetrics.Found.FAILED, System.nanoTime() - since);
            if (!fine) {
                tell("Unhealthy", kind + " probe failed: " + result.problem());
            } else if (!result.warning().isEmpty()) {
                tell("ProbeWarning", kind + " probe warning: " + result.warning());
            }
            return fine ? Answer.SUCCESS : Answer.FAILURE;
        }

        /// Not after the end: a container that is being stopped fails its probes, and nobody wants to read that.
        private void tell(String reason, String message) {
            if (end.getCount() > 0) {
                LOG.log(System.Logger.Level.DEBUG, "container={0}: {1}", container.name(), message);
                events.tell(container.name(), reason, message);
            }
        }

        /// Waits for the next time; false when the container is not to be probed any more.
        private boolean pause(ProbeCounter counter) {
            try {
                return !end.await(counter.untilNext(clock.instant(), container.end().started(), System.nanoTime()),
                        TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
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
}
