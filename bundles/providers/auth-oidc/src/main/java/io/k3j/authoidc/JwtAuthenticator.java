package io.k3j.authoidc;

import io.k3j.metricstext.Hashes;
import io.k3j.apiserverapi.Authenticator.BadCredential;
import io.k3j.apiserverapi.Caller;
import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Authenticates the tokens of one issuer. It becomes able to when the issuer has told where its keys are, and what
/// they are; until then, which is tried every [#RETRY], tokens of this issuer stand for nobody. Any thread.
final class JwtAuthenticator implements AutoCloseable {
    /// Between two attempts to reach the issuer.
    static final Duration RETRY = Duration.ofSeconds(10);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(2);
    private static final int NAME_CHARACTERS = 19;
    private static final System.Logger LOG = System.getLogger("io.k3j.authoidc");
    private final JwtConfiguration jwt;
    private final Parts parts;
    private final SupervisedLoop loop;
    private final DistributedClaims distributed;
    private volatile ClaimMapper mapper;
    private volatile @Nullable IdTokenVerifier verifier;
    private volatile @Nullable String trouble;

    /// What all of them share.
    /// @param algorithms that tokens may be signed with
    /// @param environment may name proxies
    /// @param changed is told when one of them can, or cannot, reach its issuer
    /// @param nanos a clock that only goes forward
    /// @param keyWait how long a request waits for keys that are not known, and for a claim that is at another server
    record Parts(List<String> algorithms, Map<String, String> environment, OidcMetrics metrics, Health health,
            Runnable changed, InstantSource clock, LongSupplier nanos, Duration keyWait) {
    }

    /// Asks nobody yet.
    JwtAuthenticator(JwtConfiguration jwt, ClaimMapper mapper, Parts parts) {
        this.jwt = jwt;
        this.mapper = mapper;
        this.parts = parts;
        this.distributed = new DistributedClaims(jwt, parts);
        // of the hash, since a URL is no name
        this.loop = SupervisedLoop.virtual(parts.health, "oidc-" + Hashes.label(jwt.issuer().url())
                .substring("sha256:".length(), NAME_CHARACTERS), this::initialize);
    }

    /// Begins to reach the issuer.
    void start() {
        loop.start();
    }

    JwtConfiguration configuration() {
        return jwt;
    }

    /// Takes the claims by another mapper, of the same configuration.
    void use(ClaimMapper other) {
        mapper = other;
    }

    /// Whether it has tried to reach the issuer.
    boolean attempted() {
        return verifier != null || trouble != null;
    }

    /// Why it cannot authenticate; empty when it can.
    String trouble() {
        String told = trouble;
        return verifier != null ? ""
                : "oidc: authenticator for issuer " + Quoted.text(jwt.issuer().url()) + " is not "
                        + (told == null ? "initialized" : "healthy: " + told);
    }

    private void initialize() throws InterruptedException {
        while (!initialized()) {
            // nobody counts down: an interrupt ends it
            if (new CountDownLatch(1).await(RETRY.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        }
    }

    private boolean initialized() throws InterruptedException {
        try {
            IssuerClient client = IssuerClient.of(jwt.issuer(), parts.environment);
            ProviderMetadata provider = ProviderMetadata.of(jwt.issuer(), client);
            RemoteKeySet keys = new RemoteKeySet(client, provider.jwksUri(), parts.metrics.keys(jwt.issuer().url()),
                    parts.nanos, parts.keyWait);
            keys.load();
            verifier = new IdTokenVerifier(jwt.issuer(), parts.algorithms, keys);
            LOG.log(System.Logger.Level.INFO, "Initialized authenticator issuer={0}", jwt.issuer().url());
        } catch (IOException e) {
            String why = String.valueOf(e.getMessage());
            if (!why.equals(trouble)) {
                LOG.log(System.Logger.Level.WARNING, "Cannot initialize authenticator, retrying issuer={0} error={1}",
                        jwt.issuer().url(), why);
            }
            trouble = why;
        }
        parts.changed.run();
        return verifier != null;
    }

    /// Who a token of this issuer stands for.
    /// @throws BadCredential when it stands for nobody, in upstream's words
    Caller authenticate(SignedToken token) throws BadCredential {
        long begun = parts.nanos.getAsLong();
        boolean success = false;
        try {
            Caller caller = verified(token);
            success = true;
            return caller;
        } catch (BadCredential e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot authenticate token issuer={0} error={1}", jwt.issuer().url(),
                    e.getMessage());
            throw e;
        } finally {
            parts.metrics.authenticated(jwt.issuer().url(), success, parts.nanos.getAsLong() - begun);
        }
    }

    private Caller verified(SignedToken token) throws BadCredential {
        IdTokenVerifier ready = verifier;
        if (ready == null) {
            throw new BadCredential("oidc: authenticator not initialized");
        }
        Instant now = parts.clock.instant();
        ready.verify(token, now);
        return mapper.caller(distributed.expanded(token, ready));
    }

    /// Reaches the issuer no more; tokens are verified by the keys that are known.
    @Override
    public void close() {
        loop.stop(STOP_LIMIT);
        distributed.close();
        IdTokenVerifier ready = verifier;
        if (ready != null) {
            ready.keys().close();
        }
    }
}
