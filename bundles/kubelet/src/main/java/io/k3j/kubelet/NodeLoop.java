package io.k3j.kubelet;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.TimeSource;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.nodeapi.RuntimeReadiness;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Registers the node, renews its lease every 10 s and tells its status: at once when it changes, else every
/// five minutes. See <https://kubernetes.io/docs/concepts/architecture/nodes/#node-heartbeats>.
final class NodeLoop {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final Duration UNREADY = Duration.ofMillis(200);
    private static final Duration REPORT = Duration.ofMinutes(5);
    private static final long MEMORY_FLOOR = 100L << 20;
    private final ApiClient api;
    private final ContainerRuntime runtime;
    private final NodeObject object;
    private final Options options;
    private final TimeSource clock;
    private final NodeLease lease;
    private final NodeRoles roles;
    private final CountDownLatch closed;
    private final Consumer<Boolean> ready;
    private String runtimeVersion = "";
    private Instant reported = Instant.EPOCH;
    private boolean registered;
    private boolean told;

    /// @param ready told whether the node is, whenever that has been written
    NodeLoop(ApiClient api, Tools tools, NodeObject object, Consumer<Boolean> ready) {
        this.api = api;
        this.object = object;
        this.ready = ready;
        runtime = tools.runtime();
        options = tools.options();
        clock = tools.clock();
        lease = new NodeLease(api, clock);
        roles = new NodeRoles(api, object.roles());
        closed = tools.closed();
    }

    /// Works until closed.
    void run() {
        try {
            boolean fine;
            do {
                fine = once();
            } while (!closed.await(fine ? NodeLease.EVERY.toMillis() : UNREADY.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// One round.
    /// @return whether the node is ready, and has its roles
    boolean once() {
        try {
            Obj node = registered ? api.get(References.NODES, Key.of(options.nodeName())) : register();
            registered = true;
            lease.renew(node);
            return report(roles.given(node)) && !roles.pending();
        } catch (ApiFault e) {
            registered = registered && e.code() != 404;
            String what = "node={0} is not told: {1}";
            LOG.log(told || e.code() == 409 ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING, what,
                    options.nodeName(),
                    e.getMessage());
            told |= e.code() != 409;
            return false;
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "node=" + options.nodeName(), e);
            return false;
        }
    }

    private Obj register() {
        Key key = Key.of(options.nodeName());
        Optional<Obj> there = api.find(References.NODES, key);
        Obj node = there.orElseGet(() -> api.create(References.NODES, object.fresh(), WriteOptions.PLAIN));
        Obj wanted = object.registered(node);
        if (!wanted.tree().equals(node.tree())) {
            node = api.update(References.NODES, wanted, WriteOptions.PLAIN);
        }
        return node;
    }

    private boolean report(Obj node) {
        Instant now = clock.monotonic().instant();
        RuntimeReadiness readiness = readiness();
        Struct wanted = object.status(node.status(), new NodeObject.Now(clock.instant(), readiness, runtimeVersion,
                readiness.runtime() ? runtime.images().list() : List.of(), diskBytes(), pressures()));
        boolean fine = readiness.runtime() && readiness.network();
        boolean due = Duration.between(reported, now).compareTo(REPORT) >= 0;
        if (due || !same(wanted, node.status())) {
            api.update(References.NODES, node.with(wanted, "status"), WriteOptions.STATUS);
            reported = now;
        }
        ready.accept(fine);
        return fine;
    }

    /// Whether nothing differs but the time of the heartbeat.
    private static boolean same(Struct one, Struct other) {
        return still(one).equals(still(other));
    }

    private static Struct still(Struct status) {
        return status.with("conditions", Seq.copyOf(status.seq("conditions").structs().stream()
                .map(c -> c.without("lastHeartbeatTime")).toList()));
    }

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

    private long diskBytes() {
        try {
            Files.createDirectories(options.rootDir());
            return Files.getFileStore(options.rootDir()).getTotalSpace();
        } catch (IOException e) {
            return 0;
        }
    }

    private Set<String> pressures() {
        Set<String> all = new HashSet<>();
        if (NodeFacts.memory("MemAvailable:") < MEMORY_FLOOR) {
            all.add("MemoryPressure");
        }
        try {
            var store = Files.getFileStore(options.rootDir());
            if (store.getUsableSpace() < store.getTotalSpace() / 20) {
                all.add("DiskPressure");
            }
        } catch (IOException e) {
            // unknown is not pressure
        }
        return all;
    }
}
