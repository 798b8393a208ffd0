package io.k3j.launcher.release;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// What a process does about the trial its release may be on: ready for thirty seconds on end, it makes it the current
/// one; not ready in time, or ready and not ready again and again, it ends, so that its starts are counted; its trial
/// ended by somebody else, it ends as well, so that it does not run on as a release that no link leads to. The command
/// that has begun the trial need not live on.
public final class ReleaseTrial {
    /// What one on trial has until it is ready. The command waits no longer, so that it is the
    /// command that ends it, with the reason.
    public static final Duration LIMIT = Duration.ofMinutes(10);
    /// How long it has to stay ready.
    public static final Duration STEADY = Duration.ofSeconds(30);
    /// How often it may be ready before it stays so.
    static final int TIMES = 5;
    private static final System.Logger LOG = System.getLogger("io.k3j.launcher");
    private final Path home;
    private final ReleaseDisk disk;
    private final Times times;
    private CountDownLatch up = new CountDownLatch(1);
    private CountDownLatch gone = new CountDownLatch(1);

    /// How long things are waited for.
    ///
    /// @param limit until ready, each time
    /// @param steady after that
    public record Times(Duration limit, Duration steady) {
        /// Those of the product.
        public static final Times USUAL = new Times(LIMIT, STEADY);
    }

    /// @param home of the distribution that runs
    public ReleaseTrial(Path home, ReleaseDisk disk, Times times) {
        this.home = home.toAbsolutePath().normalize();
        this.disk = disk;
        this.times = times;
    }

    /// The process serves what it is for, or does not any more. Any thread; the same again changes nothing.
    public synchronized void ready(boolean now) {
        if (now && up.getCount() > 0) {
            gone = new CountDownLatch(1);
            up.countDown();
        } else if (!now && up.getCount() == 0) {
            up = new CountDownLatch(1);
            gone.countDown();
        }
    }

    private synchronized CountDownLatch up() {
        return up;
    }

    private synchronized CountDownLatch gone() {
        return gone;
    }

    /// Looks, on a thread of its own, after a release on trial; does nothing for any other.
    ///
    /// @param end the process stops
    /// @param fail ends the process, with the reason
    public void watch(CountDownLatch end, Consumer<String> fail) {
        String name = Objects.toString(home.getFileName(), "");
        Optional<Releases> around = Releases.around(home, disk);
        try {
            if (around.isPresent() && around.get().trial().equals(Optional.of(name))) {
                Thread.ofPlatform().name("release-trial").daemon()
                        .start(() -> judge(around.get(), name, end, fail));
            }
        } catch (IOException e) {
            fail.accept("cannot tell whether this release is on trial in " + around.get().library() + ": " + e);
        }
    }

    private void judge(Releases releases, String name, CountDownLatch end, Consumer<String> fail) {
        try {
            for (int time = 0; time < TIMES; time++) {
                if (!up().await(times.limit().toMillis(), TimeUnit.MILLISECONDS)) {
                    fail.accept("this release is on trial after an upgrade and was not ready within "
                            + times.limit().toSeconds() + " s");
                    return;
                }
                // that of a readiness that is over already is no wait
                if (!gone().await(times.steady().toMillis(), TimeUnit.MILLISECONDS)) {
                    if (end.getCount() > 0) {
                        pass(releases, name, fail);
                    }
                    return;
                }
            }
            if (end.getCount() > 0) {
                fail.accept("this release is on trial after an upgrade and was ready " + TIMES + " times, each time for"
                        + " less than " + times.steady().toSeconds() + " s");
            }
        } catch (IOException e) {
            fail.accept("the trial of this release cannot be ended in " + releases.library() + ": " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void pass(Releases releases, String name, Consumer<String> fail) throws IOException {
        if (releases.commit(name)) {
            LOG.log(System.Logger.Level.INFO, "Release has passed its trial release={0}", name);
        } else {
            fail.accept("the trial of this release was ended before it had passed, and "
                    + releases.current().orElse("none") + " is the one to be started");
        }
    }
}
