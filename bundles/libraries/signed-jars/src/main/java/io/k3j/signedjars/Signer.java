package io.k3j.signedjars;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Set;

/// Who has signed a jar.
///
/// @param name the subject of the certificate, as RFC 2253 writes it, without control characters
/// @param fingerprint the certificate's SHA-256, hexadecimal
public record Signer(String name, String fingerprint) {
    private static final Set<Integer> HIDDEN = Set.of((int) Character.CONTROL, (int) Character.FORMAT,
            (int) Character.LINE_SEPARATOR, (int) Character.PARAGRAPH_SEPARATOR, (int) Character.SURROGATE);

    /// Of a certificate.
    static Signer of(Certificate certificate) {
        String subject = certificate instanceof X509Certificate x509 ? x509.getSubjectX500Principal().getName()
                : certificate.getType();
        return new Signer(printable(subject), fingerprint(certificate));
    }

    /// What strangers have written must not move the cursor of who reads it, nor turn the text around.
    static String printable(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().forEach(c -> shown.appendCodePoint(HIDDEN.contains(Character.getType(c)) ? '?' : c));
        return shown.toString();
    }

    private static String fingerprint(Certificate certificate) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (CertificateEncodingException e) {
            return "unknown";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
