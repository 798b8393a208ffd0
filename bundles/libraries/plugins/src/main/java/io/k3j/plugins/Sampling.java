package io.k3j.plugins;

import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Has what computes looked at while there are plug-ins, and while the disk has room for it: the recorder writes files
/// there, and ends the whole process when it cannot. Thread-safe.
final class Sampling implements AutoCloseable {
    /// What the disk must have left.
    static final long ROOM = 64L << 20;
    /// What it must have left again before looking goes on: it would end again at once where files come and go.
    static final long ROOM_AGAIN = 2 * ROOM;
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    private final Supplier<@Nullable Sampler> starter;
    private final LongSupplier free;
    private @Nullable Sampler running;
    /// Whether the disk had no room, and has not had it again since.
    private boolean full;

    /// What looks, until it is closed.
    @FunctionalInterface
    interface Sampler extends AutoCloseable {
        @Override
        void close();
    }

    /// @param starter begins to look; null where that cannot be
    /// @param free bytes of the disk that it writes to
    Sampling(Supplier<@Nullable Sampler> starter, LongSupplier free) {
        this.starter = starter;
        this.free = free;
    }

    /// There is something to look at from now on.
    synchronized void begin() {
        if (running == null && room() && !full) {
            running = starter.get();
        }
    }

    /// Looks at the disk.
    /// @param any whether there is something to look at
    synchronized void look(boolean any) {
        if (!any || !room()) {
            close();
        } else if (full && free.getAsLong() >= ROOM_AGAIN) {
            full = false;
            LOG.log(System.Logger.Level.INFO, "Plugins are looked at again");
            begin();
        }
    }

    /// Told once each time: what is not looked at has to be known.
    private boolean room() {
        boolean room = free.getAsLong() >= ROOM;
        if (!room && !full) {
            full = true;
            LOG.log(System.Logger.Level.WARNING, "Plugins run without being looked at: a processor that one keeps busy"
                    + " is not noticed reason=the disk of the data directory has less than {0} MiB left", ROOM >> 20);
        }
        return room;
    }

    /// Ends looking; what was looked at goes on.
    @Override
    public synchronized void close() {
        Sampler one = running;
        running = null;
        if (one != null) {
            one.close();
        }
    }
}
