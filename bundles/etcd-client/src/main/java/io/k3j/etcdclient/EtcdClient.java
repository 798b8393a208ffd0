package io.k3j.etcdclient;

import io.k3j.streaming.GrpcConnection;
import io.k3j.streaming.GrpcFailure;
import io.k3j.streaming.GrpcStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Calls to a cluster over one connection, which is made when it is needed and moved to the next endpoint
/// after it has failed.
///
/// **Threads.** Any; every call blocks its caller. Calls go out at once, they do not wait for each other.
///
/// **Failure.** [EtcdFailure]. Nothing is sent twice: whoever calls decides. When nothing at all was answered while a
/// call waited in vain, the connection is ended, because a member that is cut off from its peers or hangs looks just
/// like that. When others were answered it is slow, and stays: leaving it would break all that is under way.
public final class EtcdClient implements AutoCloseable {
    /// How long one attempt to connect to one endpoint takes at most.
    private static final int CONNECT_MILLIS = 1_000;
    /// How long a connection that was left may finish what is under way.
    private static final long LEAVE_MILLIS = 10_000;
    // a member without a leader refuses at once instead of letting calls wait
    private static final Map<String, String> METADATA = Map.of("hasleader", "true");
    private volatile EtcdEndpoints endpoints;
    private final Map<String, String> metadata;
    private final String name;
    private final ReentrantLock dialing = new ReentrantLock();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable Line current;
    private int next;
    private volatile int moves;
    private volatile long answered = System.nanoTime();

    /// A connection and where it leads.
    private record Line(URI endpoint, GrpcConnection connection) {
    }

    private EtcdClient(EtcdEndpoints endpoints, String name, Map<String, String> metadata) {
        this.endpoints = endpoints;
        this.name = name;
        this.metadata = metadata;
    }

    /// A client that has no connection yet. `name` is for its threads.
    public static EtcdClient of(EtcdEndpoints endpoints, String name) {
        return new EtcdClient(endpoints, name, METADATA);
    }

    /// A client whose calls are answered also by a member that has no leader: for status and members.
    public static EtcdClient evenWithoutLeader(EtcdEndpoints endpoints, String name) {
        return new EtcdClient(endpoints, name, Map.of());
    }

    /// How many endpoints there are to go to.
    public int size() {
        return endpoints.all().size();
    }

    /// From now on goes to these when it makes a connection; the one in use stays as long as it answers.
    public void follow(List<URI> all) {
        endpoints = new EtcdEndpoints(all, endpoints.tls());
    }

    /// Where its connection leads; empty when it has none.
    public Optional<URI> at() {
        Line now = current;
        return now != null && now.connection().open() ? Optional.of(now.endpoint()) : Optional.empty();
    }

    /// How often it has been moved by [#moveTo]. Who has a stream open opens it again when this number has changed.
    public int moves() {
        return moves;
    }

    /// Makes its calls at one of its endpoints from now on, when that takes a connection. What is under way on the
    /// connection before has ten seconds to end.
    /// @throws EtcdFailure when it takes none; the connection before stays
    public void moveTo(URI endpoint) {
        dialing.lock();
        try {
            Line before = current;
            current = new Line(endpoint, dial(endpoint, CONNECT_MILLIS));
            next = Math.max(0, endpoints.all().indexOf(endpoint));
            moves++;
            if (closed.getCount() == 0) {
                current.connection().close();
            }
            if (before != null) {
                Thread.ofVirtual().name(name + "-leaving").start(() -> leave(before.connection()));
            }
        } catch (IOException | GrpcFailure e) {
            throw unreachable(endpoint.getAuthority() + ": " + e.getMessage());
        } finally {
            dialing.unlock();
        }
    }

    private void leave(GrpcConnection old) {
        try (old) {
            closed.await(LEAVE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Ends its connection, when that leads to none of its endpoints any more.
    public void leaveStrangers() {
        Line now = current;
        if (now != null && !endpoints.all().contains(now.endpoint())) {
            abandon(now.connection());
        }
    }

    /// One request, one answer.
    byte[] call(String path, byte[] request, Duration timeout) {
        long begun = System.nanoTime();
        Line line = line(timeout);
        try {
            byte[] answer = line.connection().call(path, request,
                    Duration.ofNanos(Math.max(1_000_000, begun + timeout.toNanos() - System.nanoTime())));
            answered = System.nanoTime();
            return answer;
        } catch (GrpcFailure e) {
            EtcdFailure failure = Failures.of(e);
            boolean late = e.code() == GrpcFailure.DEADLINE_EXCEEDED;
            if (failure.kind() == EtcdFailure.Kind.UNREACHABLE || late && answered - begun <= 0) {
                abandon(line.connection());
            }
            throw !late ? failure
                    : new EtcdFailure(failure.kind(),
                            "etcd at " + line.endpoint().getAuthority() + " did not answer in time");
        }
    }

    /// A call in which both sides send.
    GrpcStream open(String path, Consumer<byte[]> receiver, Duration timeout) {
        try {
            return line(timeout).connection().open(path, receiver);
        } catch (GrpcFailure e) {
            throw new EtcdFailure(EtcdFailure.Kind.UNREACHABLE, String.valueOf(e.getMessage()));
        }
    }

    /// One request, many answers, on a connection of its own, so that a slow receiver hinders nobody else.
    void stream(String path, byte[] request, Consumer<byte[]> receiver) {
        try (GrpcConnection own = dial((long) CONNECT_MILLIS * size()).connection()) {
            own.stream(path, request, receiver);
        } catch (GrpcFailure e) {
            throw Failures.of(e);
        }
    }

    private Line line(Duration timeout) {
        Line now = current;
        if (now != null && now.connection().open()) {
            return now;
        }
        long deadline = System.nanoTime() + timeout.toNanos();
        boolean mine = false;
        try {
            mine = dialing.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS);
            if (!mine) {
                throw unreachable("no connection in time");
            }
            now = current;
            if (now == null || !now.connection().open()) {
                now = dial(TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
                current = now;
                if (closed.getCount() == 0) {
                    now.connection().close();
                }
            }
            return now;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable("interrupted");
        } finally {
            if (mine) {
                dialing.unlock();
            }
        }
    }

    /// Tries every endpoint once, beginning after the one that failed last, for so long in all. When one that says
    /// nothing has taken all the time, the next call begins behind it.
    private Line dial(long millis) {
        String why = "closed";
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        List<URI> all = endpoints.all();
        long left = Math.max(1, millis);
        for (int i = 0; i < all.size() && left > 0 && closed.getCount() > 0; i++) {
            URI endpoint = all.get(next++ % all.size());
            try {
                Line made = new Line(endpoint, dial(endpoint, (int) Math.min(left, CONNECT_MILLIS)));
                next--;
                return made;
            } catch (IOException | RuntimeException e) {
                why = endpoint.getAuthority() + ": " + e.getMessage();
            }
            left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        }
        throw unreachable(why);
    }

    private GrpcConnection dial(URI endpoint, int millis) throws IOException {
        if (endpoint.getScheme().equals("https")) {
            return new GrpcConnection(TlsChannel.connect(endpoint, tls(), millis), name, metadata);
        }
        SocketChannel channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            channel.socket().connect(new InetSocketAddress(TlsChannel.host(endpoint), endpoint.getPort()), millis);
            return new GrpcConnection(channel, name, metadata);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private SSLContext tls() throws IOException {
        try {
            return endpoints.tls().isPresent() ? endpoints.tls().get().context() : SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IOException(e);
        }
    }

    /// Ends the connection, unless it is another one by now, and begins with the next endpoint.
    private void abandon(GrpcConnection broken) {
        dialing.lock();
        try {
            Line now = current;
            if (now != null && now.connection() == broken) {
                current = null;
                next++;
            }
        } finally {
            dialing.unlock();
        }
        broken.close();
    }

    /// Ends the connection in use, unless a call has been answered after `since` (`System.nanoTime()`); the next call
    /// then goes to the next endpoint.
    public void moveOn(long since) {
        Line now = current;
        if (now != null && answered - since <= 0) {
            abandon(now.connection());
        }
    }

    private EtcdFailure unreachable(String why) {
        return new EtcdFailure(EtcdFailure.Kind.UNREACHABLE, "cannot reach etcd at " + endpoints.shown() + ": " + why);
    }

    /// Ends the connection and whatever is under way on it.
    @Override
    public void close() {
        closed.countDown();
        Line now = current;
        if (now != null) {
            now.connection().close();
        }
    }
}
