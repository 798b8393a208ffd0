package io.k3j.authoidc;

import io.k3j.componentapi.Metrics;
import io.k3j.metricstext.Hashes;
import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import io.k3j.metricstext.MetricText.Type;
import io.k3j.metricstext.ReloadMetrics;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/// Counts under upstream's names. Any thread.
final class OidcMetrics implements Metrics {
    private static final double[] BOUNDS = {.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};
    private static final String AUTHENTICATION = "apiserver_authentication_";
    private static final String ISSUER = "jwt_issuer_hash";
    private static final String SERVER = "apiserver_id_hash";
    private static final String SUCCESS = "success";
    private static final String FAILURE = "failure";
    private final InstantSource clock;
    private final String server;
    private final Map<String, Histogram> successes = new ConcurrentSkipListMap<>();
    private final Map<String, Histogram> failures = new ConcurrentSkipListMap<>();
    private final Map<String, Keys> keys = new ConcurrentSkipListMap<>();
    private final ReloadMetrics reloads;

    /// How often something came out in one way, and when it did last; 0 for never.
    private static final class Outcome {
        private final LongAdder times = new LongAdder();
        private volatile double last;

        void at(double seconds) {
            last = seconds;
            times.increment();
        }
    }

    /// @param server the identity of this API server
    OidcMetrics(String server, InstantSource clock) {
        this.server = Hashes.label(server);
        this.reloads = new ReloadMetrics("authentication", server, clock);
        this.clock = clock;
    }

    private double now() {
        return clock.instant().toEpochMilli() / 1e3;
    }

    /// What is counted of the fetches of one issuer's keys.
    final class Keys {
        private final Outcome fetched = new Outcome();
        private final Outcome failed = new Outcome();
        private volatile String hash = "";

        /// They were fetched.
        void fetched(byte[] json) {
            hash = Hashes.label(json);
            fetched.at(now());
        }

        /// They could not be.
        void failed() {
            failed.at(now());
        }
    }

    /// Those of an issuer.
    Keys keys(String issuer) {
        return keys.computeIfAbsent(Hashes.label(issuer), _ -> new Keys());
    }

    /// An issuer is not configured any more.
    void forget(String issuer) {
        keys.remove(Hashes.label(issuer));
    }

    /// A token was looked at.
    /// @param nanos how long that took
    void authenticated(String issuer, boolean success, long nanos) {
        (success ? successes : failures).computeIfAbsent(Hashes.label(issuer), _ -> new Histogram(BOUNDS)).add(nanos);
    }

    /// How its file was taken up.
    ReloadMetrics reloads() {
        return reloads;
    }

    @Override
    public String text() {
        MetricText text = new MetricText();
        latencies(text);
        fetches(text);
        reloads.text(text);
        return text.toString();
    }

    private void latencies(MetricText text) {
        text.family(AUTHENTICATION + "jwt_authenticator_latency_seconds", Type.HISTOGRAM, "Latency of jwt"
                + " authentication operations in seconds. This is the time spent authenticating a token for cache miss"
                + " only (i.e. when the token is not found in the cache).");
        failures.forEach((issuer, h) -> text.histogram(h, "result", FAILURE, ISSUER, issuer));
        successes.forEach((issuer, h) -> text.histogram(h, "result", SUCCESS, ISSUER, issuer));
    }

    private void fetches(MetricText text) {
        text.family(AUTHENTICATION + "jwt_authenticator_jwks_fetch_last_timestamp_seconds", Type.GAUGE, "Timestamp of"
                + " the last successful or failed JWKS fetch split by result, api server identity and jwt issuer for"
                + " the JWT authenticator.");
        keys.forEach((issuer, k) -> {
            last(text, k.failed, "result", FAILURE, ISSUER, issuer, SERVER, server);
            last(text, k.fetched, "result", SUCCESS, ISSUER, issuer, SERVER, server);
        });
        text.family(AUTHENTICATION + "jwt_authenticator_jwks_fetch_last_key_set_info", Type.GAUGE, "Information about"
                + " the last JWKS fetched by the JWT authenticator with hash as label, split by api server identity"
                + " and jwt issuer.");
        keys.forEach((issuer, k) -> {
            if (!k.hash.isEmpty()) {
                text.value(1, ISSUER, issuer, SERVER, server, "hash", k.hash);
            }
        });
    }

    private static void last(MetricText text, Outcome outcome, String... labels) {
        if (outcome.last > 0) {
            text.value(outcome.last, labels);
        }
    }
}
