package io.k3j.datastoreetcd;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.SupervisedLoop;
import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdEvent;
import io.k3j.jetcd.EtcdFailure;
import io.k3j.jetcd.EtcdKv;
import io.k3j.jetcd.EtcdRange;
import io.k3j.jetcd.EtcdWatch;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/// Keeps the tail filled from one watch of everything, over whichever connection there is. A confirmed read a
/// second finds out when the member at the other end is gone, hangs, or has lost the majority.
final class Feed {
    private static final System.Logger LOG = System.getLogger("io.k3j.datastoreetcd");
    private static final Duration PULSE = Duration.ofSeconds(1);
    private static final long PAUSE_MILLIS = 100;
    private static final long STOP_MILLIS = 2_000;
    private final EtcdClient client;
    private final Tail tail;
    private final Compactions compactions;
    private final Gate gate;
    private final Consumer<String> trouble;
    private final Story story;
    private final SupervisedLoop loop;
    private long since;

    /// `trouble` hears what is wrong, and the empty text when it is over.
    // the parts of the store it fills
    @SuppressWarnings("checkstyle:ParameterNumber")
    Feed(EtcdClient client, Tail tail, Compactions compactions, Gate gate, Consumer<String> trouble, Health health) {
        this.client = client;
        this.tail = tail;
        this.compactions = compactions;
        this.gate = gate;
        this.trouble = trouble;
        story = new Story(client, tail);
        loop = SupervisedLoop.virtual(health, "datastore-feed", this::run);
    }

    void start() {
        loop.start();
    }

    private void run() throws InterruptedException {
        while (!gate.closed()) {
            since = System.nanoTime();
            int moves = client.moves();
            try {
                if (!story.goesOn(PULSE)) {
                    rewind();
                }
                follow(moves);
            } catch (EtcdFailure e) {
                if (!gate.closed()) {
                    client.moveOn(since);
                    trouble.accept(String.valueOf(e.getMessage()));
                }
            }
            gate.pause(PAUSE_MILLIS);
        }
    }

    private void follow(int moves) throws InterruptedException {
        try (EtcdWatch watch = EtcdWatch.open(client, EtcdRange.everything(), tail.told() + 1, this::take, PULSE)) {
            boolean ended = watch.awaitEnd(Duration.ofMillis(1));
            while (!ended && !gate.closed() && client.moves() == moves) {
                since = System.nanoTime();
                pulse();
                ended = watch.awaitEnd(PULSE);
            }
        }
    }

    /// What was told is no more: everybody loads again.
    private void rewind() {
        long before = tail.known();
        compactions.forget();
        tail.rewind(story.begin(PULSE));
        LOG.log(System.Logger.Level.WARNING, "etcd holds an older or another state than before, everything is loaded"
                + " again revision=" + tail.told() + " before=" + before);
    }

    private void pulse() {
        long revision = new EtcdKv(client).count(Compactions.NOTHING, 0, PULSE).revision();
        tail.seen(revision);
        trouble.accept("");
    }

    /// On the connection's reading thread.
    private void take(EtcdWatch.Told told) {
        if (told.compactRevision() > 0) {
            LOG.log(System.Logger.Level.WARNING, "history was compacted before it was told revision="
                    + told.compactRevision());
            compactions.raise(told.compactRevision());
            tail.restart(told.compactRevision());
        } else if (!told.events().isEmpty()) {
            take(told.events());
        }
    }

    private void take(List<EtcdEvent> events) {
        long revision = events.getLast().key().modRevision();
        if (revision <= tail.told()) {
            return;
        }
        if (Changes.incomplete(events)) {
            tail.restart(revision);
        } else {
            tail.append(Changes.of(events), revision);
        }
        story.learn(events.getLast());
    }

    /// Ends the thread; the gate is closed already.
    void close() {
        loop.interrupt();
        try {
            loop.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
