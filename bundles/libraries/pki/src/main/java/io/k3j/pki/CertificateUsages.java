package io.k3j.pki;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/// What a certificate is for, in K3s' words. Pure.
public final class CertificateUsages {
    private static final String SERVER = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT = "1.3.6.1.5.5.7.3.2";

    /// The place of `keyCertSign` among the bits of the key usage.
    private static final int SIGNS_CERTIFICATES = 5;

    private CertificateUsages() {
    }

    /// Whether it signs certificates, then the extended key usages, with commas between them; `Unknown` for none that
    /// has a word, or when they cannot be read.
    public static String of(X509Certificate certificate) {
        List<String> usages = new ArrayList<>();
        boolean[] bits = certificate.getKeyUsage();
        if (bits != null && bits[SIGNS_CERTIFICATES]) {
            usages.add("CertSign");
        }
        try {
            List<String> extended = certificate.getExtendedKeyUsage();
            for (String oid : extended == null ? List.<String>of() : extended) {
                switch (oid) {
                    case SERVER -> usages.add("ServerAuth");
                    case CLIENT -> usages.add("ClientAuth");
                    default -> {
                    }
                }
            }
        } catch (CertificateParsingException damaged) {
            usages.clear();
        }
        return usages.isEmpty() ? "Unknown" : String.join(",", usages);
    }
}
