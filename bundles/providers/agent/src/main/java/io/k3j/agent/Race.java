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

/// Connects to the first of several servers that accepts. The next server is tried when one refuses, and also
/// when one stays silent for a moment: a machine that is switched off refuses nothing, and clients must not
/// wait for it.
final class Race {
    private static final System.Logger LOG = System.getLogger("io.k3j.agent");
    /// How long to wait for a server before the next one is tried as well.
    private static final long NEXT_MILLIS = 250;
    private final Function<String, Optional<Socket>> dial;
    private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    private boolean finished;

    /// The outcome of one server.
    ///
    /// @param connection empty when the attempt failed
    record Outcome(String address, Optional<Socket> connection) {
        boolean won() {
            return connection.isPresent();
        }
    }

    /// @param dial connects to one address and blocks; empty when that fails
    Race(Function<String, Optional<Socket>> dial) {
        this.dial = dial;
    }

    /// The first accepted connection; empty when no server accepts. Later ones are closed.
    Optional<Outcome> run(List<String> order) throws InterruptedException {
        int running = 0;
        try {
            for (String address : order) {
                Thread.ofVirtual().name("lb-dial").start(() -> dial(address));
                running++;
                Outcome outcome = outcomes.poll(NEXT_MILLIS, TimeUnit.MILLISECONDS);
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
        Optional<Socket> connection = Optional.empty();
        try {
            connection = dial.apply(address);
        } finally {
            // whatever it throws: who waits for the last one waits without a limit
            ended(new Outcome(address, connection));
        }
    }

    private void ended(Outcome outcome) {
        synchronized (this) {
            if (!finished) {
                outcomes.add(outcome);
                return;
            }
        }
        close(outcome);
    }

    private void finish() {
        synchronized (this) {
            finished = true;
        }
        outcomes.forEach(Race::close);
    }

    private static void close(Outcome late) {
        try {
            if (late.connection().isPresent()) {
                late.connection().get().close();
            }
        } catch (IOException broken) {
            LOG.log(Level.DEBUG, "Close", broken);
        }
    }
}
