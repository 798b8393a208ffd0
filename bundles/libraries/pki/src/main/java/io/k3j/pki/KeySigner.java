package io.k3j.pki;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.operator.ContentSigner;

/// Signs with a key of the JDK and the hash Go chooses for it. Bouncy Castle's own signer by algorithm name loads
/// tables of every algorithm it knows, which costs a start more than the signatures. For one signature and one thread.
final class KeySigner implements ContentSigner {
    /// RFC 8410.
    static final ASN1ObjectIdentifier ED25519 = new ASN1ObjectIdentifier("1.3.101.112");
    private final PrivateKey key;
    private final Algorithm algorithm;
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();

    /// A signature's name in the JDK and in ASN.1; both have to mean the same.
    private record Algorithm(String name, AlgorithmIdentifier identifier) {
        /// By the size of the curve, as Go's `x509` does; RSA with SHA-256 at any size; Ed25519 by itself.
        static Algorithm of(PrivateKey key) {
            if (key instanceof EdECKey edwards && edwards.getParams().getName().equals("Ed25519")) {
                return elliptic("Ed25519", ED25519);
            }
            if (!(key instanceof ECKey elliptic)) {
                return new Algorithm("SHA256withRSA",
                        new AlgorithmIdentifier(PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE));
            }
            int bits = elliptic.getParams().getOrder().bitLength();
            if (bits <= 256) {
                return elliptic("SHA256withECDSA", X9ObjectIdentifiers.ecdsa_with_SHA256);
            }
            return bits <= 384 ? elliptic("SHA384withECDSA", X9ObjectIdentifiers.ecdsa_with_SHA384)
                    : elliptic("SHA512withECDSA", X9ObjectIdentifiers.ecdsa_with_SHA512);
        }

        private static Algorithm elliptic(String name, ASN1ObjectIdentifier identifier) {
            return new Algorithm(name, new AlgorithmIdentifier(identifier));
        }
    }

    KeySigner(PrivateKey key) {
        this.key = key;
        this.algorithm = Algorithm.of(key);
    }

    @Override
    public AlgorithmIdentifier getAlgorithmIdentifier() {
        return algorithm.identifier();
    }

    @Override
    public OutputStream getOutputStream() {
        return content;
    }

    @Override
    public byte[] getSignature() {
        try {
            Signature signature = Signature.getInstance(algorithm.name());
            signature.initSign(key);
            signature.update(content.toByteArray());
            return signature.sign();
        } catch (GeneralSecurityException refused) {
            throw new IllegalStateException("cannot sign with this key", refused);
        }
    }
}
