package io.k3j.pki;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;

/// Certificates whose issuer or subject has no name. Go reads and makes them, RFC 5280 does not allow all of them, and
/// the JDK refuses those. Pure.
final class NamelessCertificate {
    private static final X500Name NOBODY = new X500Name("CN=nobody");
    /// Behind the serial number and the algorithm; one place further where the version is said.
    private static final int ISSUER = 2;
    /// Behind the times.
    private static final int SUBJECT = 4;

    private NamelessCertificate() {
    }

    /// A copy in which both have names and that says all else as the certificate does; its signature fits no more.
    ///
    /// @return empty when it is no certificate, or both have names
    static Optional<X509Certificate> named(byte[] der) {
        try {
            ASN1Sequence read = ASN1Sequence.getInstance(der);
            ASN1Encodable[] parts = read.toArray();
            ASN1Encodable[] fields = ASN1Sequence.getInstance(parts[0]).toArray();
            int first = fields[0] instanceof ASN1TaggedObject ? 1 : 0;
            boolean issuer = nameless(fields[first + ISSUER]);
            boolean subject = nameless(fields[first + SUBJECT]);
            if (!issuer && !subject || !Arrays.equals(read.getEncoded(ASN1Encoding.DER), der)) {
                return Optional.empty();
            }
            fields[first + ISSUER] = issuer ? NOBODY : fields[first + ISSUER];
            fields[first + SUBJECT] = subject ? NOBODY : fields[first + SUBJECT];
            parts[0] = new DERSequence(fields);
            return Optional.of(Pem.certificate(new DERSequence(parts).getEncoded(ASN1Encoding.DER)));
        } catch (IOException | RuntimeException none) {
            // also what is too short for these fields
            return Optional.empty();
        }
    }

    private static boolean nameless(ASN1Encodable name) {
        return ASN1Sequence.getInstance(name).size() == 0;
    }
}
