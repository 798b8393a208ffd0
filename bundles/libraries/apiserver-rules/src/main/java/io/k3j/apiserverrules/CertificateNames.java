package io.k3j.apiserverrules;

import io.k3j.validation.Problems;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;

/// The alternative names (RFC 5280) that a certificate for a pod may not have. Pure.
final class CertificateNames {
    private static final int EMAIL = 1;
    private static final int DNS = 2;
    private static final String NAME = "leaf certificate's DNSName should not ";
    private static final String SPECIALS = "()<>[]:;@\\,\"";

    private CertificateNames() {
    }

    /// @param p the place of the certificate
    static void check(X509Certificate leaf, Problems p) {
        Collection<List<?>> names;
        try {
            names = leaf.getSubjectAlternativeNames();
        } catch (CertificateParsingException unreadable) {
            p.invalid("", "leaf certificate does not parse as valid X.509");
            return;
        }
        if (names == null) {
            return;
        }
        for (List<?> name : names) {
            if (Integer.valueOf(DNS).equals(name.getFirst())) {
                dns(String.valueOf(name.get(1)), p);
            } else if (Integer.valueOf(EMAIL).equals(name.getFirst()) && !isAddress(String.valueOf(name.get(1)))) {
                p.invalid(String.valueOf(name.get(1)), "leaf certificate should not contain invalid EmailAddress");
            }
        }
    }

    private static void dns(String name, Problems p) {
        if (name.isEmpty()) {
            p.invalid(name, "leaf certificate should not contain empty DNSName");
        }
        if (name.contains("..")) {
            p.invalid(name, NAME + "contain '..'");
        }
        if (name.startsWith(".") || name.endsWith(".")) {
            p.invalid(name, NAME + "start or end with '.'");
        }
    }

    /// Whether a text is an address of RFC 5322 without a display name.
    private static boolean isAddress(String text) {
        int at = text.lastIndexOf('@');
        if (at <= 0 || !atoms(text.substring(at + 1))) {
            return false;
        }
        String local = text.substring(0, at);
        boolean quoted = local.length() > 2 && local.startsWith("\"") && local.endsWith("\"");
        return quoted || atoms(local);
    }

    private static boolean atoms(String text) {
        return !text.isEmpty() && !text.startsWith(".") && !text.endsWith(".") && !text.contains("..")
                && text.chars().allMatch(c -> c > ' ' && c != 127 && SPECIALS.indexOf(c) < 0);
    }
}
