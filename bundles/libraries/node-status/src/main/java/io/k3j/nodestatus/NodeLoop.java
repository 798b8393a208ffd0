package io.k3j.nodestatus;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.Events;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.nodeapi.RuntimeReadiness;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Registers the node, renews its lease and tells its status: when it changes, else every five minutes, or as often as
/// [NodeSettings.Heartbeat] says. For one thread. See
/// <https://kubernetes.io/docs/concepts/architecture/nodes/#node-heartbeats>.
///
/// Every round reads the Node from the API server, so labels and taints others set are never written back with old
/// values. A write that meets another one's is a conflict (409), and the next round begins with the newer object.
public final class NodeLoop {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    static final Gvr NODES = new Gvr("", "v1", "nodes");
    /// Between two rounds while the node is not ready, or the API refused: a cluster that begins waits for this node.
    private static final Duration UNREADY = Duration.ofMillis(200);
    private final ApiClient api;
    private final ContainerRuntime runtime;
    private final NodeObject object;
    private final NodeSettings settings;
    /// Its reports are rare, as every write of a Node goes to each watcher of nodes.
    private final NodeSettings.Heartbeat heartbeat;
    private final TimeSource clock;
    private final NodeLease lease;
    private final NodeRoles roles;
    private final NodeStatusEvents events;
    private final CountDownLatch closed;
    private final Semaphore news = new Semaphore(0);
    private String runtimeVersion = "";
    /// When the status was last written, on the monotonic clock.
    private Instant reported = Instant.EPOCH;
    /// When it was last made of a node that is ready; the epoch after a failure.
    private Instant made = Instant.EPOCH;
    /// Whether the Node is known to exist; a 404 takes it back, so a Node somebody deleted is registered anew.
    private boolean registered;
    /// Whether the first failure has been told: while an API server starts there is one every 200 ms.
    private boolean told;

    /// Asks nobody anything yet.
    /// @param api as the node itself
    /// @param runtime whose readiness is the node's
    /// @param object what is to be told
    /// @param events where it is told what becomes of the node
    /// @param closed opens when the kubelet stops
    @SuppressWarnings("checkstyle:ParameterNumber") // whom it asks, whom it tells, and how long
    public NodeLoop(ApiClient api, ContainerRuntime runtime, NodeObject object, Events events, TimeSource clock,
            CountDownLatch closed) {
        this.api = api;
        this.runtime = runtime;
        this.object = object;
        this.clock = clock;
        this.closed = closed;
        settings = object.settings();
        heartbeat = settings.status().heartbeat();
        lease = new NodeLease(api, clock, heartbeat.lease());
        roles = new NodeRoles(api, object.roles());
        this.events = new NodeStatusEvents(events, settings.name());
    }

    /// Works until closed or interrupted. Failures are logged and tried again. To be called once. A round that is under
    /// way then may still write and tell, until this returns.
    /// @param ready told whether the node is, whenever that has been written
    public void run(Consumer<Boolean> ready) {
        events.starting();
        try {
            boolean fine;
            do {
                fine = once(ready);
            } while (!awaitNews(fine ? round() : UNREADY));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Lets the status be made at once. Any thread.
    public void news() {
        news.release();
    }

    /// @return whether it is closed, of which its thread hears by an interrupt
    private boolean awaitNews(Duration atMost) throws InterruptedException {
        if (!over() && news.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
            news.drainPermits();
            made = Instant.EPOCH;
        }
        return over();
    }

    /// The lease is renewed in time, however seldom the status is made.
    private Duration round() {
        Duration every = heartbeat.every();
        return every.compareTo(lease.every()) < 0 ? every : lease.every();
    }

    /// One round. Lease before status: a node whose status cannot be written lives all the same.
    /// @return whether the node is ready, and has its roles
    private boolean once(Consumer<Boolean> ready) {
        try {
            Obj node = registered ? api.get(NODES, Key.of(settings.name())) : register();
            registered = true;
            lease.renew(node);
            Obj given = roles.given(node);
            boolean fine = waits() || report(given);
            ready.accept(fine);
            return fine && !roles.pending();
        } catch (ApiFault e) {
            registered = registered && e.code() != 404;
            made = Instant.EPOCH;
            String what = "node={0} is not told: {1}";
            boolean quiet = told || e.code() == 409 || over();
            LOG.log(quiet ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING, what, settings.name(),
                    e.getMessage());
            told |= e.code() != 409;
            return false;
        } catch (RuntimeException e) {
            made = Instant.EPOCH;
            LOG.log(over() ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                    "Node status update failed node=" + settings.name(), e);
            return false;
        }
    }

    /// Whether this round is for the lease alone: the status is made less often, and the node was ready.
    private boolean waits() {
        Duration every = heartbeat.every();
        return every.compareTo(lease.every()) > 0
                && Duration.between(made, clock.monotonic().instant()).plus(NodeLease.SLACK).compareTo(every) < 0;
    }

    private boolean over() {
        return closed.getCount() == 0;
    }

    /// A Node that is there keeps what others gave it; the labels and annotations that are this kubelet's are set.
    /// Labels and taints of the flags are set only when it is made here: afterwards they are the administrator's.
    private Obj register() {
        Key key = Key.of(settings.name());
        Optional<Obj> there = api.find(NODES, key);
        Obj node = there.orElseGet(() -> api.create(NODES, object.fresh(), WriteOptions.PLAIN));
        Obj wanted = object.registered(node);
        if (!wanted.tree().equals(node.tree())) {
            node = api.update(NODES, wanted, WriteOptions.PLAIN);
        }
        return node;
    }

    /// @return whether runtime and network are ready
    private boolean report(Obj node) {
        Instant now = clock.monotonic().instant();
        RuntimeReadiness readiness = readiness();
        Struct status = object.status(node.status(), new NodeObject.Now(clock.instant(), readiness, runtimeVersion,
                readiness.runtime() ? runtime.images().list() : List.of(), NodeDisk.capacity(settings.rootDir()),
                object.pressures(), settings.status().trouble().get()));
        Struct wanted = !readiness.runtime() ? status
                : RuntimeHandlers.tell(runtime.handlers(), runtime.supplementalGroupsPolicy(), status);
        boolean fine = readiness.runtime() && readiness.network();
        if (over()) {
            // a runtime that was not waited for says nothing of the node, whose pods would be told not ready for it
            return false;
        }
        boolean due = Duration.between(reported, now).compareTo(heartbeat.report()) >= 0;
        if (due || !same(wanted, node.status())) {
            api.update(NODES, node.with(wanted, "status"), WriteOptions.STATUS);
            reported = now;
        }
        events.status(node, wanted);
        made = fine ? now : Instant.EPOCH;
        return fine;
    }

    /// Whether nothing differs but the time of the heartbeat.
    private static boolean same(Struct one, Struct other) {
        return still(one).equals(still(other));
    }

    /// Heartbeats change at every look and are no news.
    private static Struct still(Struct status) {
        return status.with("conditions", Seq.copyOf(status.seq("conditions").structs().stream()
                .map(c -> c.without("lastHeartbeatTime")).toList()));
    }

    /// A runtime that does not answer is not ready, with its own words as the reason; that is the node's state and no
    /// failure of the loop. The version is asked for once.
    private RuntimeReadiness readiness() {
        try {
            if (runtimeVersion.isEmpty()) {
                runtimeVersion = runtime.version().url();
            }
            return runtime.readiness();
        } catch (RuntimeFault e) {
            return new RuntimeReadiness(false, false, String.valueOf(e.getMessage()));
        }
    }
}
