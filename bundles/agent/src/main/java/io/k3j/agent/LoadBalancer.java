package io.k3j.agent;

import io.k3j.componentapi.SupervisedLoop;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
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

/// The node's own way to the servers: takes TCP connections on loopback and passes their bytes to one server.
/// When that server fails, its connections are closed, so that their owners connect again, to another.
final class LoadBalancer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.agent");
    /// A server that takes longer to take a connection counts as failed.
    private static final int CONNECT_MILLIS = 2_000;
    private static final long CHECK_MILLIS = 1_000;
    private static final int BUFFER = 16 << 10;
    private static final int BACKLOG = 256;
    /// Connections at once; more wait in the listen queue.
    private static final int MAX_CONNECTIONS = 1_000;

    private final String name;
    private final ServerList servers;
    private final DialTimes times = new DialTimes();
    private final ServerSocket listener;
    private final SupervisedLoop accepting;
    private final SupervisedLoop checking;
    private final Set<Pair> open = ConcurrentHashMap.newKeySet();
    private final Semaphore seats = new Semaphore(MAX_CONNECTIONS);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Semaphore due = new Semaphore(0);
    private volatile Function<String, Health> health = address -> Health.UNKNOWN;
    private volatile String trouble = "";

    /// Two joined connections.
    private record Pair(Socket near, Socket far) implements AutoCloseable {
        @Override
        public void close() {
            shut(near);
            shut(far);
        }

        private static void shut(Socket socket) {
            try {
                socket.close();
            } catch (IOException broken) {
                LOG.log(Level.DEBUG, "close", broken);
            }
        }
    }

    /// Listens on a port of the loopback address (0: any).
    /// @param name K3s' name of it
    /// @param preset the registration address, as `host:port`
    /// @param loops where its threads report
    LoadBalancer(String name, int port, String preset, InstantSource clock, io.k3j.componentapi.Health loops)
            throws IOException {
        this.name = name;
        servers = new ServerList(preset, clock);
        listener = new ServerSocket();
        listener.setReuseAddress(true);
        try {
            listener.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), BACKLOG);
        } catch (IOException taken) {
            listener.close();
            throw new IOException("cannot listen on 127.0.0.1:" + port + " (--lb-server-port): " + taken.getMessage()
                    + "; is another agent running? see: ss -ltnp 'sport = :" + port + "'", taken);
        }
        accepting = SupervisedLoop.virtual(loops, "agent-lb-accept", this::accept).start();
        checking = SupervisedLoop.virtual(loops, "agent-lb-check", this::checks).start();
    }

    /// The port it listens on.
    int port() {
        return listener.getLocalPort();
    }

    /// The servers there are; those that are gone lose their connections.
    void set(Collection<String> addresses) {
        close(servers.set(addresses));
    }

    /// The servers' own addresses.
    List<String> addresses() {
        return servers.addresses();
    }

    /// Whom to ask how a server is.
    void health(Function<String, Health> source) {
        health = source;
    }

    /// Something has changed with a server: looks at once instead of within a second.
    void check() {
        due.release();
    }

    /// Why the last connection could not be made, empty when it could.
    String trouble() {
        return trouble;
    }

    /// Each server's state and connections.
    String report() {
        return servers.report().toString();
    }

    /// What K3s counts of its load balancers, in Prometheus' text form.
    String metrics() {
        return servers.metrics(name) + times.text(name);
    }

    private void accept() throws InterruptedException {
        while (closed.getCount() > 0) {
            seats.acquire();
            boolean begun = false;
            try {
                Socket near = listener.accept();
                Thread.ofVirtual().name("lb-connection").start(() -> carry(near));
                begun = true;
            } catch (IOException broken) {
                if (closed.getCount() > 0) {
                    LOG.log(Level.WARNING, "load balancer cannot accept: {0}", broken.getMessage());
                }
                closed.await(CHECK_MILLIS, TimeUnit.MILLISECONDS);
            } finally {
                seats.release(begun ? 0 : 1);
            }
        }
    }

    private void carry(Socket near) {
        try (near) {
            near.setTcpNoDelay(true);
            long begun = System.nanoTime();
            Optional<Race.Outcome> winner = new Race(this::dial).run(servers.order());
            times.add(winner.isPresent(), System.nanoTime() - begun);
            if (winner.isPresent()) {
                join(winner.get().address(), new Pair(near, winner.get().connection().orElseThrow()));
            }
        } catch (IOException broken) {
            LOG.log(Level.DEBUG, "connection", broken);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            seats.release();
        }
    }

    private Optional<Socket> dial(String address) {
        Socket far = new Socket();
        try {
            far.setTcpNoDelay(true);
            far.setKeepAlive(true);
            far.connect(Addresses.socket(address), CONNECT_MILLIS);
            trouble = "";
            return Optional.of(far);
        } catch (IOException refused) {
            trouble = "cannot connect to " + address + ": " + refused.getMessage();
            LOG.log(Level.DEBUG, "load balancer: {0}", trouble);
            close(servers.failed(address));
            close(List.of(far));
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
            Thread up = Thread.ofVirtual().name("lb-up").start(() -> copy(pair.near(), pair.far()));
            copy(pair.far(), pair.near());
            up.join();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(pair);
            servers.ended(address, pair);
        }
    }

    /// Passes bytes until the end, then says so; when that fails both directions are over.
    private static void copy(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
            }
            to.shutdownOutput();
        } catch (IOException over) {
            new Pair(from, to).close();
        }
    }

    private void checks() throws InterruptedException {
        while (closed.getCount() > 0) {
            if (due.tryAcquire(CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
                due.drainPermits();
            }
            Collection<AutoCloseable> closing = servers.check(health);
            if (!closing.isEmpty()) {
                LOG.log(Level.INFO, "load balancer closes {0} connections; servers: {1}", closing.size(), report());
            }
            close(closing);
        }
    }

    private static void close(Collection<? extends AutoCloseable> all) {
        for (AutoCloseable one : all) {
            try {
                one.close();
            } catch (Exception broken) {
                LOG.log(Level.DEBUG, "close", broken);
            }
        }
    }

    /// Cuts all connections and stops listening.
    @Override
    public void close() {
        accepting.close();
        checking.close();
        closed.countDown();
        due.release();
        close(List.of(listener));
        close(List.copyOf(open));
    }
}
