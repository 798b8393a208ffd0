package io.k3j.scheduler;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Candidate;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveViews;
import io.k3j.controllerkit.LoopRunner;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// Gives pods their nodes while this server holds the lease.
@Component(service = {}, configurationPid = "io.k3j.scheduler", configurationPolicy = ConfigurationPolicy.REQUIRE)
@SatisfyingConditionTarget("(osgi.condition.id=io.k3j.leader.kube-scheduler)")
public final class Scheduler {
    /// Bindings under way at once; they share commits.
    private static final int BINDINGS = 64;
    private static final Duration UNREADY = Duration.ofMillis(20);
    private static final Duration NO_NODE = Duration.ofSeconds(1);
    private static final Duration IDLE = Duration.ofSeconds(5);

    private final LiveViews views;
    private final LoopRunner runner;
    private final Watching watching;

    /// Starts to place pods as soon as the views have told what is present and a node is there.
    @Activate
    public Scheduler(@Reference ApiClient client, @Reference Health health) {
        ApiClient api = client.leading(Candidate.SCHEDULER);
        TimeSource clock = TimeSource.system();
        HealthScope scope = health.scope("scheduler");
        views = new LiveViews(clock);
        watching = new Watching(views, clock);
        Events events = new Events(api, PodDoor.SCHEDULER, "", clock);
        SchedulerLoop loop = new SchedulerLoop(watching, new PodDoor(api, events, clock),
                () -> views.synced() && watching.initialized(), bounded(), RandomGenerator.getDefault());
        views.attach(api);
        runner = new LoopRunner("scheduler", health).drive(events).report(trouble -> {
            if (!views.synced()) {
                scope.degraded("waiting for views");
            } else if (loop.trouble().isEmpty()) {
                scope.ok();
            } else {
                scope.degraded(loop.trouble());
            }
        });
        runner.start("loop", () -> {
            if (!views.synced()) {
                LockSupport.parkNanos(UNREADY.toNanos());
            } else if (watching.awaitInitialized(NO_NODE) && !loop.step()) {
                watching.queue().await(IDLE);
            }
        });
    }

    /// Runs each task on a virtual thread of its own, so many at once; more wait.
    private static Executor bounded() {
        Semaphore places = new Semaphore(BINDINGS);
        return task -> {
            places.acquireUninterruptibly();
            Thread.ofVirtual().name("scheduler-bind").start(() -> {
                try {
                    task.run();
                } finally {
                    places.release();
                }
            });
        };
    }

    /// Stops work within five seconds; bindings under way may finish.
    @Deactivate
    public void stop() {
        views.close();
        watching.queue().changed(Set.of());
        runner.close();
    }
}
