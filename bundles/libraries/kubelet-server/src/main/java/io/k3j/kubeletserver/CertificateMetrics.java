package io.k3j.kubeletserver;

import io.k3j.metricstext.MetricText;
import io.k3j.pki.CertificateServices;
import io.k3j.pki.CertificateUsages;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// `k3s_certificate_expiration_seconds`: how long the certificates of this node live on, those of the cluster's
/// authorities on a server too; K3s' certificate monitor. See <https://docs.k3s.io/reference/metrics>. Any thread may
/// ask; [#run] takes one, which the disk blocks.
public final class CertificateMetrics {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    /// Between two looks at the files, as in K3s.
    private static final Duration LOOK = Duration.ofMinutes(30);
    private final Path dataDir;
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

    /// Looks at nothing yet.
    ///
    /// @param dataDir `--data-dir`
    /// @param clock of the time of day
    public CertificateMetrics(Path dataDir, InstantSource clock) {
        this.dataDir = dataDir;
        this.clock = clock;
    }

    /// Looks at the files again and again until it is told to end.
    ///
    /// @param closed reaches zero then
    public void run(CountDownLatch closed) throws InterruptedException {
        do {
            look();
        } while (!closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
    }

    private void look() {
        List<String> files = new ArrayList<>(CertificateServices.files(CertificateServices.named(List.of())));
        files.addAll(CertificateServices.authorities());
        SortedMap<Labels, Instant> found = new TreeMap<>();
        for (String file : Set.copyOf(files)) {
            try {
                for (X509Certificate one : PemFiles.certificates(dataDir.resolve(file + ".crt"))) {
                    found.merge(new Labels(one.getSubjectX500Principal().getName(), CertificateUsages.of(one)),
                            one.getNotAfter().toInstant(), (a, b) -> a.isBefore(b) ? a : b);
                }
            } catch (IOException unreadable) {
                LOG.log(System.Logger.Level.DEBUG, "Cannot look at a certificate path={0} error={1}", file,
                        unreadable.getMessage());
            }
        }
        ends = found;
    }

    /// Prometheus text, of the certificates that were there at the last look. Does not block.
    public String text() {
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
