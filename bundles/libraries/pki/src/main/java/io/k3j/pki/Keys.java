package io.k3j.pki;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/// Makes key pairs, and turns them into the forms Go writes: SEC 1 for elliptic curves, PKCS #1 for RSA.
public final class Keys {
    private static final int RSA_BITS = 2048;
    private static final int P256_BITS = 256;

    private Keys() {
    }

    /// A new key on the curve P-256, as every certificate of a cluster has.
    public static KeyPair elliptic() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("the Java runtime has no elliptic curves", missing);
        }
    }

    /// A new RSA key of 2048 bits, as service account tokens are signed with. Takes 50 to 500 ms.
    public static KeyPair rsa() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(RSA_BITS);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("the Java runtime has no RSA", missing);
        }
    }

    /// A new key of a type that `podCertificate` volumes may have: `RSA3072`, `RSA4096`, `ECDSAP256`, `ECDSAP384`,
    /// `ECDSAP521` or `ED25519`. RSA takes up to seconds.
    /// @throws IllegalArgumentException for any other type
    public static KeyPair ofType(String type) {
        return switch (type) {
            case "RSA3072" -> generated("RSA", new RSAKeyGenParameterSpec(3072, RSAKeyGenParameterSpec.F4));
            case "RSA4096" -> generated("RSA", new RSAKeyGenParameterSpec(4096, RSAKeyGenParameterSpec.F4));
            case "ECDSAP256" -> generated("EC", new ECGenParameterSpec("secp256r1"));
            case "ECDSAP384" -> generated("EC", new ECGenParameterSpec("secp384r1"));
            case "ECDSAP521" -> generated("EC", new ECGenParameterSpec("secp521r1"));
            case "ED25519" -> generated("EdDSA", NamedParameterSpec.ED25519);
            default -> throw new IllegalArgumentException("unknown key type \"" + type + "\"");
        };
    }

    private static KeyPair generated(String algorithm, AlgorithmParameterSpec of) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(of);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("the Java runtime has no " + algorithm, missing);
        }
    }

    /// SEC 1 `ECPrivateKey` with curve and public point, as Go writes it; P-256 only.
    /// @throws ClassCastException for another kind of key
    static byte[] sec1(KeyPair pair) {
        SubjectPublicKeyInfo open = Asn1.read(pair.getPublic().getEncoded(), SubjectPublicKeyInfo::getInstance);
        BigInteger scalar = ((java.security.interfaces.ECPrivateKey) pair.getPrivate()).getS();
        return Asn1.der(new ECPrivateKey(P256_BITS, scalar, open.getPublicKeyData(), X9ObjectIdentifiers.prime256v1));
    }

    /// PKCS #1 `RSAPrivateKey`: what PKCS #8 wraps, taken out of it.
    static byte[] pkcs1(RSAPrivateCrtKey key) {
        return Asn1.read(key.getEncoded(), PrivateKeyInfo::getInstance).getPrivateKey().getOctets();
    }

    /// Reads SEC 1. The public half is there when the file carries it, as those of K3s do.
    static LoadedKey readSec1(byte[] der) throws GeneralSecurityException {
        return elliptic(Asn1.read(der, ECPrivateKey::getInstance), X9ObjectIdentifiers.prime256v1);
    }

    /// @param otherwise the curve where the structure does not name one: PKCS #8 names it outside
    private static LoadedKey elliptic(ECPrivateKey key, ASN1Encodable otherwise) throws GeneralSecurityException {
        ASN1Encodable named = key.getParametersObject();
        AlgorithmIdentifier algorithm = new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey,
                named == null ? otherwise : named);
        KeyFactory factory = KeyFactory.getInstance("EC");
        PrivateKey secret = factory.generatePrivate(
                new PKCS8EncodedKeySpec(Asn1.der(info(algorithm, key))));
        ASN1BitString point = key.getPublicKey();
        if (point == null) {
            return new LoadedKey(secret, Optional.empty());
        }
        return new LoadedKey(secret, Optional.of(readPublic(new SubjectPublicKeyInfo(algorithm, point.getOctets()))));
    }

    private static PrivateKeyInfo info(AlgorithmIdentifier algorithm, ASN1Encodable key) {
        try {
            return new PrivateKeyInfo(algorithm, key);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// Reads PKCS #1.
    static LoadedKey readPkcs1(byte[] der) throws GeneralSecurityException {
        AlgorithmIdentifier algorithm = new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);
        return readPkcs8(info(algorithm, Asn1.read(der, RSAPrivateKey::getInstance)));
    }

    /// Reads PKCS #8. Of an elliptic key the structure within is read, because only that may hold the public half.
    static LoadedKey readPkcs8(byte[] der) throws GeneralSecurityException {
        PrivateKeyInfo info = Asn1.read(der, PrivateKeyInfo::getInstance);
        return readPkcs8(info);
    }

    private static LoadedKey readPkcs8(PrivateKeyInfo info) throws GeneralSecurityException {
        ASN1ObjectIdentifier algorithm = info.getPrivateKeyAlgorithm().getAlgorithm();
        if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            ECPrivateKey key = Asn1.read(info.getPrivateKey().getOctets(), ECPrivateKey::getInstance);
            return elliptic(key, info.getPrivateKeyAlgorithm().getParameters());
        }
        KeyFactory factory = factory(algorithm);
        PrivateKey secret = factory.generatePrivate(new PKCS8EncodedKeySpec(Asn1.der(info)));
        if (secret instanceof RSAPrivateCrtKey rsa) {
            RSAPublicKeySpec open = new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent());
            return new LoadedKey(secret, Optional.of(factory.generatePublic(open)));
        }
        return new LoadedKey(secret, Optional.empty());
    }

    /// Reads a `SubjectPublicKeyInfo`.
    static PublicKey readPublic(byte[] der) throws GeneralSecurityException {
        SubjectPublicKeyInfo info = Asn1.read(der, SubjectPublicKeyInfo::getInstance);
        return readPublic(info);
    }

    static PublicKey readPublic(SubjectPublicKeyInfo info) throws GeneralSecurityException {
        return factory(info.getAlgorithm().getAlgorithm()).generatePublic(new X509EncodedKeySpec(Asn1.der(info)));
    }

    /// The JDK's by the name it knows best, else by the identifier, which it knows for Ed25519 and others.
    private static KeyFactory factory(ASN1ObjectIdentifier algorithm) throws GeneralSecurityException {
        if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            return KeyFactory.getInstance("EC");
        }
        return KeyFactory.getInstance(
                algorithm.equals(PKCSObjectIdentifiers.rsaEncryption) ? "RSA" : algorithm.getId());
    }
}
