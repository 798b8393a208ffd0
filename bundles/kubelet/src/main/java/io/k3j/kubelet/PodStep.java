package io.k3j.kubelet;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.nodeapi.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One look at a pod and what follows from it. What it remembers between two looks is only what would be found
/// out again: pauses, why containers wait, results of probes.
final class PodStep {
    private static final Duration DONE = Duration.ofSeconds(-1);
    private static final Duration SOON = Duration.ofMillis(20);
    private final Tools tools;
    private final Runnable wake;
    private final Starter starter;
    private final LastWords words;
    private final Killer killer;
    private final Probes probes;
    private final Launches launches;
    private final Resizes resizes;
    private final PodVolumes volumes;
    private volatile PodRuntime seen = PodRuntime.EMPTY;
    private volatile Obj pod = Obj.of(Struct.EMPTY);
    private Obj told = Obj.of(Struct.EMPTY);
    private PodStatus.@Nullable Waiting failure;
    private final Set<String> restarting = new HashSet<>();
    private boolean ending;
    private boolean prepared;
    private @Nullable Instant wakeAt;

    PodStep(Tools tools, Runnable wake) {
        this.tools = tools;
        this.wake = wake;
        starter = new Starter(tools);
        words = new LastWords(starter::lastWords);
        killer = new Killer(tools, wake);
        volumes = new PodVolumes(tools, this::at);
        resizes = new Resizes(tools);
        launches = new Launches(tools, starter, killer, wake, this::at);
        probes = new Probes(tools.handlers(), tools.clock(), wake,
                (container, message) -> tools.tell(pod, container, true, "Unhealthy", message));
    }

    /// What the last look saw.
    PodRuntime seen() {
        return seen;
    }

    /// Ends the probes, and what waits for its turn to end.
    void stop() {
        probes.stop();
        killer.pass();
    }

    /// Looks and acts.
    /// @param gone whether the API has forgotten the pod
    /// @return when to look again at the latest; negative: never
    Duration take(Obj now, boolean gone) throws IOException {
        told = now;
        pod = now;
        seen = PodRuntime.read(tools.runtime(), now.uid());
        wakeAt = null;
        boolean over = gone || now.terminating() || ending || refused();
        pod = resizes.decide(now, seen, !over && !Pods.finished(now));
        if (over) {
            return end(gone);
        }
        if (Pods.finished(now)) {
            return finish(false);
        }
        if (!prepared) {
            if (!seen.running().isEmpty()) {
                // adopted: its probes go on from what the API knows of them
                follow();
            }
            publish();
        }
        if (resizes.apply(pod, seen)) {
            at(tools.clock().monotonic().instant().plus(Resizes.AGAIN));
        }
        PodPlan plan = PodPlan.of(pod, seen, health());
        if (plan.finished()) {
            killer.killAll(pod, seen.running(), Duration.ofSeconds(Pods.grace(pod)));
            return seen.running().isEmpty() ? finish(true) : tools.options().syncEvery();
        }
        plan.kill().stream().filter(k -> !killer.busy(k.container())).forEach(this::kill);
        if (plan.newSandbox() && !plan.start().isEmpty()) {
            renew(plan);
        } else if (!plan.start().isEmpty() || volumes.stale()) {
            volumes.prepare(pod, seen.addresses()).ifPresent(v -> launches.start(pod, seen, plan.start(), v));
        }
        prepare();
        follow();
        publish();
        starter.prune(pod, seen);
        restarting.retainAll(seen.all().stream().map(Container::id).toList());
        return next();
    }

    private PodPlan.Health health() {
        return new PodPlan.Health() {
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

    /// Whether the pod is not to run: this node cannot run it as it says, or its `activeDeadlineSeconds` are over.
    private boolean refused() {
        if (!Pods.finished(pod)) {
            Optional<PodStatus.Waiting> why = admission();
            why.ifPresent(w -> tools.tell(pod, true, w.reason(), w.message()));
            failure = why.or(this::late).orElse(failure);
            ending = failure != null;
        }
        return ending;
    }

    private Optional<PodStatus.Waiting> admission() {
        if (seen.sandboxes().isEmpty()) {
            return tools.admission().refusal(pod);
        }
        tools.admission().adopted(pod);
        return Optional.empty();
    }

    private Optional<PodStatus.Waiting> late() {
        Optional<Instant> until = Pods.deadline(pod);
        if (until.isEmpty()) {
            return Optional.empty();
        }
        Duration left = Duration.between(tools.clock().instant(), until.get());
        if (left.isPositive()) {
            at(tools.clock().monotonic().instant().plus(left));
            return Optional.empty();
        }
        return Optional.of(new PodStatus.Waiting("DeadlineExceeded",
                "Pod was active on the node longer than the specified deadline"));
    }

    /// @param when by the monotonic clock
    private void at(Instant when) {
        wakeAt = wakeAt == null || when.isBefore(wakeAt) ? when : wakeAt;
    }

    private Duration next() {
        Duration most = tools.options().syncEvery();
        Instant at = wakeAt;
        if (at == null) {
            return most;
        }
        Duration left = Duration.between(tools.clock().monotonic().instant(), at);
        return left.compareTo(SOON) < 0 ? SOON : left.compareTo(most) < 0 ? left : most;
    }

    private void kill(PodPlan.Kill k) {
        Struct spec = Pods.container(pod, k.container().labels().getOrDefault(Labels.CONTAINER, ""));
        if (!spec.text("restartPolicy", Pods.restartPolicy(pod)).equals("Never")) {
            restarting.add(k.container().id());
        }
        long own = probes.grace(k.container());
        killer.kill(pod, k.container(), Duration.ofSeconds(own >= 0 ? own : Pods.grace(pod)), k.why());
    }

    /// Makes a new sandbox; volumes are made meanwhile.
    private void renew(PodPlan plan) throws IOException {
        int attempt = seen.sandboxes().isEmpty() ? 0 : seen.sandboxes().getFirst().attempt() + 1;
        if (attempt > 0) {
            tools.tell(pod, false, "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
            for (Sandbox old : seen.sandboxes()) {
                tools.runtime().stopSandbox(old.id());
            }
        }
        CompletableFuture<Map<String, Path>> made = volumes.begin(pod);
        try {
            starter.sandbox(pod, attempt);
        } catch (IOException | RuntimeFault | ConfigProblem e) {
            tools.tell(pod, true, "FailedCreatePodSandBox", "Failed to create pod sandbox: " + e.getMessage());
            made.exceptionally(x -> Map.of()).join();
            at(tools.clock().monotonic().instant().plusSeconds(2));
            return;
        }
        seen = PodRuntime.read(tools.runtime(), pod.uid());
        volumes.joined(pod, made).ifPresent(v -> launches.start(pod, seen, plan.start(), v));
    }

    private void prepare() {
        if (!prepared) {
            tools.watches().follow(pod, () -> {
                volumes.changed();
                wake.run();
            });
        }
        prepared = true;
    }

    private void follow() {
        seen = PodRuntime.read(tools.runtime(), pod.uid());
        probe();
    }

    private void probe() {
        Map<Container, Handlers.Target> running = new HashMap<>();
        List<String> addresses = Pods.hostNetwork(pod) ? tools.hosts() : seen.addresses();
        String address = addresses.isEmpty() ? "" : addresses.getFirst();
        seen.running().forEach(c -> running.put(c, new Handlers.Target(pod, Pods.container(pod,
                c.labels().getOrDefault(Labels.CONTAINER, c.name())), c.id(), address)));
        probes.follow(running);
    }

    /// All containers have ended for good: the sandbox goes, logs and containers stay until the pod is deleted.
    private Duration finish(boolean fresh) throws IOException {
        probes.stop();
        tools.room().free(pod.uid());
        tools.admission().ended(pod.uid());
        for (Sandbox s : seen.sandboxes()) {
            if (s.ready()) {
                tools.runtime().stopSandbox(s.id());
            }
        }
        if (fresh) {
            seen = PodRuntime.read(tools.runtime(), pod.uid());
            tools.statuses().write(told, status());
        }
        starter.clean(pod, seen, false);
        return Duration.ofHours(24);
    }

    /// Ends everything of a pod that is not to run any more.
    private Duration end(boolean gone) throws IOException {
        ending = true;
        probes.leave();
        if (!seen.running().isEmpty()) {
            probe();
            killer.killAll(pod, seen.running(), Duration.ofSeconds(Math.max(Pods.grace(pod), 1)));
            publish();
            return Duration.ofSeconds(1);
        }
        probes.stop();
        tools.room().free(pod.uid());
        tools.admission().ended(pod.uid());
        for (Sandbox s : seen.sandboxes()) {
            tools.runtime().stopSandbox(s.id());
        }
        boolean deleted = gone || pod.terminating();
        if (!gone) {
            tools.statuses().write(told, status());
        }
        starter.clean(pod, seen, deleted);
        if (!gone && pod.terminating()) {
            tools.statuses().delete(pod);
        }
        return deleted ? DONE : Duration.ofHours(24);
    }

    private void publish() {
        tools.statuses().offer(told, status());
    }

    /// The status as of now, for whichever version of the object it is written on.
    private Function<Obj, Struct> status() {
        PodRuntime runtime = seen;
        StatusView view = new StatusView(tools, words.of(runtime), launches.waiting(), snapshot(runtime),
                Set.copyOf(restarting), resizes.told(runtime), ending, failure);
        return newest -> PodStatus.of(newest, runtime, view);
    }

    private Map<String, StatusView.Marks> snapshot(PodRuntime runtime) {
        Map<String, StatusView.Marks> marks = new HashMap<>();
        runtime.running().forEach(c -> marks.put(c.id(), new StatusView.Marks(probes.started(c), probes.ready(c))));
        return marks;
    }
}
