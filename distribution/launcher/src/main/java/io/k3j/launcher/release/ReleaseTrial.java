package io.k3j.launcher.release;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// What a process does about the trial its release may be on: ready for thirty seconds, it makes it the current one;
/// not ready in time, it ends, so that its starts are counted. The command that has begun the trial need not live on.
public final class ReleaseTrial {
    /// What one on trial has until it is ready. Longer than the command waits by default, so that the command ends it
    /// first.
    public static final Duration LIMIT = Duration.ofMinutes(10);
    /// How long it has to stay ready.
    public static final Duration STEADY = Duration.ofSeconds(30);
    private static final System.Logger LOG = System.getLogger("io.k3j.launcher");
    private final Path home;
    private final ReleaseDisk disk;
    private final Times times;
    private final CountDownLatch ready = new CountDownLatch(1);

    /// How long things are waited for.
    ///
    /// @param limit until ready
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

    /// The process serves what it is for.
    public void ready() {
        ready.countDown();
    }

    /// Looks, on a thread of its own, after a release on trial; does nothing for any other.
    ///
    /// @param end the process stops
    /// @param fail ends the process, with the reason
    public void watch(CountDownLatch end, Consumer<String> fail) {
        Releases.around(home, disk).ifPresent(releases -> Thread.ofPlatform().name("release-trial").daemon()
                .start(() -> judge(releases, end, fail)));
    }

    private void judge(Releases releases, CountDownLatch end, Consumer<String> fail) {
        String name = Objects.toString(home.getFileName(), "");
        try {
            if (releases.trial().filter(name::equals).isEmpty()) {
                return;
            }
            if (!ready.await(times.limit().toMillis(), TimeUnit.MILLISECONDS)) {
                fail.accept("this release is on trial after an upgrade and was not ready within "
                        + times.limit().toSeconds() + " s");
            } else if (!end.await(times.steady().toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.log(System.Logger.Level.INFO, releases.commit(name) ? "Release has passed its trial release={0}"
                        : "Trial of the release was ended by somebody else release={0}", name);
            }
        } catch (IOException e) {
            fail.accept("the trial of this release cannot be ended in " + releases.library() + ": " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
