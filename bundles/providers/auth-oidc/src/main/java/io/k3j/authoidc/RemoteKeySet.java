package io.k3j.authoidc;

import com.nimbusds.jose.JWSHeader;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The keys of an issuer, kept as long as they verify what comes. A token that none of them has signed has them fetched
/// again, for all such tokens together and at most every [#PAUSE]; until then, and while the issuer does not answer,
/// the known keys count. Any thread.
final class RemoteKeySet {
    /// Between the begins of two fetches.
    static final Duration PAUSE = Duration.ofSeconds(5);
    /// How long a request waits for one, whatever the issuer does.
    static final Duration WAIT = Duration.ofSeconds(5);
    /// Requests that wait at once; more are refused.
    static final int MOST_WAITING = 256;
    private static final System.Logger LOG = System.getLogger("io.k3j.authoidc");
    private final IssuerClient client;
    private final String uri;
    private final OidcMetrics.Keys metrics;
    private final LongSupplier nanos;
    private final Duration wait;
    private final Semaphore waiting = new Semaphore(MOST_WAITING);
    private volatile VerificationKeys keys = VerificationKeys.NONE;
    private @Nullable FutureTask<VerificationKeys> fetch;
    private long begun;

    /// Fetches nothing yet.
    /// @param nanos a clock that only goes forward
    /// @param wait how long a request waits for a fetch
    RemoteKeySet(IssuerClient client, String uri, OidcMetrics.Keys metrics, LongSupplier nanos, Duration wait) {
        this.client = client;
        this.uri = uri;
        this.metrics = metrics;
        this.nanos = nanos;
        this.wait = wait;
        this.begun = nanos.getAsLong() - PAUSE.toNanos();
    }

    /// Fetches them now.
    /// @throws IOException when they cannot be; the known ones stay
    void load() throws IOException, InterruptedException {
        try {
            byte[] json = client.get(uri);
            keys = VerificationKeys.parse(json);
            metrics.fetched(json);
        } catch (IllegalArgumentException e) {
            metrics.failed();
            throw new IOException(e.getMessage(), e);
        } catch (IOException e) {
            metrics.failed();
            throw e;
        }
    }

    /// Whether the issuer has signed a token.
    boolean verify(SignedToken token, JWSHeader header) {
        VerificationKeys known = keys;
        if (known.verify(token, header)) {
            return true;
        }
        VerificationKeys newer = newer(known);
        return newer != null && newer.verify(token, header);
    }

    /// Others than the known ones; null when there are none yet.
    private @Nullable VerificationKeys newer(VerificationKeys known) {
        FutureTask<VerificationKeys> task = task();
        if (task == null || !waiting.tryAcquire()) {
            return keys == known ? null : keys;
        }
        try {
            return task.get(wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } finally {
            waiting.release();
        }
    }

    /// The fetch under way, a new one, or null when the last one was a moment ago.
    private synchronized @Nullable FutureTask<VerificationKeys> task() {
        FutureTask<VerificationKeys> running = fetch;
        if (running != null && !running.isDone()) {
            return running;
        }
        long now = nanos.getAsLong();
        if (now - begun < PAUSE.toNanos()) {
            return null;
        }
        begun = now;
        FutureTask<VerificationKeys> task = new FutureTask<>(this::fetched);
        fetch = task;
        Thread.ofVirtual().name("oidc-keys").start(task);
        return task;
    }

    private VerificationKeys fetched() throws IOException, InterruptedException {
        try {
            load();
            return keys;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot fetch keys of an issuer path={0} error={1}", uri,
                    e.getMessage());
            throw e;
        }
    }

    /// Ends a fetch under way.
    synchronized void close() {
        if (fetch != null) {
            fetch.cancel(true);
        }
    }
}
