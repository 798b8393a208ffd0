package io.k3j.encryptionproviders;

import io.k3j.encryption.DataKey;
import io.k3j.encryption.UnreadableRow;
import io.k3j.streaming.GrpcFailure;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/// The data keys of rows, as a KMS plug-in has decrypted them. Who asks for one that is not known waits for the
/// plug-in once; while it does not give the key, it is asked again in the background, and nobody waits: one plug-in
/// that hangs must not hold up the thread that follows the datastore.
///
/// Any thread; a call blocks for three seconds at most.
final class DataKeys {
    /// The keys used last: one for each start of a server and each key of the plug-in.
    static final int MAX_KEYS = 10_000;
    /// Further ones wait for their turn as for a plug-in that is away.
    private static final int MAX_CALLS = 32;
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final String NO_CALL = "unknown-non-grpc";
    private final String provider;
    private final KmsService service;
    private final EnvelopeMetrics metrics;
    private final LongSupplier nanos;
    private final Semaphore calls = new Semaphore(MAX_CALLS);
    /// By [EncryptedObject#keyDigest]; guarded by itself.
    private final Map<String, Attempt> attempts = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Attempt> eldest) {
            return size() > MAX_KEYS;
        }
    };

    /// One call for a key, and what came of it.
    private static final class Attempt {
        private final CompletableFuture<DataKey> key = new CompletableFuture<>();
        /// Until when it is waited for, as `System.nanoTime`.
        private final long patience;
        /// When it failed, or came into doubt.
        private volatile long ended;
        private volatile boolean doubted;

        Attempt(long patience) {
            this.patience = patience;
        }

        boolean failed() {
            return key.isCompletedExceptionally();
        }

        /// Whether the plug-in may be asked once more.
        boolean over(long now) {
            return (failed() || doubted) && now - ended >= AGAIN.toNanos();
        }
    }

    /// @param nanos a clock that does not jump
    DataKeys(String provider, KmsService service, EnvelopeMetrics metrics, LongSupplier nanos) {
        this.provider = provider;
        this.service = service;
        this.metrics = metrics;
        this.nanos = nanos;
    }

    /// That of a row.
    ///
    /// @param digest the row's [EncryptedObject#keyDigest]
    /// @throws UnreadableRow [UnreadableRow#passing] when the plug-in does not give it
    DataKey of(EncryptedObject row, String digest) {
        Attempt attempt = attempt(row, digest);
        try {
            return attempt.key.get(Math.max(0, attempt.patience - nanos.getAsLong()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof UnreadableRow why ? why : unavailable(row, "", NO_CALL);
        } catch (TimeoutException e) {
            throw unavailable(row, "it has not answered yet", GrpcStatus.name(GrpcFailure.DEADLINE_EXCEEDED));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(row, "interrupted", GrpcStatus.name(GrpcFailure.CANCELLED));
        }
    }

    /// The one under way or done; a new one where the last has failed a moment ago. A key in doubt stays until there is
    /// another.
    private Attempt attempt(EncryptedObject row, String digest) {
        long now = nanos.getAsLong();
        Attempt fresh;
        Attempt known;
        synchronized (attempts) {
            known = attempts.get(digest);
            if (known != null && !known.over(now)) {
                return known;
            }
            fresh = new Attempt(known == null ? now + PATIENCE.toNanos() : now);
            if (known == null || known.failed()) {
                attempts.put(digest, fresh);
                known = fresh;
            } else {
                known.ended = now;
            }
        }
        metrics.missed();
        Thread.ofVirtual().name("kms-decrypt-" + provider).start(() -> {
            ask(row, fresh);
            if (!fresh.failed()) {
                keep(digest, fresh);
            }
        });
        return known;
    }

    private void ask(EncryptedObject row, Attempt attempt) {
        if (!calls.tryAcquire()) {
            failed(attempt, unavailable(row, "too many keys are asked for at once", NO_CALL));
            return;
        }
        try {
            byte[] plain = service.decrypt(row);
            attempt.key.complete(row.type() == EncryptedObject.SEED ? DataKey.seed(plain) : DataKey.key(plain));
        } catch (GrpcFailure e) {
            failed(attempt, unavailable(row, GrpcStatus.name(e.code()), GrpcStatus.name(e.code())));
        } catch (IllegalArgumentException e) {
            failed(attempt, unavailable(row, "it has answered " + e.getMessage(), NO_CALL));
        } catch (RuntimeException | Error e) {
            failed(attempt, unavailable(row, e.getClass().getName(), NO_CALL));
            throw e;
        } finally {
            calls.release();
        }
    }

    private void failed(Attempt attempt, UnreadableRow why) {
        attempt.ended = nanos.getAsLong();
        attempt.key.completeExceptionally(why);
    }

    /// Nothing of what a plug-in says in its own words: they go to clients.
    private UnreadableRow unavailable(EncryptedObject row, String why, String status) {
        return UnreadableRow.passing(row.keyDigest(), "the KMS provider " + provider + " does not decrypt the data key of the key ID "
                + KmsService.shown(row.keyId()) + ": " + why, status);
    }

    private void keep(String digest, Attempt done) {
        int known;
        synchronized (attempts) {
            attempts.put(digest, done);
            known = attempts.size();
        }
        metrics.cached(provider, known);
    }

    /// One that is known without being asked for.
    void put(String digest, DataKey key) {
        Attempt done = new Attempt(nanos.getAsLong());
        done.key.complete(key);
        keep(digest, done);
    }

    /// A key does not open a row of its own: the plug-in is asked once more, by and by.
    void doubt(String digest) {
        synchronized (attempts) {
            Attempt known = attempts.get(digest);
            if (known != null && !known.doubted) {
                known.ended = nanos.getAsLong();
                known.doubted = true;
            }
        }
    }
}
