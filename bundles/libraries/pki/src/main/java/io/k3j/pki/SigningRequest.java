package io.k3j.pki;

import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;

/// What a CertificateSigningRequest asks to have signed: a PKCS #10 request whose signature has been checked, with the
/// subject and the alternative names as the asker wrote them. Nothing of it is believed but that its maker has the
/// key. Immutable.
public final class SigningRequest {
    private static final String BLOCK = "CERTIFICATE REQUEST";
    private final CertificateRequest checked;
    private final X500Name subject;
    private final List<GeneralName> names;

    private SigningRequest(CertificateRequest checked, X500Name subject, List<GeneralName> names) {
        this.checked = checked;
        this.subject = subject;
        this.names = List.copyOf(names);
    }

    /// Reads and checks a request in PEM, which comes from anybody. As where Go reads it, what stands before its first
    /// block and behind it is let be, damaged blocks among it.
    ///
    /// @param pem at most twice [CertificateRequest#MAX_BYTES]
    /// @throws IllegalArgumentException when it is no request, malformed, too large or not signed by its own key
    public static SigningRequest parse(String pem) {
        if (pem.length() > 2 * CertificateRequest.MAX_BYTES) {
            throw new IllegalArgumentException("the request is larger than " + 2 * CertificateRequest.MAX_BYTES
                    + " bytes");
        }
        List<PemBlocks.Block> blocks = PemBlocks.of(pem);
        if (blocks.isEmpty() || !blocks.getFirst().type().equals(BLOCK)) {
            throw new IllegalArgumentException("PEM block type must be " + BLOCK);
        }
        byte[] der = blocks.getFirst().der();
        CertificateRequest checked = CertificateRequest.parse(der);
        CertificationRequest request = Asn1.read(der, CertificationRequest::getInstance);
        X500Name subject = request.getCertificationRequestInfo().getSubject();
        if (commonNames(subject) > 1) {
            // some believe the first, some the last
            throw new IllegalArgumentException("the subject has more than one common name");
        }
        return new SigningRequest(checked, subject, names(request));
    }

    private static long commonNames(X500Name subject) {
        return Arrays.stream(subject.getRDNs()).flatMap(set -> Arrays.stream(set.getTypesAndValues()))
                .filter(pair -> BCStyle.CN.equals(pair.getType())).count();
    }

    private static List<GeneralName> names(CertificationRequest request) {
        Extension wanted;
        try {
            Extensions extensions = new PKCS10CertificationRequest(request).getRequestedExtensions();
            wanted = extensions == null ? null : extensions.getExtension(Extension.subjectAlternativeName);
        } catch (RuntimeException malformed) {
            throw new IllegalArgumentException("malformed request: " + malformed.getMessage(), malformed);
        }
        return wanted == null ? List.of()
                : List.of(Asn1.read(wanted.getExtnValue().getOctets(), GeneralNames::getInstance).getNames());
    }

    /// The first common name of the subject, empty without one.
    public String commonName() {
        return checked.commonName();
    }

    /// The organizations of the subject.
    public List<String> organizations() {
        return checked.organizations();
    }

    /// What is to be certified.
    public PublicKey key() {
        return checked.key();
    }

    /// Whether it asks for alternative names of a sort.
    public boolean has(NameType type) {
        return names.stream().anyMatch(n -> n.getTagNo() == type.tag);
    }

    /// As it is encoded.
    X500Name subject() {
        return subject;
    }

    /// Those sorts of names that a certificate may have; others are left out, as Go does.
    List<GeneralName> signedNames() {
        List<GeneralName> some = new ArrayList<>(names);
        some.removeIf(n -> NameType.ofTag(n.getTagNo()) == null);
        return some;
    }

    /// A sort of alternative names (RFC 5280 §4.2.1.6).
    public enum NameType {
        /// DNS names.
        DNS(GeneralName.dNSName),
        /// Addresses.
        IP(GeneralName.iPAddress),
        /// Addresses of mail.
        EMAIL(GeneralName.rfc822Name),
        /// URIs.
        URI(GeneralName.uniformResourceIdentifier);

        private final int tag;

        NameType(int tag) {
            this.tag = tag;
        }

        private static @Nullable NameType ofTag(int tag) {
            for (NameType type : values()) {
                if (type.tag == tag) {
                    return type;
                }
            }
            return null;
        }
    }
}
