package io.k3j.edge;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The bytes of complete answers that wait for their clients, of all connections of one port. Nobody waits for these
/// to be read, so that a client which opens many streams and no window would keep as much as it asks for. Where they
/// are more than the port may hold, the connection is reset that has most of them, of those whose clients take
/// nothing; where they are twice as much, of all. What every connection may have ([Limits#CONNECTION_BYTES]) does not
/// count. For any thread.
final class UnsentAnswers {
    private static final System.Logger LOG = System.getLogger("io.k3j.edge");
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(Limits.UNSENT_LOOK_MILLIS);
    private static final long LOG_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final long most;
    private final long stalledNanos;
    private final Map<ClientConnection, Long> counted = new HashMap<>();
    private long bytes;
    private long nextLook = System.nanoTime();
    private long nextLog = nextLook;

    /// @param most how many bytes may wait
    UnsentAnswers(long most) {
        this(most, Duration.ofSeconds(Limits.UNSENT_SECONDS));
    }

    /// @param stalled after how long without taking anything a client counts as one that takes nothing
    UnsentAnswers(long most, Duration stalled) {
        this.most = most;
        this.stalledNanos = stalled.toNanos();
    }

    /// What one connection has.
    final class Account {
        private final ClientConnection client;
        private final AtomicLong own = new AtomicLong();

        private Account(ClientConnection client) {
            this.client = client;
        }

        /// Counts bytes that were queued, or, below zero, bytes that were written to the socket or dropped.
        void add(long more) {
            long now = own.addAndGet(more);
            if (Math.max(now, now - more) > Limits.CONNECTION_BYTES) {
                changed(this);
            }
            if (more > 0 && now > Limits.CONNECTION_BYTES) {
                relieve(System.nanoTime());
            }
        }
    }

    /// The account of a connection, which goes with it.
    Account of(ClientConnection client) {
        Account account = new Account(client);
        client.channel().closeFuture().addListener(_ -> changed(account));
        return account;
    }

    private synchronized void changed(Account account) {
        long own = account.client.channel().isOpen() ? account.own.get() : 0;
        boolean counts = own > Limits.CONNECTION_BYTES;
        @Nullable
        Long before = counts ? counted.put(account.client, own) : counted.remove(account.client);
        bytes += (counts ? own : 0) - (before == null ? 0 : before);
    }

    /// Resets a connection where there is no room.
    /// @param now of `System.nanoTime`
    void relieve(long now) {
        @Nullable
        ClientConnection excess = excess(now);
        if (excess != null) {
            excess.reset();
        }
    }

    private synchronized @Nullable ClientConnection excess(long now) {
        if (bytes <= most || now - nextLook < 0) {
            return null;
        }
        nextLook = now + LOOK_NANOS;
        boolean any = bytes / 2 > most;
        @Nullable
        ClientConnection largest = counted.entrySet().stream()
                .filter(one -> any || one.getKey().outbox().stalledSince(now - stalledNanos))
                .max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse(null);
        if (largest != null && now - nextLog >= 0) {
            nextLog = now + LOG_NANOS;
            LOG.log(Level.WARNING, "Closing connection, its client does not read its answers address={0} bytes={1}",
                    largest.remote().getAddress().getHostAddress(), Long.toString(counted.getOrDefault(largest, 0L)));
        }
        return largest;
    }

    /// All that counts.
    synchronized long bytes() {
        return bytes;
    }
}
