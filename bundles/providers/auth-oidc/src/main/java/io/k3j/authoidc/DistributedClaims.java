package io.k3j.authoidc;

import io.k3j.apiserverapi.Authenticator.BadCredential;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/// The claim of groups where a token names a server for it (OpenID Connect Core 1.0, 5.6.2), of the tokens of one
/// issuer. That server is asked once for all who show the token at the same time, and what came of it counts for a
/// moment; a request waits a bounded time, whatever the server does. Any thread.
final class DistributedClaims implements AutoCloseable {
    /// Tokens for which somebody is asked at once.
    static final int AT_ONCE = 32;
    /// These, and those that wait for their turn, no longer than a request does.
    static final int MOST_FETCHES = 256;
    /// Requests that wait for one of them.
    static final int MOST_WAITING = 1024;
    /// These of one token.
    static final int MOST_OF_TOKEN = 512;
    /// Tokens of which it is known what came of it.
    static final int MOST_KEPT = 64;
    /// How long that counts, good or bad; a caller who was found is remembered longer ([TokenCache#KEPT]).
    static final Duration KEPT = Duration.ofSeconds(5);
    private final String claim;
    private final ClaimResolver resolver;
    private final LongSupplier nanos;
    private final Duration wait;
    private final Semaphore turns = new Semaphore(AT_ONCE, true);
    private final Semaphore waiting = new Semaphore(MOST_WAITING);
    private final Map<TokenCache.Digest, Fetch> open = new HashMap<>();
    /// As they ended, the oldest first.
    private final Map<TokenCache.Digest, Fetch> ended = new LinkedHashMap<>();
    private boolean closed;

    /// Asks nobody yet.
    DistributedClaims(JwtConfiguration jwt, JwtAuthenticator.Parts parts) {
        this.claim = jwt.groups().claim();
        this.resolver = new ClaimResolver(jwt.issuer(), claim, parts);
        this.nanos = parts.nanos();
        this.wait = parts.keyWait();
    }

    /// One question, and what came of it.
    private final class Fetch extends FutureTask<Object> {
        private final TokenCache.Digest token;
        private final Semaphore places = new Semaphore(MOST_OF_TOKEN);
        /// Set before others see it among those that have ended.
        private long since;

        Fetch(TokenCache.Digest token, Callable<Object> question) {
            super(question);
            this.token = token;
        }

        /// Kept before it is told: who has heard of it finds it among those that have ended.
        @Override
        protected void set(Object value) {
            over(this);
            super.set(value);
        }

        @Override
        protected void setException(Throwable why) {
            over(this);
            super.setException(why);
        }
    }

    /// The claims of a token, with the one that is elsewhere.
    /// @param token that was verified
    /// @param own verifies tokens of its issuer
    /// @throws BadCredential when the claim is elsewhere and cannot be had, in upstream's words: without it the token's
    ///         user would be another
    Claims expanded(SignedToken token, IdTokenVerifier own) throws BadCredential {
        if (claim.isEmpty()) {
            return token.claims();
        }
        Optional<ClaimSource> source;
        try {
            source = ClaimSource.of(token.claims(), claim);
        } catch (Claims.Unreadable e) {
            throw bad(String.valueOf(e.getMessage()));
        }
        if (source.isEmpty()) {
            return token.claims();
        }
        ClaimSource at = source.get();
        // by what is signed: a signature may be written in several ways
        Object value = value(fetch(TokenCache.Digest.of(token.signed()), () -> asked(at, own)));
        return new Claims(token.claims().tree().with(claim, value));
    }

    private static BadCredential bad(String why) {
        return new BadCredential("oidc: could not expand distributed claims: " + why);
    }

    private String failed(String why) {
        return "while getting distributed claim " + Quoted.text(claim) + ": " + why;
    }

    private Object asked(ClaimSource source, IdTokenVerifier own) throws IOException, InterruptedException {
        if (!turns.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new IOException(failed("context deadline exceeded"));
        }
        try {
            return resolver.value(source, own);
        } finally {
            turns.release();
        }
    }

    private Object value(Fetch fetch) throws BadCredential {
        if (!fetch.places.tryAcquire()) {
            throw bad("more than " + MOST_OF_TOKEN + " requests wait for those of this token");
        }
        try {
            if (!waiting.tryAcquire()) {
                throw bad("more than " + MOST_WAITING + " requests wait for theirs");
            }
            try {
                return awaited(fetch);
            } finally {
                waiting.release();
            }
        } finally {
            fetch.places.release();
        }
    }

    private Object awaited(Fetch fetch) throws BadCredential {
        try {
            return fetch.get(wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw bad(String.valueOf(cause.getMessage()));
        } catch (TimeoutException late) {
            throw bad(failed("context deadline exceeded"));
        } catch (CancellationException e) {
            throw bad(failed("context canceled"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw bad(failed("context canceled"));
        }
    }

    /// The question that is under way or was answered a moment ago, or a new one.
    private synchronized Fetch fetch(TokenCache.Digest token, Callable<Object> question) throws BadCredential {
        Fetch known = open.get(token);
        if (known == null) {
            long now = nanos.getAsLong();
            ended.values().removeIf(fetch -> now - fetch.since >= KEPT.toNanos());
            known = ended.get(token);
        }
        return known == null ? begun(token, question) : known;
    }

    private Fetch begun(TokenCache.Digest token, Callable<Object> question) throws BadCredential {
        if (closed) {
            throw bad(failed("context canceled"));
        }
        if (open.size() >= MOST_FETCHES) {
            throw bad("more than " + MOST_FETCHES + " tokens wait for theirs");
        }
        Fetch fetch = new Fetch(token, question);
        open.put(token, fetch);
        Thread.ofVirtual().name("oidc-claims").start(fetch);
        return fetch;
    }

    /// The oldest outcome goes first.
    private synchronized void over(Fetch fetch) {
        fetch.since = nanos.getAsLong();
        open.remove(fetch.token);
        ended.put(fetch.token, fetch);
        Iterator<Fetch> oldest = ended.values().iterator();
        while (ended.size() > MOST_KEPT) {
            oldest.next();
            oldest.remove();
        }
    }

    /// Ends what is under way; nobody is asked any more.
    @Override
    public void close() {
        List<Fetch> last;
        synchronized (this) {
            closed = true;
            last = List.copyOf(open.values());
        }
        last.forEach(fetch -> fetch.cancel(true));
        resolver.close();
    }
}
