package io.k3j.datastoreetcd;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdEvent;
import io.k3j.jetcd.EtcdFailure;
import io.k3j.jetcd.EtcdKv;
import io.k3j.jetcd.EtcdRange;
import io.k3j.jetcd.EtcdWatch;
import io.k3j.logtail.LogTail;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Fills the tail from one watch of all keys. A linearizable read every second detects a member that is gone,
/// hangs, or has lost the majority.
final class Feed {
    private static final System.Logger LOG = System.getLogger("io.k3j.datastoreetcd");
    private static final Duration PULSE_INTERVAL = Duration.ofSeconds(1);
    private static final long PAUSE_MILLIS = 100;
    private static final long STOP_MILLIS = 2_000;
    private final EtcdClient client;
    private final LogTail tail;
    private final Compactions compactions;
    private final Gate gate;
    private final Consumer<String> trouble;
    private final Optional<Consumer<String>> ending;
    private final HistoryCheck historyCheck;
    private final SupervisedLoop loop;
    private long lastContact;

    // one parameter for each part of the store it fills
    @SuppressWarnings("checkstyle:ParameterNumber")
    Feed(EtcdClient client, LogTail tail, Compactions compactions, Gate gate, EtcdStore.Events events,
            Health health) {
        this.client = client;
        this.tail = tail;
        this.compactions = compactions;
        this.gate = gate;
        this.trouble = events.trouble();
        this.ending = events.wentBack();
        historyCheck = new HistoryCheck(client, tail);
        loop = SupervisedLoop.virtual(health, "datastore-feed", this::run);
    }

    void start() {
        loop.start();
    }

    private void run() throws InterruptedException {
        while (!gate.closed()) {
            lastContact = System.nanoTime();
            int moves = client.moves();
            try {
                if (!historyCheck.continues(PULSE_INTERVAL)) {
                    rewind();
                }
                follow(moves);
            } catch (EtcdFailure e) {
                if (!gate.closed()) {
                    client.moveOn(lastContact);
                    trouble.accept(String.valueOf(e.getMessage()));
                }
            }
            gate.pause(PAUSE_MILLIS);
        }
    }

    private void follow(int moves) throws InterruptedException {
        try (EtcdWatch watch = EtcdWatch.open(client, EtcdRange.everything(), tail.upTo() + 1, this::onResponse,
                PULSE_INTERVAL)) {
            boolean ended = watch.awaitEnd(Duration.ofMillis(1));
            while (!ended && !gate.closed() && client.moves() == moves) {
                lastContact = System.nanoTime();
                pulse();
                ended = watch.awaitEnd(PULSE_INTERVAL);
            }
        }
    }

    /// The changes delivered so far no longer exist in the cluster: all clients have to list again. Where the process
    /// ends, nothing is read or written any more before anybody could list.
    private void rewind() {
        long before = tail.known();
        long now = historyCheck.restart(PULSE_INTERVAL);
        String why = "the datastore went back: etcd is at revision " + now + " of another history than that"
                + " which this server has told its clients of up to revision " + before + ", as after a backup was"
                + " restored below running servers. Nothing that knows the old one can go on, so this server ends;"
                + " start it again (systemd does by itself) and it begins anew on what is there. Restart the other"
                + " servers and the agents, too";
        ending.ifPresent(end -> gate.refuse(why));
        compactions.forget();
        tail.rewind(now);
        LOG.log(System.Logger.Level.WARNING, "Etcd holds an older or different state than before revision=" + now
                + " before=" + before);
        ending.ifPresent(end -> end.accept(why));
    }

    private void pulse() {
        long revision = new EtcdKv(client).count(Compactions.NOTHING, 0, PULSE_INTERVAL).revision();
        tail.seen(revision);
        trouble.accept("");
    }

    /// Runs on the connection's reading thread.
    private void onResponse(EtcdWatch.Response response) {
        if (response.compactRevision() > 0) {
            LOG.log(System.Logger.Level.WARNING, "History was compacted before it was watched revision="
                    + response.compactRevision());
            compactions.raise(response.compactRevision());
            tail.restart(response.compactRevision());
        } else if (!response.events().isEmpty()) {
            onEvents(response.events());
        }
    }

    private void onEvents(List<EtcdEvent> events) {
        long revision = events.getLast().key().modRevision();
        if (revision <= tail.upTo()) {
            return;
        }
        if (EtcdChanges.incomplete(events)) {
            tail.restart(revision);
        } else {
            tail.append(EtcdChanges.of(events), revision);
        }
        historyCheck.record(events.getLast());
    }

    /// Ends the thread. The gate has to be closed before.
    void close() {
        loop.interrupt();
        try {
            loop.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
