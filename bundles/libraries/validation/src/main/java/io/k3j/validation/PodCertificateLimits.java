package io.k3j.validation;

import io.k3j.apimachinery.Names;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/// What is the same for PodCertificateRequests and for the volumes that ask for them: how long certificates live, and
/// what users may tell signers. Pure; any thread.
public final class PodCertificateLimits {
    /// The shortest life of a certificate.
    public static final long SHORTEST_SECONDS = 3_600;
    private static final long LONGEST_SECONDS = 91L * 24 * 3_600;
    private static final long LONGEST_KUBERNETES_SECONDS = 24 * 3_600;

    private PodCertificateLimits() {
    }

    /// The longest life of a signer's certificates: 91 days, and one day with signers of Kubernetes.
    public static long longestSeconds(String signer) {
        String host = signer.indexOf('/') < 0 ? signer : signer.substring(0, signer.indexOf('/'));
        return host.equals("kubernetes.io") || host.endsWith(".kubernetes.io") ? LONGEST_KUBERNETES_SECONDS
                : LONGEST_SECONDS;
    }

    /// Checks what a user tells the signer: keys of domains in small letters, as which upstream shows them, not too
    /// much.
    ///
    /// @param p their place
    public static void annotations(Struct annotations, Problems p) {
        long bytes = 0;
        for (var e : annotations.texts().entrySet()) {
            String key = e.getKey().toLowerCase(Locale.ROOT);
            List<String> wrong = Names.qualified(key);
            if (key.isEmpty()) {
                p.required("");
            } else if (wrong.isEmpty() && key.indexOf('/') < 0) {
                p.invalid(key, "must be a domain-prefixed key (such as \"acme.io/foo\")");
            } else {
                p.invalid(key, wrong);
            }
            bytes += e.getKey().length() + (long) e.getValue().getBytes(StandardCharsets.UTF_8).length;
        }
        if (bytes > MetadataRules.ANNOTATION_BYTES) {
            p.tooLong(MetadataRules.ANNOTATION_BYTES);
        }
    }
}
