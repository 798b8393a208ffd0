package io.k3j.edge;

import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.ListeningSockets;
import io.k3j.componentbase.Termination;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.ListenerIdentity;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The ports of this process and their endpoints. Everything that touches Netty or blocks runs in order on one
/// virtual thread, whoever calls.
final class Ports implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.edge");
    private static final Set<String> LOOPBACKS = Set.of(ListeningSockets.LOOPBACK, ListeningSockets.LOOPBACK_IPV6);
    /// What says where a port is, of those that nobody does without, beside the server's own.
    private static final Map<String, String> FLAGS = Map.of(ListeningSockets.SUPERVISOR, "--supervisor-port",
            ListeningSockets.API, "--apiserver-port", ListeningSockets.KUBELET, "--kubelet-arg=port");
    private static final long ORDER_TIMEOUT_SECONDS = 5;
    /// How long a stop waits for orders and handshakes that are under way.
    private static final Duration STOP = Duration.ofSeconds(1);

    private final ListeningSockets sockets;
    private final Reports reports;
    private final Map<String, TlsRules> rules;
    private final Surroundings surroundings;
    private final Map<String, Routes> routes = new ConcurrentHashMap<>();
    private final ExecutorService handshakes = Executors
            .newThreadPerTaskExecutor(Thread.ofVirtual().name("edge-handshake-", 0).factory());
    private final ExecutorService orders = Executors
            .newSingleThreadExecutor(Thread.ofVirtual().name("edge-ports").factory());
    private final Map<String, Port> open = new ConcurrentHashMap<>();
    private final Map<String, List<ListenerIdentity>> identities = new ConcurrentHashMap<>();
    private @Nullable Loops loops;
    private boolean told;

    /// Who hears how the opening goes. Called in order, on the thread of the ports.
    ///
    /// @param health of this component
    /// @param opened called once, when all ports of a server accept connections, but for those on loopback addresses
    /// @param failed told of a port without which this process is not what was asked for
    /// @param serverFlag what says where the server's own port is, for the words of `failed`
    record Reports(HealthScope health, Runnable opened, Consumer<String> failed, String serverFlag) {
    }

    /// What differs in tests.
    ///
    /// @param epoll false selects NIO
    /// @param patience the timeouts of every connection
    /// @param clock the time of day
    /// @param connections the number of connections that may be open per port
    record Surroundings(boolean epoll, Patience patience, InstantSource clock, int connections) {
    }

    /// @param rules the TLS rules of each port by name
    Ports(ListeningSockets sockets, Reports reports, Map<String, TlsRules> rules, Surroundings surroundings) {
        this.sockets = sockets;
        this.reports = reports;
        this.rules = rules;
        this.surroundings = surroundings;
        orders.execute(this::begin);
    }

    private void begin() {
        try {
            open();
        } catch (RuntimeException | LinkageError failed) {
            cannotOpen(sockets.has(ListeningSockets.SERVER) ? ListeningSockets.SERVER : ListeningSockets.KUBELET, true,
                    failed);
        }
    }

    private void open() {
        Loops started = Loops.start(surroundings.epoll());
        loops = started;
        InstantSource clock = surroundings.clock();
        Port.Shared shared = new Port.Shared(started, new DateHeader(clock), handshakes, surroundings.patience(), clock,
                surroundings.connections());
        rules.forEach((name, tls) -> {
            if (sockets.has(name)) {
                int most = share(name, Capacity.ofPort(name, shared.connections()));
                open.put(name, new Port(shared.with(most), sockets.lend(name), routes(offered(name)), tls,
                        Capacity.ofName(name, most)));
            }
        });
        started.everySecond(this::check);
    }

    private void check() {
        for (Port port : open.values()) {
            port.connections().check();
        }
    }

    /// The name under which what a port answers is offered: the server's may have further ports.
    static String offered(String name) {
        return switch (name) {
            case ListeningSockets.SUPERVISOR, ListeningSockets.API, ListeningSockets.LOOPBACK,
                    ListeningSockets.LOOPBACK_IPV6 ->
                ListeningSockets.SERVER;
            default -> name;
        };
    }

    /// How many connections a port may have of those that all that answer the same have together: this machine itself
    /// needs few.
    private int share(String name, int together) {
        int ofLoopback = together / Limits.LOOPBACK_PART;
        if (LOOPBACKS.contains(name)) {
            return ofLoopback;
        }
        List<String> sharers = rules.keySet().stream()
                .filter(other -> sockets.has(other) && offered(other).equals(offered(name))).toList();
        int loopbacks = (int) sharers.stream().filter(LOOPBACKS::contains).count();
        return (together - loopbacks * ofLoopback) / (sharers.size() - loopbacks);
    }

    /// The open ports that answer what is offered under a name.
    private List<Port> opened(String name) {
        return open.entrySet().stream().filter(port -> offered(port.getKey()).equals(name)).map(Map.Entry::getValue)
                .toList();
    }

    private Routes routes(String name) {
        return routes.computeIfAbsent(name, any -> new Routes());
    }

    /// Adds the certificate source of a port. Does not block.
    void addIdentity(String name, ListenerIdentity identity) {
        enqueue(() -> {
            List<ListenerIdentity> known = identities.computeIfAbsent(name, any -> new ArrayList<>());
            known.remove(identity);
            known.add(identity);
            updateIdentity(name);
        });
    }

    /// Removes the certificate source of a port. Blocks until it is no longer used.
    void removeIdentity(String name, ListenerIdentity identity) {
        await(enqueue(() -> {
            identities.computeIfAbsent(name, any -> new ArrayList<>()).remove(identity);
            updateIdentity(name);
        }));
    }

    private void updateIdentity(String name) {
        List<ListenerIdentity> known = identities.getOrDefault(name, List.of());
        open.forEach((port, opened) -> {
            if (offered(port).equals(name)) {
                identify(port, opened, known.isEmpty() ? null : known.getLast());
            }
        });
    }

    /// A port that cannot be opened keeps no other one closed.
    private void identify(String name, Port port, @Nullable ListenerIdentity inForce) {
        try {
            port.identity(inForce);
            report();
        } catch (IOException | RuntimeException failed) {
            cannotOpen(name, !port.accepting(), failed);
        }
    }

    private void report() {
        if (opened(ListeningSockets.SERVER).stream().allMatch(Port::accepting)) {
            reports.health().ok();
        }
        boolean reachable = open.entrySet().stream()
                .filter(port -> offered(port.getKey()).equals(ListeningSockets.SERVER)
                        && !LOOPBACKS.contains(port.getKey()))
                .map(Map.Entry::getValue).allMatch(Port::accepting);
        if (reachable && !told && sockets.has(ListeningSockets.SERVER)) {
            told = true;
            reports.opened().run();
        }
    }

    /// @param closed false: it was open already, and goes on with the certificates that it had
    private void cannotOpen(String name, boolean closed, Throwable why) {
        String reason = Objects.requireNonNullElse(why.getMessage(), why.toString());
        LOG.log(Level.ERROR, "Cannot open port name=" + name, why);
        reports.health().degraded("cannot open port " + name + ": " + reason);
        String flag = name.equals(ListeningSockets.SERVER) ? reports.serverFlag() : FLAGS.get(name);
        if (closed && flag != null) {
            ServerSocket socket = sockets.lend(name).socket();
            reports.failed().accept("cannot accept connections on " + socket.getInetAddress().getHostAddress() + ":"
                    + socket.getLocalPort() + " (" + flag + "): " + reason
                    + "; see the error in the log before this, and how many files may be open: ulimit -n");
        }
    }

    /// Adds an endpoint. Does not block.
    void addEndpoint(String name, Endpoint endpoint, Routes.Offer offer) {
        routes(name).add(endpoint, offer);
    }

    /// Removes an endpoint: no further requests, five seconds for those in flight. Does not block.
    void removeEndpoint(String name, Endpoint endpoint) {
        routes(name).remove(endpoint);
        enqueue(() -> {
            if (loops != null) {
                loops.after(Limits.DRAIN_SECONDS, () -> opened(name).forEach(port -> port.abandon(endpoint)));
            }
        });
    }

    /// Stops accepting, drains for five seconds, stops the loops and waits for what computes.
    @Override
    public void close() {
        await(enqueue(() -> {
            List<Thread> closing = new ArrayList<>();
            for (Port port : open.values()) {
                closing.add(Thread.startVirtualThread(port::close));
            }
            for (Thread thread : closing) {
                join(thread);
            }
            if (loops != null) {
                loops.close();
            }
        }));
        Termination.of(orders, "edge-ports", STOP);
        Termination.of(handshakes, "edge-handshake", STOP);
    }

    /// Queues an action. After [#close] it is ignored: services may still be unbound then.
    private Future<?> enqueue(Runnable action) {
        try {
            return orders.submit(action);
        } catch (RejectedExecutionException closed) {
            return CompletableFuture.completedFuture(null);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(Duration.ofSeconds(ORDER_TIMEOUT_SECONDS));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static void await(Future<?> order) {
        try {
            order.get(ORDER_TIMEOUT_SECONDS + 1, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException failed) {
            LOG.log(Level.WARNING, "Order not carried out in time", failed);
        }
    }
}
