package io.k3j.encryptionproviders;

import io.k3j.encryption.DataKey;
import io.k3j.encryption.UnreadableRow;
import io.k3j.streaming.GrpcFailure;
import io.k3j.streaming.GrpcStatus;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The data keys of rows, as a KMS plug-in has decrypted them. Who asks for one that is not known waits for the
/// plug-in once; while it does not give the key, it is asked again in the background, and nobody waits. Once it was
/// waited for in vain, nobody waits for any other key either, until it has given one: a plug-in that hangs must not
/// hold up the thread that follows the datastore, however many keys the rows have.
///
/// Any thread; a call blocks as long as [Time#patience] at most.
final class DataKeys {
    /// The keys used last: one for each start of a server and each key of the plug-in.
    static final int MAX_KEYS = 10_000;
    /// Those asked for last; they push none out that is known.
    static final int MAX_ASKED = 10_000;
    /// Further ones wait for their turn as for a plug-in that is away.
    private static final int MAX_CALLS = 32;
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final String NO_CALL = "unknown-non-grpc";
    private static final System.Logger LOG = System.getLogger("io.k3j.encryptionproviders");
    private final String provider;
    private final KmsService service;
    private final EnvelopeMetrics metrics;
    private final Time time;
    private final Semaphore calls = new Semaphore(MAX_CALLS);
    /// By [EncryptedObject#keyDigest]; guarded by this.
    private final Map<String, KeyAnswers> known = new Newest<>(MAX_KEYS);
    /// Those that are not known; guarded by this.
    private final Map<String, Attempt> asked = new Newest<>(MAX_ASKED);
    /// Whether it was waited for in vain, and has given no key since.
    private volatile boolean silent;

    /// How long somebody waits.
    ///
    /// @param nanos a clock that does not jump
    /// @param patience for one key
    record Time(LongSupplier nanos, Duration patience, Wait waits) {
        Time(LongSupplier nanos, Duration patience) {
            this(nanos, patience, (answer, left) -> answer.get(left, TimeUnit.NANOSECONDS));
        }
    }

    /// Waits for an answer.
    interface Wait {
        /// @param nanos how long at most
        KeyAnswers get(CompletableFuture<KeyAnswers> answer, long nanos)
                throws InterruptedException, ExecutionException, TimeoutException;
    }

    /// Those used last.
    private static final class Newest<T> extends LinkedHashMap<String, T> {
        private static final long serialVersionUID = 1L;
        private final int most;

        Newest(int most) {
            super(64, 0.75f, true);
            this.most = most;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
            return size() > most;
        }
    }

    /// One call for a key, and what came of it.
    private static final class Attempt {
        private final CompletableFuture<KeyAnswers> answer = new CompletableFuture<>();
        /// Until when it is waited for, by the clock.
        private final long patience;
        /// When it failed.
        private volatile long ended;

        Attempt(long patience) {
            this.patience = patience;
        }

        static Attempt of(KeyAnswers answers) {
            Attempt done = new Attempt(0);
            done.answer.complete(answers);
            return done;
        }

        /// Whether the plug-in may be asked once more.
        boolean over(long now) {
            return answer.isCompletedExceptionally() && now - ended >= AGAIN.toNanos();
        }
    }

    DataKeys(String provider, KmsService service, EnvelopeMetrics metrics, Time time) {
        this.provider = provider;
        this.service = service;
        this.metrics = metrics;
        this.time = time;
    }

    /// The content of a row.
    ///
    /// @param digest the row's [EncryptedObject#keyDigest]
    /// @throws UnreadableRow when it is damaged, or [UnreadableRow#passing] when the plug-in does not give its key
    byte[] open(String place, EncryptedObject row, String digest) {
        KeyAnswers answers = known(digest);
        if (answers == null) {
            answers = awaited(row, digest);
        }
        try {
            return answers.open(place, row.data());
        } catch (UnreadableRow e) {
            if (answers.doubt(time.nanos.getAsLong())) {
                askAgain(row, digest, answers);
            }
            throw e;
        }
    }

    private synchronized @Nullable KeyAnswers known(String digest) {
        return known.get(digest);
    }

    private KeyAnswers awaited(EncryptedObject row, String digest) {
        Attempt attempt = attempt(row, digest);
        long left = Math.max(0, attempt.patience - time.nanos.getAsLong());
        try {
            return time.waits.get(attempt.answer, left);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof UnreadableRow why ? why : unavailable(row, digest, "", NO_CALL);
        } catch (TimeoutException e) {
            if (left > 0) {
                silent = true;
            }
            throw unavailable(row, digest, "it has not answered yet",
                    GrpcStatus.name(GrpcFailure.DEADLINE_EXCEEDED));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(row, digest, "interrupted", GrpcStatus.name(GrpcFailure.CANCELLED));
        }
    }

    /// The one under way; a new one where the last has failed a moment ago.
    private Attempt attempt(EncryptedObject row, String digest) {
        long now = time.nanos.getAsLong();
        Attempt fresh;
        synchronized (this) {
            KeyAnswers there = known.get(digest);
            if (there != null) {
                return Attempt.of(there);
            }
            Attempt last = asked.get(digest);
            if (last != null && !last.over(now)) {
                return last;
            }
            fresh = new Attempt(last == null && !silent ? now + time.patience.toNanos() : now);
            asked.put(digest, fresh);
        }
        inBackground(() -> ask(row, digest, fresh));
        return fresh;
    }

    private void inBackground(Runnable call) {
        metrics.missed();
        Thread.ofVirtual().name("kms-decrypt-" + provider).start(call);
    }

    private void ask(EncryptedObject row, String digest, Attempt attempt) {
        try {
            KeyAnswers answers = new KeyAnswers(decrypted(row, digest), false);
            keep(digest, answers);
            attempt.answer.complete(answers);
        } catch (UnreadableRow why) {
            attempt.ended = time.nanos.getAsLong();
            attempt.answer.completeExceptionally(why);
        }
    }

    private void askAgain(EncryptedObject row, String digest, KeyAnswers answers) {
        inBackground(() -> {
            try {
                DataKey fresh = decrypted(row, digest);
                answers.answered(fresh, time.nanos.getAsLong());
            } catch (UnreadableRow away) {
                answers.notAnswered(time.nanos.getAsLong());
            }
        });
    }

    /// Blocks for a call of the plug-in.
    /// @throws UnreadableRow whatever goes wrong
    private DataKey decrypted(EncryptedObject row, String digest) {
        if (!calls.tryAcquire()) {
            throw unavailable(row, digest, "too many keys are asked for at once", NO_CALL);
        }
        try {
            byte[] plain = service.decrypt(row);
            silent = false;
            return row.type() == EncryptedObject.SEED ? DataKey.seed(plain) : DataKey.key(plain);
        } catch (GrpcFailure e) {
            if (e.code() == GrpcFailure.DEADLINE_EXCEEDED) {
                silent = true;
            }
            throw unavailable(row, digest, GrpcStatus.name(e.code()), GrpcStatus.name(e.code()));
        } catch (IllegalArgumentException e) {
            throw unavailable(row, digest, "it has answered " + e.getMessage(), NO_CALL);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "Cannot decrypt a data key", e);
            throw unavailable(row, digest, e.getClass().getName(), NO_CALL);
        } finally {
            calls.release();
        }
    }

    /// Nothing of what a plug-in says in its own words: they go to clients.
    private UnreadableRow unavailable(EncryptedObject row, String digest, String why, String status) {
        return UnreadableRow.passing(digest,
                "the KMS provider " + provider + " does not decrypt the data key of the key"
                        + " ID " + KmsService.shown(row.keyId()) + ": " + why,
                status);
    }

    private void keep(String digest, KeyAnswers answers) {
        int size;
        synchronized (this) {
            asked.remove(digest);
            known.put(digest, answers);
            size = known.size();
        }
        metrics.cached(provider, size);
    }

    /// One that is known without being asked for.
    void put(String digest, DataKey key) {
        keep(digest, new KeyAnswers(key, true));
    }
}
