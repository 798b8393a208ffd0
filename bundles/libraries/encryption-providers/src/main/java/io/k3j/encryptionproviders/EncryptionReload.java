package io.k3j.encryptionproviders;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentbase.SupervisedLoop;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Takes a changed file into use: it is looked at every second whether the file is another one, and read every minute,
/// as upstream. One that cannot be used is told once and changes nothing. One thread.
final class EncryptionReload implements AutoCloseable {
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration READ = Duration.ofMinutes(1);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(2);
    private static final System.Logger LOG = System.getLogger("io.k3j.encryptionproviders");
    private final EncryptionFile file;
    private final Consumer<byte[]> use;
    private final EncryptionMetrics metrics;
    private final HealthScope health;
    private final SupervisedLoop loop;
    private byte[] used;
    /// What was looked at last and cannot be used; empty for nothing.
    private byte[] refused = {};
    private String wrong = "";
    private String stamp = "";
    private long read;

    /// Not started.
    /// @param first what is in use of the file
    /// @param use takes another content into use, or throws IllegalArgumentException and changes nothing
    EncryptionReload(EncryptionFile file, byte[] first, Consumer<byte[]> use, EncryptionMetrics metrics,
            Health health) {
        this.file = file;
        this.used = first.clone();
        this.use = use;
        this.metrics = metrics;
        this.health = health.scope("encryption-configuration");
        this.read = System.nanoTime();
        this.loop = SupervisedLoop.virtual(health, "encryption-configuration-reload", this::follow);
    }

    void start() {
        health.ok();
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
        byte[] bytes = {};
        try {
            bytes = file.bytes();
            if (Arrays.equals(bytes, used)) {
                well();
            } else if (!Arrays.equals(bytes, refused)) {
                use.accept(bytes);
                used = bytes;
                metrics.reloaded(bytes);
                LOG.log(System.Logger.Level.INFO, "Loaded new encryption config content path={0}", file.path());
                well();
            }
        } catch (IllegalArgumentException e) {
            failed(bytes, String.valueOf(e.getMessage()));
        }
    }

    private void well() {
        refused = new byte[0];
        if (!wrong.isEmpty()) {
            wrong = "";
            health.ok();
        }
    }

    private void failed(byte[] bytes, String why) {
        refused = bytes;
        if (why.equals(wrong)) {
            return;
        }
        wrong = why;
        metrics.reloadFailed();
        String told = "error processing encryption config file " + file.path() + ": " + why;
        health.degraded(told);
        LOG.log(System.Logger.Level.ERROR, "{0}; going on with the configuration before", told);
    }

    @Override
    public void close() {
        loop.stop(STOP_LIMIT);
        health.close();
    }
}
