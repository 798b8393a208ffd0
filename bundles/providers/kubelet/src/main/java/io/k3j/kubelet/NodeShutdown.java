package io.k3j.kubelet;

import io.k3j.kubeletconfig.ShutdownGracePeriods;
import io.k3j.kubeletconfig.ShutdownGracePeriods.Group;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Ends the pods of this node before its machine is shut down, the least important first, each group within its grace
/// period, and takes none meanwhile: upstream's node shutdown manager. See
/// <https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#graceful-node-shutdown>.
final class NodeShutdown implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final String REASON = "Shutdown";
    private static final PodStatus.Waiting ENDED = new PodStatus.Waiting("Terminated",
            "Pod was terminated in response to imminent node shutdown.");
    private static final PodStatus.Waiting REFUSED = new PodStatus.Waiting("NodeShutdown",
            "Pod was rejected as the node is shutting down.");
    /// How often it is looked whether pods have ended, or whether a shutdown was called off.
    private static final Duration LOOK = Duration.ofMillis(250);
    private static final Duration AGAIN = Duration.ofMinutes(1);
    private final Dependencies tools;
    private final PodWorkers workers;
    private final ShutdownGracePeriods periods;
    private final ShutdownInhibitor inhibitor;
    private final Runnable news;
    private volatile boolean shuttingDown;

    /// @param news called when the state of the node has changed
    NodeShutdown(Dependencies tools, PodWorkers workers, ShutdownGracePeriods periods, ShutdownInhibitor inhibitor,
            Runnable news) {
        this.tools = tools;
        this.workers = workers;
        this.periods = periods;
        this.inhibitor = inhibitor;
        this.news = news;
    }

    /// Why no pod is taken now. Any thread.
    Optional<PodStatus.Waiting> refusal() {
        return shuttingDown ? Optional.of(REFUSED) : Optional.empty();
    }

    /// Why the node is not ready; empty when it is not for a shutdown. Any thread.
    String trouble() {
        return shuttingDown ? "node is shutting down" : "";
    }

    /// Waits for shutdowns until the kubelet is closed; returns at once where no pod is to be waited for.
    void run() throws InterruptedException {
        boolean told = false;
        while (periods.enabled() && tools.closed().getCount() > 0) {
            try {
                inhibitor.allow(periods.total());
                if (inhibitor.announced()) {
                    told = false;
                    begin();
                    continue;
                }
            } catch (IOException e) {
                boolean quiet = told || tools.closed().getCount() == 0;
                LOG.log(quiet ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                        "Failed to start node shutdown manager; a shutdown does not wait for pods error={0}",
                        e.getMessage());
                told = true;
            }
            tools.closed().await(AGAIN.toSeconds(), TimeUnit.SECONDS);
        }
    }

    /// Ends all pods, lets the shutdown go on, and waits for one that is called off.
    private void begin() throws InterruptedException {
        shuttingDown = true;
        news.run();
        tools.inform(REASON, "Shutdown manager detected shutdown event");
        try {
            for (Group group : periods.groups(workers.all().stream().map(PodWorker::pod).toList())) {
                end(group);
            }
        } finally {
            inhibitor.release();
        }
        while (preparing()) {
            if (tools.closed().await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        }
        shuttingDown = false;
        tools.inform(REASON, "Shutdown manager detected shutdown cancellation");
        news.run();
    }

    /// A bus that is gone already is that of a machine which goes down.
    private boolean preparing() {
        try {
            return inhibitor.preparing();
        } catch (IOException e) {
            return true;
        }
    }

    /// Those that have not ended in time are not waited for: the others have their time, too.
    private void end(Group group) throws InterruptedException {
        List<String> uids = group.pods().stream().map(p -> p.uid()).toList();
        workers.all().stream().filter(w -> uids.contains(w.pod().uid()))
                .forEach(w -> w.evict(new PodTermination.Eviction(ENDED, group.grace(), true)));
        for (Duration waited = Duration.ZERO; waited.compareTo(group.grace()) < 0; waited = waited.plus(LOOK)) {
            if (workers.all().stream().noneMatch(w -> uids.contains(w.pod().uid()) && runs(w))
                    || tools.closed().await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    private static boolean runs(PodWorker worker) {
        return !worker.runtime().running().isEmpty();
    }

    /// Wakes [#run], and lets a shutdown go on that waits for this kubelet.
    @Override
    public void close() {
        inhibitor.close();
    }
}
