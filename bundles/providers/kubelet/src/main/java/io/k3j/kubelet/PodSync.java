package io.k3j.kubelet;

import io.k3j.kubeletvolumes.VolumePreparation;
import io.k3j.kuberuntime.ConfigError;
import io.k3j.kuberuntime.Labels;
import io.k3j.kuberuntime.NextSync;
import io.k3j.kuberuntime.PodActions;
import io.k3j.kuberuntime.PodRuntime;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.kuberuntime.RestartRules;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.nodeapi.Sandbox;
import io.k3j.podallocation.Resizes;
import io.k3j.podstatus.PodStatus;
import io.k3j.podstatus.TerminationMessages;
import io.k3j.probes.HandlerRunner;
import io.k3j.probes.Probes;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/// One sync of a pod: reads, decides and acts. The state of a sync is a [SyncContext], passed from step to step.
/// Between syncs only state that can be rebuilt is kept: back-off, waiting reasons, probe results.
final class PodSync {
    private static final Duration DONE = Duration.ofSeconds(-1);
    private final Dependencies tools;
    private final Runnable wake;
    private final NextSync next = new NextSync();
    private final PodTermination termination;
    private final Starter starter;
    private final TerminationMessages messages;
    private final ContainerKiller killer;
    private final Probes probes;
    private final Launches launches;
    private final Resizes resizes;
    private final PodVolumes volumes;
    /// Ids of containers that were stopped in order to be restarted.
    private final Set<String> restarting = new HashSet<>();
    /// Whether the pod's references are watched, which starts with the first complete sync.
    private boolean prepared;
    /// The last state, for other threads.
    private volatile SyncContext last = SyncContext.NONE;

    PodSync(Dependencies tools, Runnable wake) {
        this.tools = tools;
        this.wake = wake;
        termination = new PodTermination(tools, next);
        starter = new Starter(tools);
        messages = new TerminationMessages(starter::lastWords, tools.options().logDir());
        killer = new ContainerKiller(tools, wake);
        volumes = new PodVolumes(tools, next::at);
        resizes = new Resizes(tools);
        launches = new Launches(tools, starter, killer, wake, next::at);
        probes = new Probes(tools.handlers(), tools.clock(), wake,
                (container, reason, message) -> tools.tell(last.pod(), container, true, reason, message));
    }

    /// The runtime state of the last sync. Any thread.
    PodRuntime seen() {
        return last.seen();
    }

    /// Makes the pod end at its next sync. Any thread.
    void evict(PodTermination.Eviction because) {
        termination.evict(because);
        leave();
    }

    /// The pod is being deleted, or has gone: a sync that goes on starts nothing more. Any thread.
    void leave() {
        launches.leave();
    }

    /// Whether the pod is ending, or has ended. Any thread.
    boolean ending() {
        return termination.begun();
    }

    /// Stops the probes and the threads that wait to stop containers.
    void stop() {
        probes.stop();
        killer.wakeTurns();
    }

    /// Runs one sync.
    /// @param gone whether the API no longer has the pod
    /// @return the delay until the next sync at the latest; negative when the pod is done
    Duration sync(Obj now, boolean gone) throws IOException {
        next.reset();
        SyncContext context = remember(SyncContext.read(now, tools.runtime()));
        boolean finished = PodSpecs.finished(now);
        boolean over = termination.due(now, context.seen(), gone);
        if (gone) {
            // what a sync took that began while the API still had the pod
            tools.release(now.uid());
        }
        context = remember(context.withAllocated(resizes.decide(now, context.seen(), !over && !finished, !gone)));
        if (over) {
            return end(context, gone);
        }
        return finished ? finish(context, false) : run(context);
    }

    private SyncContext remember(SyncContext context) {
        last = context;
        return context;
    }

    /// Reconciles a pod that is to run.
    private Duration run(SyncContext initial) throws IOException {
        SyncContext context = prepared ? initial : adopt(initial);
        Obj pod = context.pod();
        if (resizes.apply(pod, context.seen())) {
            next.at(monotonic().plus(Resizes.RETRY));
        }
        PodActions plan = PodActions.of(pod, context.seen(), health(pod));
        if (plan.finished()) {
            killer.killAll(pod, context.seen().running(), Duration.ofSeconds(PodSpecs.grace(pod)));
            if (!context.seen().running().isEmpty()) {
                // sidecars may take their time: nobody is to be sent there meanwhile
                publish(context);
            }
            return context.seen().running().isEmpty() ? finish(context, true) : tools.options().syncFrequency();
        }
        plan.kill().stream().filter(k -> !killer.busy(k.container())).forEach(k -> kill(pod, k));
        context = start(context, plan);
        prepare(pod);
        context = publish(refreshAndProbe(context));
        starter.prune(pod, context.seen());
        restarting.retainAll(context.seen().all().stream().map(Container::id).toList());
        return next.remaining(monotonic(), tools.options().syncFrequency());
    }

    /// Adopts running containers: their probes continue from the state in the API.
    private SyncContext adopt(SyncContext initial) {
        return publish(initial.seen().running().isEmpty() ? initial : refreshAndProbe(initial));
    }

    private Instant monotonic() {
        return tools.clock().monotonic().instant();
    }

    private PodActions.Health health(Obj pod) {
        return new PodActions.Health() {
            @Override
            public boolean started(Container c) {
                return probes.started(c);
            }

            @Override
            public String failure(Container c) {
                String restart = resizes.restart(pod, c);
                return restart.isEmpty() ? probes.failure(c) : restart;
            }

            @Override
            public boolean restarts(Container ended) {
                return restarting.contains(ended.id());
            }
        };
    }

    private void kill(Obj pod, PodActions.Kill k) {
        Struct spec = PodSpecs.container(pod, k.container().labels().getOrDefault(Labels.CONTAINER, ""));
        if (RestartRules.restartable(pod, spec)) {
            restarting.add(k.container().id());
        }
        long own = probes.grace(k.container());
        killer.kill(pod, k, Duration.ofSeconds(own >= 0 ? own : PodSpecs.grace(pod)));
    }

    /// Starts the planned containers, in a new sandbox if needed; refreshes stale volumes.
    private SyncContext start(SyncContext context, PodActions plan) throws IOException {
        if (plan.newSandbox() && !plan.start().isEmpty()) {
            return recreateSandbox(context, plan);
        }
        if (!plan.start().isEmpty() || volumes.stale()) {
            volumes.prepare(context.pod(), context.seen().addresses())
                    .ifPresent(v -> launches.start(context, plan.start(), v));
        }
        return context;
    }

    /// Creates a new sandbox; volumes are prepared in parallel.
    private SyncContext recreateSandbox(SyncContext context, PodActions plan) throws IOException {
        Obj pod = context.pod();
        List<Sandbox> before = context.seen().sandboxes();
        if (!before.isEmpty()) {
            tools.tell(pod, false, "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
            before.forEach(old -> tools.runtime().stopSandbox(old.id()));
        }
        try (VolumePreparation made = volumes.begin(pod)) {
            try {
                tools.metrics().sandbox(() -> starter.sandbox(pod, before));
            } catch (IOException | RuntimeFault | ConfigError e) {
                tools.tell(pod, true, "FailedCreatePodSandBox", "Failed to create pod sandbox: " + e.getMessage());
                made.end();
                next.at(monotonic().plusSeconds(2));
                return context;
            }
            SyncContext now = remember(context.refreshed(tools.runtime()));
            volumes.joined(pod, made).ifPresent(v -> launches.start(now, plan.start(), v));
            return now;
        }
    }

    private void prepare(Obj pod) {
        if (!prepared) {
            tools.watches().follow(pod, () -> {
                volumes.changed();
                wake.run();
            });
        }
        prepared = true;
    }

    private SyncContext refreshAndProbe(SyncContext context) {
        SyncContext now = remember(context.refreshed(tools.runtime()));
        followProbes(now);
        return now;
    }

    private void followProbes(SyncContext context) {
        Obj pod = context.pod();
        Map<Container, HandlerRunner.Target> running = new HashMap<>();
        List<String> addresses = PodSpecs.hostNetwork(pod) ? tools.hosts() : context.seen().addresses();
        String address = addresses.isEmpty() ? "" : addresses.getFirst();
        context.seen().running().forEach(c -> running.put(c, new HandlerRunner.Target(pod, PodSpecs.container(pod,
                c.labels().getOrDefault(Labels.CONTAINER, c.name())), c.id(), address)));
        probes.follow(running);
    }

    /// All containers have exited for good: stops the sandbox; logs and containers stay until the pod is deleted.
    private Duration finish(SyncContext context, boolean fresh) throws IOException {
        free(context, Sandbox::ready);
        SyncContext now = fresh ? remember(context.refreshed(tools.runtime())) : context;
        if (fresh) {
            tools.statuses().write(now.desired(), status(now, true));
        }
        starter.clean(now.pod(), now.seen(), false);
        return Duration.ofHours(24);
    }

    /// Stops sandboxes and releases the pod's node resources, which no container uses any more: devices before the API
    /// has the pod's end, since they are others' with that.
    private void free(SyncContext context, Predicate<Sandbox> which) throws IOException {
        probes.stop();
        tools.free(context.pod().uid());
        context.seen().sandboxes().stream().filter(which).forEach(s -> tools.runtime().stopSandbox(s.id()));
        PreparedDevices.release(tools, context.pod());
    }

    /// Stops everything of a terminating pod.
    private Duration end(SyncContext context, boolean gone) throws IOException {
        Obj pod = context.pod();
        termination.begin();
        probes.leave();
        if (!context.seen().running().isEmpty()) {
            followProbes(context);
            killer.killAll(pod, context.seen().running(), termination.grace(pod));
            publish(context);
            return Duration.ofSeconds(1);
        }
        free(context, s -> true);
        boolean deleted = gone || pod.terminating();
        if (!gone) {
            tools.statuses().write(context.desired(), status(context, true));
        }
        starter.clean(pod, context.seen(), deleted);
        if (!gone && pod.terminating()) {
            tools.statuses().delete(pod);
        }
        return deleted ? DONE : Duration.ofHours(24);
    }

    private SyncContext publish(SyncContext context) {
        tools.statuses().offer(context.desired(), status(context, false));
        return context;
    }

    /// The status of this state, for whichever version of the object it is written to.
    /// @param released whether nothing of the node is the pod's any more
    private Function<Obj, Struct> status(SyncContext context, boolean released) {
        PodRuntime seen = context.seen();
        StatusView view = new StatusView(tools, messages.of(seen), launches.waiting(),
                StatusView.ProbeResults.of(seen, probes), Set.copyOf(restarting), resizes.status(seen),
                termination.end(), released);
        return newest -> PodStatus.of(newest, seen, view);
    }
}
