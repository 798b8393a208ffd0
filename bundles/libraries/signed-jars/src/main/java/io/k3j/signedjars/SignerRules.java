package io.k3j.signedjars;

import java.security.CodeSigner;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Timestamp;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXCertPathValidatorResult;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXReason;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// Decides whether a signature counts: whose it is, and whether it was made while the certificate was good.
///
/// | named | a signature counts when |
/// |---|---|
/// | a public key | it was made with that key; the certificate around it is not looked at |
/// | a certificate | it was made with that certificate's key, which shows itself by it, while it was valid |
/// | a certificate of an authority | PKIX leads from it to the signer's certificate, all valid, which may be used for code |
///
/// *While* is the time of the time stamp when its authority is known to the JDK or named itself, else now.
final class SignerRules {
    /// The problem of a signer who is not known.
    static final String UNKNOWN = "nobody who is named has signed its certificate";
    private static final String CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
    private static final String TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
    private static final String ANY_PURPOSE = "2.5.29.37.0";
    private static final int SIGN_CERTIFICATES = 5;
    private final List<X509Certificate> named;
    private final Set<X509Certificate> authorities;
    private final List<byte[]> keys;
    private final InstantSource clock;

    SignerRules(List<X509Certificate> named, List<byte[]> keys, InstantSource clock) {
        this.named = List.copyOf(named);
        this.authorities = named.stream().filter(SignerRules::isAuthority).collect(Collectors.toSet());
        this.keys = List.copyOf(keys);
        this.clock = clock;
    }

    private static boolean isAuthority(X509Certificate certificate) {
        boolean[] usage = certificate.getKeyUsage();
        return certificate.getBasicConstraints() >= 0 && (usage == null || usage[SIGN_CERTIFICATES]);
    }

    /// What is wrong with a signature; empty when it counts.
    String problem(CodeSigner signer) {
        List<X509Certificate> path = certificates(signer.getSignerCertPath());
        X509Certificate leaf = path.getFirst();
        if (keys.stream().anyMatch(key -> Arrays.equals(key, leaf.getPublicKey().getEncoded()))) {
            return "";
        }
        String stamp = stampProblem(signer.getTimestamp());
        Instant at = signer.getTimestamp() == null || !stamp.isEmpty() ? clock.instant()
                : signer.getTimestamp().getTimestamp().toInstant();
        String problem = named.contains(leaf) ? dates(leaf, at) : chain(path, authorities, at, CODE_SIGNING);
        return problem.isEmpty() || stamp.isEmpty() ? problem : problem + " (its time stamp does not count: " + stamp
                + ")";
    }

    private static List<X509Certificate> certificates(CertPath path) {
        return path.getCertificates().stream().map(X509Certificate.class::cast).toList();
    }

    private String stampProblem(@Nullable Timestamp stamp) {
        if (stamp == null) {
            return "";
        }
        Instant at = stamp.getTimestamp().toInstant();
        if (at.isAfter(clock.instant())) {
            return "it is of the future";
        }
        Set<X509Certificate> anchors = new HashSet<>(authorities);
        anchors.addAll(ofTheJdk());
        List<X509Certificate> path = certificates(stamp.getSignerCertPath());
        if (!named.contains(path.getFirst())) {
            return chain(path, anchors, at, TIME_STAMPING);
        }
        // who signs code is named as well, and must not say when that was
        String expired = dates(path.getFirst(), at);
        return expired.isEmpty() ? purposeProblem(path.getFirst(), TIME_STAMPING) : expired;
    }

    private static List<X509Certificate> ofTheJdk() {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager x509) {
                    return List.of(x509.getAcceptedIssuers());
                }
            }
            return List.of();
        } catch (GeneralSecurityException e) {
            System.getLogger("io.k3j.signedjars").log(System.Logger.Level.DEBUG, "Java has no authorities", e);
            return List.of();
        }
    }

    /// What is wrong with a certificate at a time.
    private static String dates(X509Certificate certificate, Instant at) {
        String name = Signer.of(certificate).name();
        try {
            certificate.checkValidity(Date.from(at));
            return "";
        } catch (CertificateExpiredException e) {
            return "the certificate of " + name + " has expired on " + certificate.getNotAfter().toInstant()
                    + "; sign it again, with a time stamp if it is to outlive the certificate (jarsigner -tsa URL)";
        } catch (CertificateNotYetValidException e) {
            return "the certificate of " + name + " is valid from " + certificate.getNotBefore().toInstant()
                    + " on only; look at this machine's clock";
        }
    }

    /// What is wrong with the way from an authority to the first certificate.
    private static String chain(List<X509Certificate> path, Set<X509Certificate> anchors, Instant at, String purpose) {
        int end = 1;
        while (end < path.size() && !anchors.contains(path.get(end))) {
            end++;
        }
        if (anchors.isEmpty()) {
            return UNKNOWN;
        }
        try {
            PKIXParameters parameters = new PKIXParameters(
                    anchors.stream().map(anchor -> new TrustAnchor(anchor, null)).collect(Collectors.toSet()));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(at));
            CertPath cut = CertificateFactory.getInstance("X.509").generateCertPath(path.subList(0, end));
            CertPathValidator validator = CertPathValidator.getInstance("PKIX");
            TrustAnchor found = ((PKIXCertPathValidatorResult) validator.validate(cut, parameters))
                    .getTrustAnchor();
            String expired = dates(found.getTrustedCert(), at);
            return expired.isEmpty() ? purposeProblem(path.getFirst(), purpose) : expired;
        } catch (CertPathValidatorException e) {
            return reason(path, e, at);
        } catch (GeneralSecurityException e) {
            return "its certificates cannot be followed: " + e.getMessage();
        }
    }

    private static String reason(List<X509Certificate> path, CertPathValidatorException e, Instant at) {
        if (e.getReason() == PKIXReason.NO_TRUST_ANCHOR) {
            return UNKNOWN;
        }
        String expired = e.getIndex() < 0 ? "" : dates(path.get(e.getIndex()), at);
        return expired.isEmpty() ? "its certificates do not lead to one that is named: "
                + Signer.printable(String.valueOf(e.getMessage())) : expired;
    }

    private static String purposeProblem(X509Certificate certificate, String purpose) {
        try {
            boolean[] usage = certificate.getKeyUsage();
            List<String> purposes = certificate.getExtendedKeyUsage();
            boolean code = purpose.equals(CODE_SIGNING);
            // a time stamping authority has to say that it is one (RFC 3161, 2.3)
            boolean allowed = purposes == null ? code
                    : purposes.contains(purpose) || code && purposes.contains(ANY_PURPOSE);
            return allowed && (usage == null || usage[0]) ? ""
                    : "its certificate may not be used for " + (code ? "code" : "time stamps")
                            + ": let its authority issue one with the purpose "
                            + (code ? "codeSigning" : "timeStamping");
        } catch (CertificateParsingException e) {
            return "its certificate is damaged: " + Signer.printable(String.valueOf(e.getMessage()));
        }
    }
}
