package io.k3j.launcher;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/// Progress on a terminal: `[ 0.8 s] datastore ready`.
public final class ConsoleProgress implements Progress {
    private final PrintStream out;
    private final Instant start;
    private final InstantSource clock;

    /// Counts from `start` by `clock`.
    public ConsoleProgress(PrintStream out, Instant start, InstantSource clock) {
        this.out = out;
        this.start = start;
        this.clock = clock;
    }

    /// On `out`, counting from the start of this process.
    public static ConsoleProgress of(PrintStream out) {
        InstantSource clock = InstantSource.system();
        return new ConsoleProgress(out, clock.instant().minus(ProcessAge.now()), clock);
    }

    @Override
    public void step(String what) {
        double seconds = Duration.between(start, clock.instant()).toMillis() / 1000.0;
        line(String.format(Locale.ROOT, "[%4.1f s] %s", Math.max(0, seconds), what));
    }

    @Override
    public void line(String text) {
        synchronized (out) {
            out.println(text);
            out.flush();
        }
    }
}
