package io.k3j.agent;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// One connection to whichever of several servers takes it first. The next one is asked when one refuses, and also when
/// one is silent for a moment: a machine that was switched off refuses nothing, and its callers should not wait for it.
final class Race {
    private static final System.Logger LOG = System.getLogger("io.k3j.agent");
    /// How long the next server waits for the one before it.
    private static final long SILENT_MILLIS = 250;
    private final Function<String, Optional<Socket>> dial;
    private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    private boolean over;

    /// What became of one server.
    ///
    /// @param connection empty when there is none
    record Outcome(String address, Optional<Socket> connection) {
        boolean won() {
            return connection.isPresent();
        }
    }

    /// `dial` connects to one address and blocks; empty when that fails.
    Race(Function<String, Optional<Socket>> dial) {
        this.dial = dial;
    }

    /// The winner, empty when none takes a connection. Those that come later are closed.
    Optional<Outcome> run(List<String> order) throws InterruptedException {
        int running = 0;
        try {
            for (String address : order) {
                Thread.ofVirtual().name("lb-dial").start(() -> dial(address));
                running++;
                Outcome outcome = outcomes.poll(SILENT_MILLIS, TimeUnit.MILLISECONDS);
                if (outcome != null && outcome.won()) {
                    return Optional.of(outcome);
                }
                running -= outcome == null ? 0 : 1;
            }
            for (; running > 0; running--) {
                Outcome outcome = outcomes.take();
                if (outcome.won()) {
                    return Optional.of(outcome);
                }
            }
            return Optional.empty();
        } finally {
            finish();
        }
    }

    private void dial(String address) {
        Outcome outcome = new Outcome(address, dial.apply(address));
        synchronized (this) {
            if (!over) {
                outcomes.add(outcome);
                return;
            }
        }
        close(outcome);
    }

    private void finish() {
        synchronized (this) {
            over = true;
        }
        outcomes.forEach(Race::close);
    }

    private static void close(Outcome late) {
        try {
            if (late.connection().isPresent()) {
                late.connection().get().close();
            }
        } catch (IOException broken) {
            LOG.log(Level.DEBUG, "close", broken);
        }
    }
}
