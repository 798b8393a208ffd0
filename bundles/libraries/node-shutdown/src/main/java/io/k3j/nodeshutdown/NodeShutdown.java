package io.k3j.nodeshutdown;

import io.k3j.kubeletconfig.ShutdownGracePeriods;
import io.k3j.kubeletconfig.ShutdownGracePeriods.Group;
import io.k3j.model.Obj;
import io.k3j.podstatus.PodStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Ends the pods of this node before its machine is shut down, the least important first, each group within its grace
/// period, and takes none meanwhile: upstream's node shutdown manager. See
/// <https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#graceful-node-shutdown>.
public final class NodeShutdown implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final String REASON = "Shutdown";
    private static final PodStatus.Waiting ENDED = new PodStatus.Waiting("Terminated",
            "Pod was terminated in response to imminent node shutdown.");
    private static final PodStatus.Waiting REFUSED = new PodStatus.Waiting("NodeShutdown",
            "Pod was rejected as the node is shutting down.");
    /// How often it is looked whether pods have ended, or whether a shutdown was called off.
    private static final Duration LOOK = Duration.ofMillis(250);
    private static final Duration AGAIN = Duration.ofMinutes(1);
    private final Node node;
    private final ShutdownGracePeriods periods;
    private final ShutdownInhibitor inhibitor;
    private final CountDownLatch closed;
    private volatile boolean shuttingDown;

    /// The node that is shut down. Any thread.
    public interface Node {
        /// Its pods, those that end among them.
        List<Obj> pods();

        /// Whether anything of one of some pods runs, by uid.
        boolean runs(List<String> uids);

        /// Ends some pods, by uid; does not wait for them.
        /// @param grace how long each has to end
        void end(List<String> uids, PodStatus.Waiting why, Duration grace);

        /// Records an event of the node that is no warning.
        void inform(String reason, String message);

        /// Called when the node has begun to be shut down, or is not any more.
        void changed();
    }

    /// @param periods how long which pods have to end
    /// @param inhibitor what holds a shutdown back
    /// @param closed reaches zero when the kubelet stops
    public NodeShutdown(Node node, ShutdownGracePeriods periods, ShutdownInhibitor inhibitor, CountDownLatch closed) {
        this.node = node;
        this.periods = periods;
        this.inhibitor = inhibitor;
        this.closed = closed;
    }

    /// Why no pod is taken now. Any thread.
    public Optional<PodStatus.Waiting> refusal() {
        return shuttingDown ? Optional.of(REFUSED) : Optional.empty();
    }

    /// Why the node is not ready; empty when it is not for a shutdown. Any thread.
    public String trouble() {
        return shuttingDown ? "node is shutting down" : "";
    }

    /// Waits for shutdowns until the kubelet is closed; returns at once where no pod is to be waited for.
    public void run() throws InterruptedException {
        boolean told = false;
        while (periods.enabled() && closed.getCount() > 0) {
            try {
                inhibitor.allow(periods.total());
                if (inhibitor.announced()) {
                    told = false;
                    begin();
                    continue;
                }
            } catch (IOException e) {
                boolean quiet = told || closed.getCount() == 0;
                LOG.log(quiet ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                        "Failed to start node shutdown manager; a shutdown does not wait for pods error={0}",
                        e.getMessage());
                told = true;
            }
            closed.await(AGAIN.toSeconds(), TimeUnit.SECONDS);
        }
    }

    /// Ends all pods, lets the shutdown go on, and waits for one that is called off.
    private void begin() throws InterruptedException {
        shuttingDown = true;
        node.changed();
        node.inform(REASON, "Shutdown manager detected shutdown event");
        try {
            for (Group group : periods.groups(node.pods())) {
                end(group);
            }
        } finally {
            inhibitor.release();
        }
        while (preparing()) {
            if (closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        }
        shuttingDown = false;
        node.inform(REASON, "Shutdown manager detected shutdown cancellation");
        node.changed();
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
        node.end(uids, ENDED, group.grace());
        for (Duration waited = Duration.ZERO; waited.compareTo(group.grace()) < 0; waited = waited.plus(LOOK)) {
            if (!node.runs(uids) || closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    /// Wakes [#run], and lets a shutdown go on that waits for this kubelet.
    @Override
    public void close() {
        inhibitor.close();
    }
}
