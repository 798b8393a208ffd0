package io.k3j.componentbase;

import io.k3j.componentapi.Health;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Takes a changed file into use, as upstream's API server does with its authentication and authorization
/// configuration (<https://kubernetes.io/docs/reference/access-authn-authz/authentication/>): it is looked at each
/// second whether the file is another one, and read each minute. What cannot be used is told once and changes nothing.
///
/// **Threads.** One, which calls the target; it blocks as long as the target does. **Blocking.** [#close] waits 2 s
/// for it at most.
public final class ConfigurationReload implements AutoCloseable {
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration READ = Duration.ofMinutes(1);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(2);
    private final String what;
    private final ConfigurationFile file;
    private final Target target;
    private final LongSupplier nanos;
    private final System.Logger log;
    private final SupervisedLoop loop;
    private byte[] tracked;
    /// What is wrong with the content that is tracked.
    private String wrong = "";
    private String stamp = "";
    private long read;

    /// What a file is for.
    public interface Target {
        /// What the file is, as upstream calls it in its log: `authorization config`; the same for ever.
        String what();

        /// Takes another content into use, or changes nothing.
        /// @throws IOException when it cannot be used for now: it is tried again
        /// @throws IllegalArgumentException when it can never be used
        void use(byte[] content) throws IOException, InterruptedException;

        /// A change could not be read or used. The content before stays in use.
        void failed(String why);

        /// The file was read, and what it holds has been tried before.
        /// @param trouble what was wrong with it; empty: it is in use
        void unchanged(String trouble);
    }

    /// Not started.
    ///
    /// @param first what is in use of the file
    /// @param target named by its package in the log
    /// @param nanos a clock that does not jump
    public ConfigurationReload(ConfigurationFile file, byte[] first, Target target, Health health,
            LongSupplier nanos) {
        this.what = target.what();
        this.file = file;
        this.tracked = first.clone();
        this.target = target;
        this.nanos = nanos;
        this.read = nanos.getAsLong();
        this.log = System.getLogger(target.getClass().getPackageName());
        this.loop = SupervisedLoop.virtual(health, what.replace(' ', '-'), this::follow);
    }

    /// Begins to follow the file.
    public void start() {
        loop.start();
    }

    private void follow() throws InterruptedException {
        // nobody counts down: an interrupt ends it
        while (!new CountDownLatch(1).await(LOOK.toNanos(), TimeUnit.NANOSECONDS)) {
            look();
        }
    }

    /// Looks once, as the thread does each second; not beside it.
    ///
    /// @throws InterruptedException when the target was interrupted
    public void look() throws InterruptedException {
        String now = file.stamp();
        long time = nanos.getAsLong();
        if (now.equals(stamp) && time - read < READ.toNanos()) {
            return;
        }
        stamp = now;
        read = time;
        byte[] bytes;
        try {
            bytes = file.bytes();
        } catch (IOException e) {
            failed("failed to read " + what + " file: " + e);
            return;
        }
        if (Arrays.equals(bytes, tracked)) {
            target.unchanged(wrong);
        } else {
            changed(bytes);
        }
    }

    private void changed(byte[] bytes) throws InterruptedException {
        try {
            target.use(bytes);
            tracked = bytes;
            wrong = "";
            target.unchanged(wrong);
            log.log(System.Logger.Level.INFO, "Reloaded {0} path={1}", what, file.path());
        } catch (IOException e) {
            failed("failed to update " + what + ": " + e.getMessage());
        } catch (IllegalArgumentException e) {
            tracked = bytes;
            wrong = String.valueOf(e.getMessage());
            failed(wrong);
        }
    }

    private void failed(String why) {
        target.failed(why);
        log.log(System.Logger.Level.ERROR, "Cannot reload {0}, going on with the one before path={1} error={2}", what,
                file.path(), why);
    }

    @Override
    public void close() {
        loop.stop(STOP_LIMIT);
    }
}
