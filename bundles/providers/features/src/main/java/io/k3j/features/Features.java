package io.k3j.features;

import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Plan;
import io.k3j.featuremodel.FeatureProblem;
import io.k3j.featuremodel.StateFiles;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;

/// Runs the features of the launcher's plan.
///
/// Registers the health of all, identities and components before the first feature starts, then applies the wanted
/// list on its own thread, so that a slow bundle does not delay the launcher. An invalid feature file ends the
/// process: a server with half of its features is of no use.
@Component(service = {}, immediate = true)
public final class Features {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    /// How long a stop of this bundle waits for what watches, and for the thread that applies: what is stopped writes
    /// no more, and a disk may take seconds for a write.
    private static final Duration STOP = Duration.ofSeconds(30);
    /// The same at the end of the process, in which all other bundles are to be stopped, too; it ends in seconds, and
    /// nothing writes after it.
    private static final Duration LAST_STOP = Duration.ofSeconds(2);

    private final BundleContext context;
    private final Plan plan;
    private final ConfigurationAdmin admin;
    private final ServiceComponentRuntime runtime;
    private final Abort abort;
    private final Thread applyThread;
    private volatile @Nullable FeatureReconciler reconciler;

    /// Starts to apply the plan in the background.
    @Activate
    public Features(BundleContext context, @Reference Plan plan, @Reference ConfigurationAdmin admin,
            @Reference ServiceComponentRuntime runtime, @Reference Abort abort) {
        this.context = context;
        this.plan = plan;
        this.admin = admin;
        this.runtime = runtime;
        this.abort = abort;
        this.applyThread = Thread.ofPlatform().name("features").start(this::run);
    }

    private void run() {
        try {
            apply();
        } catch (FeatureProblem e) {
            abort.abort(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IllegalStateException e) {
            LOG.log(System.Logger.Level.DEBUG, "Stopped while applying", e);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "Features not applied", e);
            abort.abort("the features cannot be started: " + e.getClass().getName() + "; the log has the details");
        }
    }

    private void apply() throws InterruptedException {
        FeatureReconciler made = new FeatureReconciler(
                new FeatureReconciler.Surroundings(context, plan, admin, runtime, StateFiles.DURABLE));
        reconciler = made;
        context.addBundleListener((SynchronousBundleListener) event -> onStopping(event, made));
        made.run();
    }

    private void onStopping(BundleEvent event, FeatureReconciler made) {
        if (event.getType() == BundleEvent.STOPPING && event.getBundle().getBundleId() == 0) {
            try {
                made.shutDown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            end(LAST_STOP);
            made.stopAll();
        }
    }

    /// Stops applying, and waits until nothing is written any more; running bundles keep running.
    @Deactivate
    void stop() {
        end(STOP);
    }

    /// @param limit how long at most, for all together
    private void end(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        applyThread.interrupt();
        FeatureReconciler made = reconciler;
        if (made != null) {
            made.close(limit);
        }
        if (Thread.currentThread() == applyThread) {
            return;
        }
        try {
            if (!applyThread.join(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
                LOG.log(System.Logger.Level.WARNING, "Still applying features after {0} s", limit.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
