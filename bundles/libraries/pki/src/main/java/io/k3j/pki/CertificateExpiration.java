package io.k3j.pki;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The certificates of a machine at one look at its data directory, and what K3s' certificate monitor tells of those
/// that somebody has to do something about. Services, files and words are K3s'. Immutable, any thread; only [#read]
/// asks the disk. See <https://docs.k3s.io/cli/certificate>.
public final class CertificateExpiration {
    /// Who tells it: the source component of the Events.
    public static final String MONITOR = "k3s-cert-monitor";
    /// Between two looks. An Event lives an hour, so that one which is counted up at each look stays.
    public static final Duration PERIOD = Duration.ofMinutes(30);
    /// A leaf with less left is made anew by the next start.
    private static final Duration LEAVES = Duration.ofDays(120);
    /// A rotation of authorities takes planning.
    private static final Duration AUTHORITIES = Duration.ofDays(365);

    private final List<Held> leaves;
    private final List<Held> authorities;
    private final List<String> unreadable;

    /// One that is there.
    ///
    /// @param place the service that has it and the name of its file
    private record Held(String place, X509Certificate certificate) {
    }

    /// What is to be told on the Node.
    ///
    /// @param warning whether its type is `Warning` instead of `Normal`
    /// @param reason of the Event
    /// @param message in K3s' words, with a line for each certificate; some thousand characters where all end at once
    public record Notice(boolean warning, String reason, String message) {
        /// The type of the Event.
        public String type() {
            return warning ? "Warning" : "Normal";
        }
    }

    private CertificateExpiration(List<Held> leaves, List<Held> authorities, List<String> unreadable) {
        this.leaves = List.copyOf(leaves);
        this.authorities = List.copyOf(authorities);
        this.unreadable = List.copyOf(unreadable);
    }

    /// Looks at the files of all services and, on a server, of the cluster's authorities. A file may have several
    /// certificates. Files that are not there are those of other machines; what cannot be read is passed over.
    ///
    /// @param dataDir `--data-dir`
    public static CertificateExpiration read(Path dataDir) {
        List<Held> leaves = new ArrayList<>();
        List<Held> authorities = new ArrayList<>();
        List<String> unreadable = new ArrayList<>();
        for (String service : CertificateServices.named(List.of())) {
            read(dataDir, service, CertificateServices.files(service), leaves, unreadable);
        }
        read(dataDir, "certificate-authority", CertificateServices.authorities(), authorities, unreadable);
        return new CertificateExpiration(leaves, authorities, unreadable);
    }

    private static void read(Path dataDir, String service, List<String> files, List<Held> found,
            List<String> unreadable) {
        for (String file : files) {
            Path path = dataDir.resolve(file + ".crt");
            try {
                for (X509Certificate one : PemFiles.certificates(path)) {
                    found.add(new Held(service + "/" + path.getFileName(), one));
                }
            } catch (IOException damaged) {
                unreadable.add(String.valueOf(damaged.getMessage()));
            }
        }
    }

    /// All of them, those of authorities last. One that is in several files is there as often.
    public List<X509Certificate> certificates() {
        return Stream.concat(leaves.stream(), authorities.stream()).map(Held::certificate).toList();
    }

    /// Why files could not be read, one sentence each, which names the file.
    public List<String> unreadable() {
        return unreadable;
    }

    /// What is to be told: a warning of leaves that have 120 days left at most, one of authorities with a year, each
    /// also of what has expired or is not valid yet.
    ///
    /// @param first whether this is the first look after a start; then it is also told that there is nothing to warn of
    public List<Notice> notices(Instant now, boolean first) {
        List<Notice> all = new ArrayList<>();
        String nodes = concerns(leaves, LEAVES, now);
        if (!nodes.isEmpty()) {
            all.add(new Notice(true, "CertificateExpirationWarning", "Node certificates require attention - restart k3s"
                    + " on this node to trigger automatic rotation: " + nodes));
        }
        String signers = concerns(authorities, AUTHORITIES, now);
        if (!signers.isEmpty()) {
            all.add(new Notice(true, "CACertificateExpirationWarning", "Certificate Authority certificates require"
                    + " attention - check k3s documentation and begin planning rotation: " + signers));
        }
        if (first && all.isEmpty()) {
            all.add(new Notice(false, "CertificateExpirationOK",
                    "Node and Certificate Authority certificates managed by k3s are OK"));
        }
        return all;
    }

    private static String concerns(List<Held> held, Duration least, Instant now) {
        List<String> lines = new ArrayList<>();
        for (Held one : held) {
            String concern = concern(one.certificate(), least, now);
            if (!concern.isEmpty()) {
                lines.add(one.place() + ": certificate " + one.certificate().getSubjectX500Principal().getName() + " "
                        + concern);
            }
        }
        return String.join("\n", lines);
    }

    /// Empty for one that is well.
    private static String concern(X509Certificate certificate, Duration least, Instant now) {
        Instant begin = certificate.getNotBefore().toInstant();
        Instant end = certificate.getNotAfter().toInstant();
        if (now.isBefore(begin)) {
            return "is not valid before " + begin;
        }
        if (now.isAfter(end)) {
            return "expired at " + end;
        }
        return now.plus(least).isAfter(end) ? "will expire within " + least.toDays() + " days at " + end : "";
    }
}
