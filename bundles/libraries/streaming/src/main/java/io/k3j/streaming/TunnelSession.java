package io.k3j.streaming;

import io.k3j.streaming.TunnelFrame.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One agent's tunnel to one server: many byte streams in one WebSocket, opened by the server and connected by the
/// agent. Both ends are this class.
///
/// **Threads.** [#serve] blocks its caller and does all reading; any thread dials and uses connections. One virtual
/// thread watches for silence and for another end that does not read: either ends the session, and so the waiting of
/// those who dial and write. One sends what the reading thread has to say, so that reading never waits for writing and
/// two such ends cannot block each other.
///
/// **Which end.** Agents dial servers' WebSockets and servers dial connections through them, as K3s' remotedialer has
/// it (K3s, "Architecture", How Agent Node Registration Works). An end without a target refuses connections.
///
/// **Failure.** `IOException`. A session that ended has ended all its connections and is not used again; the agent
/// opens another one.
public final class TunnelSession implements AutoCloseable {
    private static final int MAX_CONNECTIONS = 10_000;
    /// Bytes: a list of all connections has eight for each, and data come in pieces of 32 KiB.
    private static final int MAX_MESSAGE = 128 << 10;
    /// What the reading thread may have to say before the session is given up: a few words for each connection.
    private static final int MAX_CONTROL = 4 * MAX_CONNECTIONS;
    private static final String GONE = "tunnel disconnect";

    private final WebSocket socket;
    private final @Nullable TunnelTarget target;
    private final TunnelTiming timing;
    private final UnreadBudget unread;
    private final AtomicLong ids;
    private final AtomicLong lastConnection = new AtomicLong(1);
    private final Map<Long, TunnelConnection> connections = new ConcurrentHashMap<>();
    /// What is said without blocking the one who says it, in order.
    private final BlockingQueue<Runnable> urgent = new ArrayBlockingQueue<>(MAX_CONTROL);
    private final CountDownLatch closed = new CountDownLatch(1);
    /// Connections the agent's last list did not have; the reading thread's.
    private Set<Long> missed = Set.of();

    private TunnelSession(WebSocket socket, @Nullable TunnelTarget target, TunnelTiming timing,
            UnreadBudget unread, RandomGenerator random) {
        this.socket = socket;
        this.target = target;
        this.timing = timing;
        this.unread = unread;
        this.ids = new AtomicLong(random.nextLong() >>> 1);
        socket.answerPings(payload -> later(() -> socket.pong(payload)));
    }

    /// The server's end, which dials.
    /// @param socket after its handshake; received from by [#serve] alone
    /// @param unread what all tunnels of this process may hold
    public static TunnelSession ofServer(WebSocket socket, TunnelTiming timing, UnreadBudget unread,
            RandomGenerator random) {
        return new TunnelSession(socket, null, timing, unread, random);
    }

    /// The agent's end, which connects to `target` for the server and sends the pings.
    /// @param target says what a server may be connected to
    /// @param unread what all tunnels of this process may hold
    public static TunnelSession ofAgent(WebSocket socket, TunnelTarget target, TunnelTiming timing,
            UnreadBudget unread, RandomGenerator random) {
        return new TunnelSession(socket, target, timing, unread, random);
    }

    /// Reads until the other end has gone or [#close] is called; then closes everything. Once.
    /// @throws IOException why it ended, unless the other end said good-bye
    public void serve() throws IOException {
        Thread.ofVirtual().name("tunnel-watch").start(this::watch);
        Thread.ofVirtual().name("tunnel-control").start(this::control);
        try {
            Optional<byte[]> message = socket.receive(MAX_MESSAGE);
            while (message.isPresent()) {
                take(TunnelFrame.parse(message.get()));
                message = socket.receive(MAX_MESSAGE);
            }
        } finally {
            close();
        }
    }

    /// Opens a byte stream to `address` as seen from the agent. Does not wait for its answer: a refusal shows at the
    /// first read. Blocks while the agent reads nothing, until the session is given up for it.
    /// @throws IOException when the session has ended, has too many connections, or the network fails
    public TunnelConnection dial(String protocol, String address) throws IOException {
        TunnelConnection connection = add(lastConnection.incrementAndGet());
        try {
            send(TunnelFrame.of(ids.incrementAndGet(), connection.id(), Kind.CONNECT, protocol + "/" + address));
        } catch (IOException broken) {
            connections.remove(connection.id());
            throw broken;
        }
        return connection;
    }

    /// Looks twice: a session that closes in between has either ended the connection or is seen here.
    private TunnelConnection add(long id) throws IOException {
        if (closed.getCount() == 0) {
            throw new IOException(GONE);
        }
        if (connections.size() >= MAX_CONNECTIONS) {
            throw new IOException("more than " + MAX_CONNECTIONS + " connections in one tunnel");
        }
        TunnelConnection connection = new TunnelConnection(this, id, unread);
        connections.put(id, connection);
        if (closed.getCount() == 0) {
            connection.ended(GONE);
        }
        return connection;
    }

    /// The reading thread's; never waits for writing.
    /// @throws IOException when the frame makes no sense, which ends the session
    private void take(TunnelFrame frame) throws IOException {
        TunnelConnection connection = connections.get(frame.connection());
        switch (frame.kind()) {
            case DATA -> {
                if (connection == null) {
                    over(frame.connection(), "connection not found");
                } else {
                    connection.received(frame.payload());
                }
            }
            case CONNECT -> accept(frame);
            case ERROR -> {
                if (connections.remove(frame.connection()) instanceof TunnelConnection ended) {
                    ended.ended(frame.text());
                }
            }
            case PAUSE, RESUME -> {
                if (connection != null) {
                    connection.pause(frame.kind() == Kind.PAUSE);
                }
            }
            case SYNC_CONNECTIONS -> forgetOthers(frame.connections());
            case ADD_CLIENT, REMOVE_CLIENT, UNKNOWN -> {
                // peers of peers are not K3s' way
            }
        }
    }

    /// What the agent does not know any more is over, without a word about it. Two lists in a row have to leave it
    /// out: the first may have been on its way when the connection was asked for.
    private void forgetOthers(List<Long> known) {
        Set<Long> missing = new HashSet<>(connections.keySet());
        known.forEach(missing::remove);
        for (Long id : missing) {
            if (missed.contains(id) && connections.remove(id) instanceof TunnelConnection stale) {
                stale.ended("sync from client");
            }
        }
        missed = missing;
    }

    private void accept(TunnelFrame frame) throws IOException {
        String wanted = frame.text();
        int slash = wanted.indexOf('/');
        if (slash < 0) {
            throw new IOException("failed to parse connect address");
        }
        TunnelTarget to = target;
        if (to == null) {
            over(frame.connection(), "connect not allowed");
            return;
        }
        TunnelConnection connection = add(frame.connection());
        Thread.ofVirtual().name("tunnel-connection")
                .start(new TunnelRelay(connection, to, wanted.substring(0, slash), wanted.substring(slash + 1)));
    }

    /// Sends bytes of a connection; blocks while the network does.
    void data(long connection, byte[] bytes) throws IOException {
        send(new TunnelFrame(ids.incrementAndGet(), connection, Kind.DATA, bytes));
    }

    private void send(TunnelFrame frame) throws IOException {
        socket.send(frame.encode());
    }

    /// A connection has ended here; the other end hears why. Does not block.
    void over(long connection, String why) {
        // known until the other end has been told: a list sent before must not end it without the reason
        later(() -> {
            send(TunnelFrame.of(ids.incrementAndGet(), connection, Kind.ERROR, why));
            connections.remove(connection);
        });
    }

    /// Says something without a payload. Does not block.
    void control(long connection, Kind kind) {
        later(() -> send(new TunnelFrame(ids.incrementAndGet(), connection, kind, new byte[0])));
    }

    private interface Word {
        void say() throws IOException;
    }

    /// A session whose other end reads nothing is closed: its queue is full of what it was told.
    private void later(Word word) {
        boolean room = urgent.offer(() -> {
            try {
                word.say();
            } catch (IOException broken) {
                close();
            }
        });
        if (!room) {
            // nobody there reads what we say
            close();
        }
    }

    private void control() {
        try {
            while (closed.getCount() > 0) {
                Runnable next = urgent.poll(1, TimeUnit.SECONDS);
                if (next != null) {
                    next.run();
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch() {
        long lastSync = System.nanoTime();
        try {
            while (!closed.await(timing.ping().toMillis(), TimeUnit.MILLISECONDS)) {
                if (silent() || socket.writing().compareTo(timing.silence()) > 0) {
                    close();
                } else if (target != null) {
                    later(socket::ping);
                    if (Duration.ofNanos(System.nanoTime() - lastSync).compareTo(timing.sync()) >= 0) {
                        lastSync = System.nanoTime();
                        later(() -> send(TunnelFrame.sync(ids.incrementAndGet(), connections.keySet())));
                    }
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean silent() {
        return Duration.ofNanos(System.nanoTime() - socket.heardNanos()).compareTo(timing.silence()) > 0;
    }

    /// Loses a connection without a word, as a fault would.
    void forget(long connection) {
        connections.remove(connection);
    }

    /// Whether it is of use. False for good after [#close], or after [#serve] has returned.
    public boolean open() {
        return closed.getCount() > 0;
    }

    /// Ends all connections and the WebSocket, at once. Any thread, any number of times; readers and writers of
    /// connections fail with "tunnel disconnect".
    @Override
    public void close() {
        closed.countDown();
        connections.values().forEach(connection -> connection.ended(GONE));
        connections.clear();
        try {
            socket.close();
        } catch (IOException broken) {
            // it is of no use any more
        }
    }
}
