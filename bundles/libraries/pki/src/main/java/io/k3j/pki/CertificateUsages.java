package io.k3j.pki;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;

/// What a certificate is for, in K3s' words. Pure.
public final class CertificateUsages {
    private static final String SERVER = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT = "1.3.6.1.5.5.7.3.2";

    private CertificateUsages() {
    }

    /// The extended key usages with commas between them; `CertSign` for one that has none, `?` when they cannot be
    /// read.
    public static String of(X509Certificate certificate) {
        try {
            List<String> usages = certificate.getExtendedKeyUsage();
            return usages == null ? "CertSign" : String.join(",", usages.stream().map(oid -> switch (oid) {
                case SERVER -> "ServerAuth";
                case CLIENT -> "ClientAuth";
                default -> oid;
            }).toList());
        } catch (CertificateParsingException damaged) {
            return "?";
        }
    }
}
