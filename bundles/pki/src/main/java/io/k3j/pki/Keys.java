package io.k3j.pki;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes key pairs, and turns them into the forms Go writes: SEC 1 for elliptic curves, PKCS #1 for RSA.
public final class Keys {
    private static final String PRIME256V1 = "1.2.840.10045.3.1.7";
    private static final String EC_PUBLIC_KEY = "1.2.840.10045.2.1";
    private static final String RSA_ENCRYPTION = "1.2.840.113549.1.1.1";
    private static final int RSA_BITS = 2048;
    private static final int P256_BYTES = 32;
    private static final int CURVE = 0xa0;
    private static final int POINT = 0xa1;

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

    /// SEC 1 `ECPrivateKey` with curve and public point; P-256 only.
    static byte[] sec1(KeyPair pair) {
        byte[] scalar = Keys.scalar(pair.getPrivate());
        ECPublicKey point = (ECPublicKey) pair.getPublic();
        return Der.sequence(Der.integer(1), Der.octets(scalar), Der.tagged(CURVE, Der.oid(PRIME256V1)),
                Der.tagged(POINT, Der.bits(point(point))));
    }

    private static byte[] scalar(PrivateKey key) {
        BigInteger value = ((ECPrivateKey) key).getS();
        return fixed(value);
    }

    private static byte[] point(ECPublicKey key) {
        byte[] point = new byte[1 + 2 * P256_BYTES];
        point[0] = 4;
        System.arraycopy(fixed(key.getW().getAffineX()), 0, point, 1, P256_BYTES);
        System.arraycopy(fixed(key.getW().getAffineY()), 0, point, 1 + P256_BYTES, P256_BYTES);
        return point;
    }

    private static byte[] fixed(BigInteger value) {
        byte[] bytes = value.toByteArray();
        byte[] fixed = new byte[P256_BYTES];
        int length = Math.min(bytes.length, P256_BYTES);
        System.arraycopy(bytes, bytes.length - length, fixed, P256_BYTES - length, length);
        return fixed;
    }

    /// PKCS #1 `RSAPrivateKey`.
    static byte[] pkcs1(RSAPrivateCrtKey key) {
        return Der.sequence(Der.integer(0), Der.integer(key.getModulus()), Der.integer(key.getPublicExponent()),
                Der.integer(key.getPrivateExponent()), Der.integer(key.getPrimeP()), Der.integer(key.getPrimeQ()),
                Der.integer(key.getPrimeExponentP()), Der.integer(key.getPrimeExponentQ()),
                Der.integer(key.getCrtCoefficient()));
    }

    /// Reads SEC 1. The public half is there when the file carries it, as those of K3s do.
    static LoadedKey readSec1(byte[] der) throws GeneralSecurityException {
        DerReader key = new DerReader(der).enter(Der.SEQUENCE);
        key.integer();
        key.contents(Der.OCTET_STRING);
        byte[] curve = Der.oid(PRIME256V1);
        byte @Nullable [] point = null;
        while (key.more()) {
            int tag = key.tag();
            byte[] inside = key.contents(tag);
            if (tag == CURVE) {
                curve = inside;
            } else if (tag == POINT) {
                point = new DerReader(inside).bits();
            }
        }
        byte[] algorithm = Der.sequence(Der.oid(EC_PUBLIC_KEY), curve);
        KeyFactory factory = KeyFactory.getInstance("EC");
        PrivateKey secret = factory.generatePrivate(
                new PKCS8EncodedKeySpec(Der.sequence(Der.integer(0), algorithm, Der.octets(der))));
        if (point == null) {
            return new LoadedKey(secret, Optional.empty());
        }
        PublicKey open = factory.generatePublic(new X509EncodedKeySpec(Der.sequence(algorithm, Der.bits(point))));
        return new LoadedKey(secret, Optional.of(open));
    }

    /// Reads PKCS #1.
    static LoadedKey readPkcs1(byte[] der) throws GeneralSecurityException {
        byte[] algorithm = Der.sequence(Der.oid(RSA_ENCRYPTION), new byte[] {5, 0});
        return readPkcs8(Der.sequence(Der.integer(0), algorithm, Der.octets(der)));
    }

    /// Reads PKCS #8.
    static LoadedKey readPkcs8(byte[] der) throws GeneralSecurityException {
        DerReader info = new DerReader(der).enter(Der.SEQUENCE);
        info.integer();
        String algorithm = info.enter(Der.SEQUENCE).oid();
        if (algorithm.equals(EC_PUBLIC_KEY)) {
            return readEllipticPkcs8(der, info.contents(Der.OCTET_STRING));
        }
        KeyFactory factory = KeyFactory.getInstance(algorithm.equals(RSA_ENCRYPTION) ? "RSA" : algorithm);
        PrivateKey secret = factory.generatePrivate(new PKCS8EncodedKeySpec(der));
        if (secret instanceof RSAPrivateCrtKey rsa) {
            RSAPublicKeySpec open = new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent());
            return new LoadedKey(secret, Optional.of(factory.generatePublic(open)));
        }
        return new LoadedKey(secret, Optional.empty());
    }

    private static LoadedKey readEllipticPkcs8(byte[] der, byte[] sec1) throws GeneralSecurityException {
        PrivateKey secret = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
        try {
            return new LoadedKey(secret, readSec1(sec1).open());
        } catch (GeneralSecurityException otherCurve) {
            return new LoadedKey(secret, Optional.empty());
        }
    }

    /// Reads a `SubjectPublicKeyInfo`.
    static PublicKey readPublic(byte[] der) throws GeneralSecurityException {
        String algorithm = new DerReader(der).enter(Der.SEQUENCE).enter(Der.SEQUENCE).oid();
        String name = switch (algorithm) {
            case EC_PUBLIC_KEY -> "EC";
            case RSA_ENCRYPTION -> "RSA";
            default -> algorithm;
        };
        return KeyFactory.getInstance(name).generatePublic(new X509EncodedKeySpec(der));
    }
}
