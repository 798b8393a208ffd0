package io.k3j.cli.upgrade;

import io.k3j.launcher.release.ReleaseDisk;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// What an upgrade works with; a test brings its own.
///
/// @param disk changes files
/// @param machine knows processes and starts them
/// @param snapshot saves the datastore
/// @param majority knows what a restart does to it
/// @param trusted knows whose files are believed
/// @param waits passes the time between two looks
public record Surroundings(ReleaseDisk disk, Machine machine, Snapshot snapshot, Majority majority, TrustedFile trusted,
        Waits waits) {
    /// Time.
    public interface Waits {
        /// Looks once a second.
        Waits REAL = new Waits() {
            @Override
            public boolean pause() {
                try {
                    return !new Semaphore(0).tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }

            @Override
            public long nanos() {
                return System.nanoTime();
            }
        };
        /// Between two looks.
        Duration LOOK = Duration.ofSeconds(1);

        /// Blocks between two looks.
        /// @return whether to look again
        boolean pause();

        /// Counts up from any number.
        long nanos();
    }
}
