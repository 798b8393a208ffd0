package io.k3j.agent;

import io.k3j.componentbase.SupervisedLoop;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// The node's connection to the servers: accepts TCP connections on loopback and forwards their bytes to one
/// server. When that server fails, its connections are closed, so that the clients reconnect to another one.
final class LoadBalancer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.agent");
    /// A server that does not accept a connection within this time has failed.
    private static final int CONNECT_MILLIS = 2_000;
    private static final long CHECK_MILLIS = 1_000;
    /// How long a client whose server has ended its direction may go on with its own. What the server has sent is on
    /// its way by then, and goes on after the close.
    private static final Duration LAST = Duration.ofSeconds(1);
    private static final int BUFFER_BYTES = 16 << 10;
    private static final int BACKLOG = 256;
    /// Concurrent connections; further ones wait in the listen queue.
    private static final int MAX_CONNECTIONS = 1_000;

    private final String name;
    private final ServerList servers;
    private final DialTimes times = new DialTimes();
    private final ServerSocket listener;
    private final SupervisedLoop accepting;
    private final SupervisedLoop checking;
    private final Set<Pair> open = ConcurrentHashMap.newKeySet();
    private final Semaphore permits = new Semaphore(MAX_CONNECTIONS);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Semaphore checkRequests = new Semaphore(0);
    private volatile Function<String, TunnelHealth> health = address -> TunnelHealth.UNKNOWN;
    private volatile String trouble = "";

    /// A client's connection and the server's.
    private record Pair(Socket client, Socket server) implements AutoCloseable {
        @Override
        public void close() {
            shut(client);
            shut(server);
        }

        private static void shut(Socket socket) {
            try {
                socket.close();
            } catch (IOException broken) {
                LOG.log(Level.DEBUG, "Close", broken);
            }
        }
    }

    /// Listens on a port of the loopback address, 0 for any.
    /// @param name K3s' name of the load balancer
    /// @param preset the registration address, as `host:port`
    /// @param loops receives the state of its threads
    LoadBalancer(String name, int port, String preset, InstantSource clock, io.k3j.componentapi.Health loops)
            throws IOException {
        this.name = name;
        servers = new ServerList(preset, clock);
        listener = new ServerSocket();
        listener.setReuseAddress(true);
        try {
            listener.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), BACKLOG);
        } catch (IOException inUse) {
            listener.close();
            throw new IOException("cannot listen on 127.0.0.1:" + port + " (--lb-server-port): " + inUse.getMessage()
                    + "; is another agent running? see: ss -ltnp 'sport = :" + port + "'", inUse);
        }
        accepting = SupervisedLoop.virtual(loops, "agent-lb-accept", this::accept).start();
        checking = SupervisedLoop.virtual(loops, "agent-lb-check", this::runChecks).start();
    }

    /// The port it listens on.
    int port() {
        return listener.getLocalPort();
    }

    /// Sets the present servers; connections to removed ones are closed.
    void set(Collection<String> addresses) {
        close(servers.set(addresses));
    }

    /// The servers' own addresses.
    List<String> addresses() {
        return servers.addresses();
    }

    /// Sets the source of the servers' health.
    void health(Function<String, TunnelHealth> source) {
        health = source;
    }

    /// Requests an immediate check, because the health of a server has changed.
    void check() {
        checkRequests.release();
    }

    /// Why the last connection failed; empty when it succeeded.
    String trouble() {
        return trouble;
    }

    /// Each server's state and number of connections.
    String report() {
        return servers.report().toString();
    }

    /// K3s' metrics of this load balancer in Prometheus' text format.
    String metrics() {
        return servers.metrics(name) + times.text(name);
    }

    private void accept() throws InterruptedException {
        while (closed.getCount() > 0) {
            permits.acquire();
            boolean started = false;
            try {
                Socket client = listener.accept();
                Thread.ofVirtual().name("lb-connection").start(() -> handle(client));
                started = true;
            } catch (IOException broken) {
                if (closed.getCount() > 0) {
                    LOG.log(Level.WARNING, "Load balancer cannot accept connections error={0}", broken.getMessage());
                }
                closed.await(CHECK_MILLIS, TimeUnit.MILLISECONDS);
            } finally {
                permits.release(started ? 0 : 1);
            }
        }
    }

    private void handle(Socket client) {
        try (client) {
            client.setTcpNoDelay(true);
            long started = System.nanoTime();
            Optional<Race.Outcome> winner = new Race(this::dial).run(servers.order());
            times.add(winner.isPresent(), System.nanoTime() - started);
            if (winner.isPresent()) {
                join(winner.get().address(), new Pair(client, winner.get().connection().orElseThrow()));
            }
        } catch (IOException broken) {
            LOG.log(Level.DEBUG, "Connection", broken);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            permits.release();
        }
    }

    private Optional<Socket> dial(String address) {
        Socket server = new Socket();
        try {
            server.setTcpNoDelay(true);
            server.setKeepAlive(true);
            server.connect(ServerAddresses.socket(address), CONNECT_MILLIS);
            trouble = "";
            return Optional.of(server);
        } catch (IOException refused) {
            trouble = "cannot connect to " + address + ": " + refused.getMessage();
            LOG.log(Level.DEBUG, "Load balancer: {0}", trouble);
            close(servers.failed(address));
            close(List.of(server));
            return Optional.empty();
        }
    }

    private void join(String address, Pair pair) throws IOException {
        open.add(pair);
        try (pair) {
            close(servers.connected(address, pair));
            if (closed.getCount() == 0) {
                return;
            }
            Thread up = Thread.ofVirtual().name("lb-up").start(() -> copy(pair.client(), pair.server()));
            copy(pair.server(), pair.client());
            // a client that says nothing more would hold its place for good
            up.join(LAST);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(pair);
            servers.ended(address, pair);
        }
    }

    /// Copies bytes until the end of the stream, then half-closes the target. An error closes both connections.
    private static void copy(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
            }
            to.shutdownOutput();
        } catch (IOException broken) {
            new Pair(from, to).close();
        }
    }

    private void runChecks() throws InterruptedException {
        while (closed.getCount() > 0) {
            if (checkRequests.tryAcquire(CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
                checkRequests.drainPermits();
            }
            Collection<AutoCloseable> closing = servers.check(health);
            if (!closing.isEmpty()) {
                LOG.log(Level.INFO, "Load balancer closing connections count={0} servers={1}", closing.size(),
                        report());
            }
            close(closing);
        }
    }

    private static void close(Collection<? extends AutoCloseable> all) {
        for (AutoCloseable one : all) {
            try {
                one.close();
            } catch (Exception broken) {
                LOG.log(Level.DEBUG, "Close", broken);
            }
        }
    }

    /// Closes all connections and stops listening.
    @Override
    public void close() {
        accepting.close();
        checking.close();
        closed.countDown();
        checkRequests.release();
        close(List.of(listener));
        close(List.copyOf(open));
    }
}
