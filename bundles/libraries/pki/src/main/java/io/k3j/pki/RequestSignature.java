package io.k3j.pki;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.jspecify.annotations.Nullable;

/// How a PKCS #10 request is signed, of the ways that Go's `x509` verifies: ECDSA, RSA in both paddings and Ed25519.
/// Those over SHA-1 and MD5 are none of them, nor is RSASSA-PSS but with one hash for message and mask, a salt as long
/// as it and the usual trailer. Verified by the JDK. Pure; any thread.
///
/// @param name in the JDK
/// @param parameters of RSASSA-PSS; null for others
record RequestSignature(String name, @Nullable PSSParameterSpec parameters) {
    private static final Map<ASN1ObjectIdentifier, String> KNOWN = Map.of(
            X9ObjectIdentifiers.ecdsa_with_SHA256, "SHA256withECDSA",
            X9ObjectIdentifiers.ecdsa_with_SHA384, "SHA384withECDSA",
            X9ObjectIdentifiers.ecdsa_with_SHA512, "SHA512withECDSA",
            PKCSObjectIdentifiers.sha256WithRSAEncryption, "SHA256withRSA",
            PKCSObjectIdentifiers.sha384WithRSAEncryption, "SHA384withRSA",
            PKCSObjectIdentifiers.sha512WithRSAEncryption, "SHA512withRSA",
            KeySigner.ED25519, "Ed25519");
    private static final Map<ASN1ObjectIdentifier, PSSParameterSpec> PADDINGS = Map.of(
            NISTObjectIdentifiers.id_sha256, padding("SHA-256", MGF1ParameterSpec.SHA256, 32),
            NISTObjectIdentifiers.id_sha384, padding("SHA-384", MGF1ParameterSpec.SHA384, 48),
            NISTObjectIdentifiers.id_sha512, padding("SHA-512", MGF1ParameterSpec.SHA512, 64));

    private static PSSParameterSpec padding(String hash, MGF1ParameterSpec mask, int salt) {
        return new PSSParameterSpec(hash, "MGF1", mask, salt, PSSParameterSpec.TRAILER_FIELD_BC);
    }

    /// What an algorithm of ASN.1 means; empty for one that Go does not verify, as with malformed parameters.
    static Optional<RequestSignature> of(AlgorithmIdentifier algorithm) {
        if (!algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
            return Optional.ofNullable(KNOWN.get(algorithm.getAlgorithm()))
                    .map(name -> new RequestSignature(name, null));
        }
        ASN1Encodable parameters = algorithm.getParameters();
        if (parameters == null) {
            return Optional.empty();
        }
        try {
            return padding(Asn1.read(Asn1.der(parameters), RSASSAPSSparams::getInstance))
                    .map(padding -> new RequestSignature("RSASSA-PSS", padding));
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private static Optional<PSSParameterSpec> padding(RSASSAPSSparams asked) {
        AlgorithmIdentifier hash = asked.getHashAlgorithm();
        AlgorithmIdentifier mask = asked.getMaskGenAlgorithm();
        if (!mask.getAlgorithm().equals(PKCSObjectIdentifiers.id_mgf1) || mask.getParameters() == null) {
            return Optional.empty();
        }
        AlgorithmIdentifier maskHash = Asn1.read(Asn1.der(mask.getParameters()), AlgorithmIdentifier::getInstance);
        return Optional.ofNullable(PADDINGS.get(hash.getAlgorithm()))
                .filter(padding -> bare(hash) && bare(maskHash) && maskHash.getAlgorithm().equals(hash.getAlgorithm())
                        && asked.getSaltLength().equals(BigInteger.valueOf(padding.getSaltLength()))
                        && asked.getTrailerField().equals(BigInteger.valueOf(padding.getTrailerField())));
    }

    private static boolean bare(AlgorithmIdentifier hash) {
        return hash.getParameters() == null || DERNull.INSTANCE.equals(hash.getParameters());
    }

    /// Whether a message was signed by the private half of a key.
    ///
    /// @throws GeneralSecurityException when the key is none for this algorithm
    boolean verifies(PublicKey key, byte[] message, byte[] signature) throws GeneralSecurityException {
        Signature check = Signature.getInstance(name);
        if (parameters != null) {
            if (!key.getAlgorithm().equals("RSA")) {
                // Go knows no keys that are for this padding only
                throw new InvalidKeyException("no key of rsaEncryption");
            }
            check.setParameter(parameters);
        }
        check.initVerify(key);
        check.update(message);
        return check.verify(signature);
    }
}
