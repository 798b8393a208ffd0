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
/// @param servers knows which are older than a release
/// @param trusted knows whose files are believed
/// @param waits passes the time between two looks
public record Surroundings(ReleaseDisk disk, Machine machine, Snapshot snapshot, Majority majority, Servers servers,
        TrustedFile trusted, Waits waits) {
    /// Time.
    public interface Waits {
        /// Between two looks.
        Duration LOOK = Duration.ofSeconds(1);
        /// Looks once a second.
        Waits REAL = every(LOOK);

        /// Real time.
        /// @param look between two looks
        static Waits every(Duration look) {
            return new Waits() {
                @Override
                public boolean pause() {
                    try {
                        return !new Semaphore(0).tryAcquire(look.toMillis(), TimeUnit.MILLISECONDS);
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
        }

        /// Blocks between two looks.
        /// @return whether to look again
        boolean pause();

        /// Counts up from any number.
        long nanos();
    }
}
