package io.k3j.scheduler;

import io.k3j.celapi.Cel;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Candidate;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Metrics;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.ControllerRunner;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveViews;
import io.k3j.schedulerconfig.SchedulerConfiguration;
import io.k3j.schedulingqueue.QueueEvents;
import java.time.Duration;
import java.util.List;
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
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// Runs the scheduler while this server holds its Lease; its metrics are told meanwhile.
@Component(immediate = true, configurationPid = "io.k3j.scheduler", configurationPolicy = ConfigurationPolicy.REQUIRE)
@SatisfyingConditionTarget("(osgi.condition.id=io.k3j.leader.kube-scheduler)")
public final class Scheduler implements Metrics {
    /// Maximum of concurrent writers; they share commits of the datastore.
    private static final int BINDINGS = 64;
    /// Maximum of attempts whose writes are under way or wait for that; then the loop waits.
    private static final int UNDER_WAY = 1_000;
    private static final Duration UNREADY = Duration.ofMillis(20);
    private static final Duration NO_NODE = Duration.ofSeconds(1);
    private static final Duration IDLE = Duration.ofSeconds(5);

    private final LiveViews views;
    private final ControllerRunner runner;
    private final EventHandlers watching;
    private final Extenders extenders;

    /// The component's settings.
    public @interface Settings {
        /// `--kube-scheduler-arg`, as `name=value`; `config` is known here, whose file the command line has looked at.
        String[] kubeSchedulerArg() default {};
    }

    /// Starts to schedule when the views are synced and a node is initialized. Blocks for the configuration file.
    /// @throws IllegalArgumentException for a configuration file that was made wrong since this server started
    @Activate
    public Scheduler(Settings settings, @Reference ApiClient client, @Reference Health health) {
        SchedulerConfiguration configuration = SchedulerConfiguration.of(List.of(settings.kubeSchedulerArg()));
        extenders = Extenders.of(configuration.extenders());
        ApiClient api = client.leading(Candidate.SCHEDULER);
        TimeSource clock = TimeSource.system();
        HealthScope scope = health.scope("scheduler");
        views = new LiveViews(clock);
        watching = new EventHandlers(views, clock, configuration);
        Events events = new Events(api, PodBinder.SCHEDULER, "", clock);
        SchedulerLoop loop = new SchedulerLoop(watching, new PodBinder(api, events, clock, extenders),
                () -> views.synced() && watching.initialized(), bounded(), RandomGenerator.getDefault());
        views.attach(api);
        runner = new ControllerRunner("scheduler", health).drive(events).report(trouble -> {
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

    /// Evaluates device selectors; loaded with the first that a pod needs.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void bindCel(Cel cel) {
        watching.devices().engine(cel);
        watching.queue().changed(QueueEvents.ACTIVATE, Set.of(DeviceFilter.NAME));
    }

    /// What it has compiled goes.
    public void unbindCel(Cel cel) {
        watching.devices().without(cel);
    }

    /// An executor that runs each task on a virtual thread, with bounded concurrency; further tasks wait there, and the
    /// caller only when there are very many.
    private static Executor bounded() {
        Semaphore underWay = new Semaphore(UNDER_WAY);
        Semaphore places = new Semaphore(BINDINGS);
        return task -> {
            underWay.acquireUninterruptibly();
            Thread.ofVirtual().name("scheduler-bind").start(() -> {
                places.acquireUninterruptibly();
                try {
                    task.run();
                } finally {
                    places.release();
                    underWay.release();
                }
            });
        };
    }

    /// Stops within five seconds; bindings in flight may finish.
    @Deactivate
    public void stop() {
        views.close();
        watching.queue().changed(QueueEvents.ACTIVATE, Set.of());
        extenders.close();
        runner.close();
    }

    @Override
    public String text() {
        return watching.metrics().text(watching.queue(), watching.cluster().sizes());
    }
}
