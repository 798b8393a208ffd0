package io.k3j.authoidc;

import io.k3j.componentbase.SupervisedLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Takes a changed file into use: it is looked at every second whether the file is another one, and read every minute,
/// as upstream. One that cannot be used is told once and changes nothing; one whose issuers cannot be reached is tried
/// again. One thread.
final class ConfigurationReload implements AutoCloseable {
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration READ = Duration.ofMinutes(1);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(2);
    private static final System.Logger LOG = System.getLogger("io.k3j.authoidc");
    private final Path file;
    private final Target target;
    private final OidcMetrics metrics;
    private final LongSupplier nanos;
    private final SupervisedLoop loop;
    private byte[] tracked;
    private String stamp;
    private long read;

    /// What a file is for.
    interface Target {
        /// Decodes and validates it.
        /// @throws IllegalArgumentException when it can never be used
        AuthenticationConfiguration checked(byte[] file);

        /// Takes it into use, or changes nothing.
        /// @throws IOException when it cannot be used for now
        void use(AuthenticationConfiguration configuration) throws IOException, InterruptedException;

        /// What is wrong with the file now; empty: nothing.
        void told(String trouble);
    }

    /// Not started.
    /// @param first what is in use of the file
    /// @param parts metrics, health and a clock
    ConfigurationReload(Path file, byte[] first, Target target, JwtAuthenticator.Parts parts) {
        this.file = file;
        this.tracked = first.clone();
        this.target = target;
        this.metrics = parts.metrics();
        this.nanos = parts.nanos();
        this.stamp = "";
        this.read = nanos.getAsLong();
        this.loop = SupervisedLoop.virtual(parts.health(), "oidc-configuration", this::follow);
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
    void look() throws InterruptedException {
        String now = stamp();
        long time = nanos.getAsLong();
        if (now.equals(stamp) && time - read < READ.toNanos()) {
            return;
        }
        stamp = now;
        read = time;
        try {
            byte[] bytes = ConfigurationFile.bytes(file);
            if (!Arrays.equals(bytes, tracked)) {
                changed(bytes);
            }
        } catch (IOException e) {
            failed("failed to read authentication config file: " + e);
        }
    }

    /// By what another file, or another content, is told. Links are followed: a mounted volume changes by one.
    private String stamp() {
        try {
            BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
            return is.lastModifiedTime() + " " + is.size() + " " + is.fileKey();
        } catch (IOException away) {
            return "away";
        }
    }

    private void changed(byte[] bytes) throws InterruptedException {
        AuthenticationConfiguration configuration;
        try {
            configuration = target.checked(bytes);
        } catch (IllegalArgumentException e) {
            tracked = bytes;
            failed(String.valueOf(e.getMessage()));
            return;
        }
        try {
            target.use(configuration);
        } catch (IOException e) {
            failed("failed to update authentication config: " + e.getMessage());
            return;
        }
        tracked = bytes;
        metrics.reloaded(bytes);
        target.told("");
        LOG.log(System.Logger.Level.INFO, "Reloaded authentication config path={0}", file);
    }

    private void failed(String why) {
        metrics.reloadFailed();
        target.told(why);
        LOG.log(System.Logger.Level.ERROR,
                "Cannot reload authentication config, going on with the one before path={0} error={1}", file, why);
    }

    @Override
    public void close() {
        loop.stop(STOP_LIMIT);
    }
}
