package io.k3j.authwebhook;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Takes a changed file into use: it is looked at every second whether the file is another one, and read every minute,
/// as upstream. One that cannot be used is told once and changes nothing. One thread.
final class AuthorizationReload implements AutoCloseable {
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration READ = Duration.ofMinutes(1);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(2);
    private static final System.Logger LOG = System.getLogger("io.k3j.authwebhook");
    private final AuthorizationFile file;
    private final Consumer<byte[]> use;
    private final AuthorizationHealth told;
    private final SupervisedLoop loop;
    private byte[] tracked;
    /// What is wrong with the content that is tracked.
    private String wrong = "";
    private String stamp = "";
    private long read;

    /// Not started.
    /// @param first what is in use of the file
    /// @param use takes another content into use, or throws IllegalArgumentException and changes nothing
    AuthorizationReload(AuthorizationFile file, byte[] first, Consumer<byte[]> use, AuthorizationHealth told,
            Health health) {
        this.file = file;
        this.tracked = first.clone();
        this.use = use;
        this.told = told;
        this.read = System.nanoTime();
        this.loop = SupervisedLoop.virtual(health, "authorization-configuration", this::follow);
    }

    void start() {
        loop.start();
    }

    private void follow() throws InterruptedException {
        // nobody counts down: an interrupt ends it
        while (!new CountDownLatch(1).await(LOOK.toNanos(), TimeUnit.NANOSECONDS)) {
            look();
        }
    }

    /// Looks once.
    void look() {
        String now = file.stamp();
        long time = System.nanoTime();
        if (now.equals(stamp) && time - read < READ.toNanos()) {
            return;
        }
        stamp = now;
        read = time;
        try {
            byte[] bytes = file.bytes();
            if (Arrays.equals(bytes, tracked)) {
                told.file(wrong);
                return;
            }
            tracked = bytes;
            use.accept(bytes);
            wrong = "";
            told.file(wrong);
            LOG.log(System.Logger.Level.INFO, "Reloaded authorization config path={0}", file.path());
        } catch (IOException e) {
            failed("failed to read authorization config file: " + e);
        } catch (IllegalArgumentException e) {
            wrong = String.valueOf(e.getMessage());
            failed(wrong);
        }
    }

    private void failed(String why) {
        told.file(why);
        LOG.log(System.Logger.Level.ERROR,
                "Cannot reload authorization config, going on with the one before path={0} error={1}", file.path(),
                why);
    }

    @Override
    public void close() {
        loop.stop(STOP_LIMIT);
    }
}
