package io.k3j.pki;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.Signature;
import java.util.List;

/// A PKCS #10 request whose signature has been checked: whoever made it has the key.
///
/// @param commonName of the subject asked for, empty without one; the issuer decides, not the asker
public record CertificateRequest(String commonName, List<String> organizations, PublicKey key) {
    /// Requests of agents are about 350 bytes.
    public static final int MAX_BYTES = 16 * 1024;

    private static final String ECDSA_SHA256 = "1.2.840.10045.4.3.2";
    private static final int ATTRIBUTES = 0xa0;

    /// Copies the list.
    public CertificateRequest {
        organizations = List.copyOf(organizations);
    }

    /// Reads and checks a request in DER.
    /// @throws IllegalArgumentException when it is malformed or not signed by its own key
    public static CertificateRequest parse(byte[] der) {
        DerReader request = new DerReader(der).enter(Der.SEQUENCE);
        byte[] info = request.element();
        String algorithm = request.enter(Der.SEQUENCE).oid();
        byte[] signature = request.bits();
        DerReader fields = new DerReader(info).enter(Der.SEQUENCE);
        fields.integer();
        byte[] subject = fields.element();
        try {
            PublicKey key = Keys.readPublic(fields.element());
            Signature check = Signature.getInstance(algorithm);
            check.initVerify(key);
            check.update(info);
            if (!check.verify(signature)) {
                throw new IllegalArgumentException("the request is not signed by its own key");
            }
            SubjectNames names = SubjectNames.of(subject);
            return new CertificateRequest(names.commonName(), names.organizations(), key);
        } catch (GeneralSecurityException unusable) {
            throw new IllegalArgumentException("the request's key or signature is of no known kind", unusable);
        }
    }

    /// A request for `commonName`, signed by an elliptic key, in DER.
    public static byte[] create(String commonName, KeyPair pair) {
        byte[] name = DistinguishedName.encode(commonName, List.of());
        byte[] info = Der.sequence(Der.integer(0), name, pair.getPublic().getEncoded(), Der.tagged(ATTRIBUTES));
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(pair.getPrivate());
            signature.update(info);
            return Der.sequence(info, Der.sequence(Der.oid(ECDSA_SHA256)), Der.bits(signature.sign()));
        } catch (GeneralSecurityException refused) {
            throw new IllegalStateException("cannot sign with this key", refused);
        }
    }
}
