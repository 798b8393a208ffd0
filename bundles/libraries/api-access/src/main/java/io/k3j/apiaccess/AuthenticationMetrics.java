package io.k3j.apiaccess;

import io.k3j.apiserverapi.Caller;
import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Counts how authentication of requests ends and how long it takes, under upstream's names (`authentication_attempts`,
/// `authentication_duration_seconds`, `authenticated_user_requests`), and how long certificates that clients show are
/// still valid (`apiserver_client_certificate_expiration_seconds`). Names of users are not shown but those that every
/// cluster may have. Any thread; nothing blocks.
public final class AuthenticationMetrics {
    private static final double[] BUCKETS = Histogram.doubling(0.001, 15);
    /// Upper bounds of what is left of a certificate's life in seconds: from half an hour to a year.
    private static final double[] LEFT = {0, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400, 172_800, 345_600, 604_800,
            2_592_000, 7_776_000, 15_552_000, 31_104_000};
    /// A hundred years: what is beyond counts as that, so that the sum stays a number.
    private static final long MOST_SECONDS = 3_155_760_000L;
    private static final long MILLIS = 1_000;
    private final Histogram certificates = Histogram.ofWhole(LEFT);
    private final Map<Result, Histogram> attempts = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> users = new ConcurrentHashMap<>();

    /// How it ends.
    enum Result {
        /// The caller is known, or anonymous.
        SUCCESS("success"),
        /// It shows nothing, and must.
        FAILURE("failure"),
        /// What it shows is wrong, or nobody could look.
        ERROR("error");

        private final String label;

        Result(String label) {
            this.label = label;
        }
    }

    AuthenticationMetrics() {
        for (Result result : Result.values()) {
            attempts.put(result, new Histogram(BUCKETS));
        }
    }

    /// A caller is known.
    void known(Caller who, long nanos) {
        String user = compressed(who.user());
        LongAdder known = users.get(user);
        (known != null ? known : users.computeIfAbsent(user, name -> new LongAdder())).increment();
        ended(Result.SUCCESS, nanos);
    }

    /// A client has shown a certificate.
    ///
    /// @param now in milliseconds since 1970
    void shown(X509Certificate certificate, long now) {
        certificates.add(Math.min((certificate.getNotAfter().getTime() - now) / MILLIS, MOST_SECONDS));
    }

    /// Nobody is known.
    void ended(Result result, long nanos) {
        Histogram times = attempts.get(result);
        if (times != null) {
            times.add(nanos);
        }
    }

    /// As upstream: any number of users are three names and some.
    private static String compressed(String user) {
        return switch (user) {
            case "admin", "client", "kube_proxy", "kubelet", "system:serviceaccount:kube-system:default" -> user;
            default -> user.contains("@") ? "email_id" : "other";
        };
    }

    /// Writes everything counted, in a stable order.
    public void to(MetricText text) {
        text.family("apiserver_client_certificate_expiration_seconds", MetricText.Type.HISTOGRAM,
                "How long certificates that requests are sent with are still valid.").histogram(certificates);
        Map<Result, Histogram> sorted = new TreeMap<>(attempts);
        text.family("authentication_attempts", MetricText.Type.COUNTER, "Authentications of requests, by result.");
        sorted.forEach((result, times) -> text.value(times.count(), "result", result.label));
        text.family("authentication_duration_seconds", MetricText.Type.HISTOGRAM,
                "How long authentications of requests took, by result.");
        sorted.forEach((result, times) -> text.histogram(times, "result", result.label));
        text.family("authenticated_user_requests", MetricText.Type.COUNTER,
                "Requests whose caller is known, by name or kind of name.");
        new TreeMap<>(users).forEach((user, count) -> text.value(count.sum(), "username", user));
    }
}
