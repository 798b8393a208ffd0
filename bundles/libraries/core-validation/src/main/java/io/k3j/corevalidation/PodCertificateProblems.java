package io.k3j.corevalidation;

import io.k3j.model.Struct;
import io.k3j.validation.PodCertificateLimits;
import io.k3j.validation.Problems;
import io.k3j.validation.SignerNames;
import java.util.List;

/// What can be wrong with `podCertificate` in a projected volume, in upstream's words: it names a signer, a kind of
/// key, how long the certificate may live, and one to three relative paths. See
/// <https://kubernetes.io/docs/concepts/storage/projected-volumes/#podcertificate>. Pure.
final class PodCertificateProblems {
    /// The fields that are paths of files.
    static final List<String> PATHS = List.of("credentialBundlePath", "keyPath", "certificateChainPath");
    private static final List<String> KEYS = List.of("RSA3072", "RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521",
            "ED25519");
    private static final String EXPIRATION = "maxExpirationSeconds";

    private PodCertificateProblems() {
    }

    /// @param p its place
    static void check(Struct source, Problems p) {
        String signer = source.text("signerName");
        SignerNames.check(signer, p.at("signerName"));
        if (!KEYS.contains(source.text("keyType"))) {
            p.at("keyType").unsupported(source.text("keyType"), KEYS);
        }
        if (source.has(EXPIRATION)) {
            long seconds = source.whole(EXPIRATION, 0);
            long longest = PodCertificateLimits.longestSeconds(signer);
            if (seconds < PodCertificateLimits.SHORTEST_SECONDS) {
                p.at(EXPIRATION).invalid(seconds, "if provided, maxExpirationSeconds must be >= "
                        + PodCertificateLimits.SHORTEST_SECONDS);
            } else if (seconds > longest) {
                p.at(EXPIRATION).invalid(seconds, "if provided, maxExpirationSeconds must be <= " + longest);
            }
        }
        List<String> named = PATHS.stream().filter(path -> !source.text(path).isEmpty()).toList();
        if (named.isEmpty()) {
            p.required("specify at least one of credentialBundlePath, keyPath, and certificateChainPath");
        }
        named.forEach(path -> VolumeProblems.file(source.text(path), p.at(path)));
        PodCertificateLimits.annotations(source.struct("userAnnotations"), p.at("userAnnotations"));
    }
}
