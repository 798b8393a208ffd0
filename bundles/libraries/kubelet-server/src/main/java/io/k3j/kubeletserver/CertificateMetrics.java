package io.k3j.kubeletserver;

import io.k3j.metricstext.MetricText;
import io.k3j.pki.CertificateUsages;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// `k3s_certificate_expiration_seconds`: how long the certificates of this node live on, those of the cluster's
/// authorities on a server too. See <https://docs.k3s.io/reference/metrics>. Any thread.
final class CertificateMetrics {
    private final InstantSource clock;
    private volatile SortedMap<Labels, Instant> ends = new TreeMap<>();

    /// What several files may have in common; then the first to end counts.
    private record Labels(String subject, String usages) implements Comparable<Labels> {
        @Override
        public int compareTo(Labels other) {
            int first = subject.compareTo(other.subject);
            return first == 0 ? usages.compareTo(other.usages) : first;
        }
    }

    /// Knows none yet.
    ///
    /// @param clock of the time of day
    CertificateMetrics(InstantSource clock) {
        this.clock = clock;
    }

    /// Tells of these from now on, and of no others.
    void set(List<X509Certificate> certificates) {
        SortedMap<Labels, Instant> found = new TreeMap<>();
        for (X509Certificate one : certificates) {
            found.merge(new Labels(one.getSubjectX500Principal().getName(), CertificateUsages.of(one)),
                    one.getNotAfter().toInstant(), (a, b) -> a.isBefore(b) ? a : b);
        }
        ends = found;
    }

    /// Prometheus text, empty for none. Does not block.
    String text() {
        SortedMap<Labels, Instant> known = ends;
        if (known.isEmpty()) {
            return "";
        }
        Instant now = clock.instant();
        MetricText text = new MetricText().family("k3s_certificate_expiration_seconds", MetricText.Type.GAUGE,
                "Seconds until the certificate expires.");
        known.forEach((labels, end) -> text.value(Duration.between(now, end).toSeconds(), "subject", labels.subject(),
                "usages", labels.usages()));
        return text.toString();
    }
}
