package io.k3j.pki;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.List;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.bouncycastle.asn1.pkcs.CertificationRequestInfo;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;

/// A PKCS #10 request (RFC 2986) whose signature has been checked: anyone who made it has the key. Immutable.
///
/// @param commonName of the subject asked for, empty without one; the issuer decides, not the asker
/// @param organizations the groups asked for; the issuer decides
/// @param key what is to be certified
public record CertificateRequest(String commonName, List<String> organizations, PublicKey key) {
    /// Requests of agents are about 350 bytes.
    public static final int MAX_BYTES = 16 * 1024;

    /// Go's words for a signature of another kind than these.
    private static final String UNKNOWN = "x509: cannot verify signature: algorithm unimplemented";

    /// Copies the list.
    public CertificateRequest {
        organizations = List.copyOf(organizations);
    }

    /// Reads and checks a request in DER, which comes from a network and is believed in nothing but its signature.
    ///
    /// @param der at most [#MAX_BYTES]
    /// @throws IllegalArgumentException when it is malformed, too large or not signed by its own key
    public static CertificateRequest parse(byte[] der) {
        if (der.length > MAX_BYTES) {
            throw new IllegalArgumentException("the request is larger than " + MAX_BYTES + " bytes");
        }
        CertificationRequest request = Asn1.read(der, CertificationRequest::getInstance);
        RequestSignature algorithm = RequestSignature.of(request.getSignatureAlgorithm())
                .orElseThrow(() -> new IllegalArgumentException(UNKNOWN));
        CertificationRequestInfo info = request.getCertificationRequestInfo();
        try {
            PublicKey key = Keys.readPublic(info.getSubjectPublicKeyInfo());
            if (!algorithm.verifies(key, Asn1.der(info), request.getSignature().getOctets())) {
                throw new IllegalArgumentException("the request is not signed by its own key");
            }
            SubjectNames names = SubjectNames.of(info.getSubject());
            return new CertificateRequest(names.commonName(), names.organizations(), key);
        } catch (GeneralSecurityException unusable) {
            throw new IllegalArgumentException("the request's key or signature is of no known kind", unusable);
        } catch (IllegalStateException malformed) {
            throw new IllegalArgumentException("malformed request: " + malformed.getMessage(), malformed);
        }
    }

    /// A request without a subject, signed by its own key, in DER: it proves that somebody has the key.
    public static byte[] stub(KeyPair pair) {
        SubjectPublicKeyInfo key = Asn1.read(pair.getPublic().getEncoded(), SubjectPublicKeyInfo::getInstance);
        return Asn1.der(new PKCS10CertificationRequestBuilder(new X500Name(new RDN[0]), key)
                .build(new KeySigner(pair.getPrivate())).toASN1Structure());
    }

    /// A request for `commonName`, signed by its own key, in DER. Without organizations: the issuer knows what they are
    /// to be.
    public static byte[] create(String commonName, KeyPair pair) {
        SubjectPublicKeyInfo key = Asn1.read(pair.getPublic().getEncoded(), SubjectPublicKeyInfo::getInstance);
        return Asn1.der(new PKCS10CertificationRequestBuilder(DistinguishedName.of(commonName, List.of()), key)
                .build(new KeySigner(pair.getPrivate())).toASN1Structure());
    }
}
