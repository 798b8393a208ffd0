package io.k3j.ha;

import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Api;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Clients that make, change, take away, read and list ConfigMaps through different servers at once and keep a record of
/// every call, also of those whose outcome nobody told them.
final class Traffic implements AutoCloseable {
    private static final long PAUSE_MILLIS = 50;
    /// Calls a second of all clients together; none is held back where it is zero. A client that does nothing but call
    /// takes the cores from the servers whose faults are watched.
    private static final long RATE = Long.getLong("k3j.ha.rate", 400);
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final int HUNDRED = 100;
    private static final int READS = 40;
    private static final int PUTS = 65;
    private static final int REPLACES = 83;
    private static final int CREATES = 90;
    private static final int REMOVES = 97;
    private final List<Api> servers;
    private final List<String> keys;
    private final long rate;
    private final Queue<Operation> history = new ConcurrentLinkedQueue<>();
    private final Refusals refusals = new Refusals();
    private final AtomicLong values = new AtomicLong();
    private final AtomicLong done = new AtomicLong();
    private final List<Thread> clients = new ArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);

    Traffic(List<Api> servers, int keys) {
        this(servers, keys, RATE);
    }

    /// @param rate calls a second of all clients together; zero: as many as are answered
    Traffic(List<Api> servers, int keys, long rate) {
        this.servers = servers;
        this.rate = rate;
        this.keys = IntStream.range(0, keys).mapToObj(k -> "k" + k).toList();
    }

    /// Makes the ConfigMaps and lets clients begin, each at a server of its own.
    void begin(int count) throws InterruptedException {
        for (String key : keys) {
            calls(servers.getFirst()).create(key);
        }
        for (int c = 0; c < count; c++) {
            Calls calls = calls(servers.get(c % servers.size()));
            long turnNanos = rate == 0 ? 0 : count * TimeUnit.SECONDS.toNanos(1) / rate;
            clients.add(Thread.ofVirtual().name("ha-client-" + c).start(() -> work(calls, turnNanos)));
        }
    }

    private Calls calls(Api server) {
        return new Calls(server, history, refusals, values);
    }

    private void work(Calls calls, long turnNanos) {
        RandomGenerator random = RandomGenerator.getDefault();
        try {
            while (over.getCount() > 0) {
                long begin = System.nanoTime();
                if (one(calls, random.nextInt(HUNDRED), keys.get(random.nextInt(keys.size())))) {
                    done.incrementAndGet();
                } else {
                    over.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
                }
                over.await(begin + turnNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean one(Calls calls, int dice, String key) throws InterruptedException {
        if (dice < READS) {
            return calls.read(key);
        } else if (dice < PUTS) {
            return calls.put(key);
        } else if (dice < REPLACES) {
            return calls.replace(key);
        } else if (dice < CREATES) {
            return calls.create(key);
        }
        return dice < REMOVES ? calls.remove(key) : calls.list(keys);
    }

    /// What calls that were not done heard.
    Refusals refusals() {
        return refusals;
    }

    /// How many calls have been answered.
    long done() {
        return done.get();
    }

    /// How many calls that have ended since a moment were done with what is newest.
    long fresh(long since) {
        return history.stream().filter(o -> o.done() && !o.stale() && o.end() - since > 0).count();
    }

    /// The longest time in which no write was acknowledged by anybody since a moment, in milliseconds.
    long longestPause(long since) {
        long[] ends = history.stream().filter(o -> o.write() && o.done() && o.end() > since)
                .mapToLong(Operation::end).sorted().toArray();
        long last = since;
        long longest = 0;
        for (long end : ends) {
            longest = Math.max(longest, end - last);
            last = end;
        }
        return longest / 1_000_000;
    }

    /// Ends the clients and reads every key once more through every server.
    /// @return every call
    Collection<Operation> end() throws IOException, InterruptedException {
        over.countDown();
        for (Thread client : clients) {
            client.join();
        }
        for (Api server : servers) {
            for (String key : keys) {
                Waiting.until("last read of " + key, LIMIT, () -> calls(server).read(key),
                        () -> Refusals.summary(refusals.all()));
            }
        }
        return history;
    }

    /// What the record holds, in a line.
    static String summary(Collection<Operation> history) {
        long unknown = history.stream().filter(o -> o.fate() == Operation.Fate.UNKNOWN).count();
        long refused = history.stream().filter(o -> o.fate() == Operation.Fate.REFUSED).count();
        long stale = history.stream().filter(Operation::stale).count();
        return history.size() + " operations, " + unknown + " of unknown outcome, " + refused + " refused, " + stale
                + " answers that said they were old";
    }

    /// The record as text, for a failed test to keep.
    static byte[] text(Collection<Operation> history) {
        StringBuilder all = new StringBuilder();
        history.forEach(o -> all.append(o).append('\n'));
        return all.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        over.countDown();
        clients.forEach(Thread::interrupt);
    }
}
