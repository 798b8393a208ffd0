package io.k3j.pki;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One authority of a cluster: its chain, itself first, and its key. Signs in K3s' profiles: key usage
/// signature and encipherment, a key identifier, no basic constraints on leaves.
public record CertificateAuthority(List<X509Certificate> chain, PrivateKey key) {
    /// How long authorities are valid.
    public static final Duration TEN_YEARS = Duration.ofDays(3650);

    private static final String AUTHORITY_KEY = "2.5.29.35";
    private static final int SERIAL_BITS = 63;
    private static final int EXPLICIT_0 = 0xa0;
    private static final int EXPLICIT_3 = 0xa3;
    private static final int IMPLICIT_0 = 0x80;

    /// Copies the chain.
    public CertificateAuthority {
        chain = List.copyOf(chain);
    }

    /// A new self-signed authority named `<prefix>-ca@<unix time>`, valid for ten years.
    public static CertificateAuthority selfSigned(String prefix, KeyPair pair, Instant now, RandomGenerator random) {
        byte[] name = DistinguishedName.encode(prefix + "-ca@" + now.getEpochSecond(), List.of());
        byte[] extensions = Der.sequence(Extensions.authorityUsage(), Extensions.authorityConstraints(),
                Extensions.keyIdentifier(identifier(pair.getPublic())));
        byte[] body = body(serial(random), pair.getPrivate(), name, now, now.plus(TEN_YEARS), name, pair.getPublic(),
                extensions);
        return new CertificateAuthority(List.of(signed(body, pair.getPrivate())), pair.getPrivate());
    }

    /// The authority itself.
    public X509Certificate certificate() {
        return chain.getFirst();
    }

    /// A leaf for `subjectKey`. Its validity begins with the authority's own, so that a clock that
    /// is behind somewhere does no harm.
    public X509Certificate sign(Profile profile, PublicKey subjectKey, Instant now, RandomGenerator random) {
        List<byte[]> extensions = new ArrayList<>();
        extensions.add(Extensions.leafUsage());
        extensions.add(Extensions.extendedUsage(profile.usages()));
        byte[] ownIdentifier = ownIdentifier();
        if (ownIdentifier != null) {
            byte[] value = Der.sequence(Der.tagged(IMPLICIT_0, ownIdentifier));
            extensions.add(Extensions.extension(AUTHORITY_KEY, false, value));
        }
        if (!profile.dnsNames().isEmpty() || !profile.addresses().isEmpty()) {
            extensions.add(Extensions.alternativeNames(profile.dnsNames(), profile.addresses()));
        }
        byte[] all = Der.sequence(extensions.toArray(byte[][]::new));
        byte[] body = body(serial(random), key, certificate().getSubjectX500Principal().getEncoded(),
                certificate().getNotBefore().toInstant(), now.plus(profile.validity()),
                DistinguishedName.encode(profile.commonName(), profile.organizations()), subjectKey, all);
        return signed(body, key);
    }

    private byte @Nullable [] ownIdentifier() {
        byte[] extension = certificate().getExtensionValue("2.5.29.14");
        if (extension == null) {
            return null;
        }
        byte[] value = new DerReader(extension).contents(Der.OCTET_STRING);
        return new DerReader(value).contents(Der.OCTET_STRING);
    }

    // what is signed: the eight fields of RFC 5280 §4.1 in their order
    @SuppressWarnings("checkstyle:ParameterNumber")
    private static byte[] body(BigInteger serial, PrivateKey signer, byte[] issuer, Instant from, Instant to,
            byte[] subject, PublicKey subjectKey, byte[] extensions) {
        return Der.sequence(Der.tagged(EXPLICIT_0, Der.integer(2)), Der.integer(serial), algorithm(signer), issuer,
                Der.sequence(Der.time(from), Der.time(to)), subject, subjectKey.getEncoded(),
                Der.tagged(EXPLICIT_3, extensions));
    }

    private static BigInteger serial(RandomGenerator random) {
        byte[] bytes = new byte[8];
        random.nextBytes(bytes);
        return new BigInteger(1, bytes).shiftRight(Long.SIZE - SERIAL_BITS).add(BigInteger.ONE);
    }

    private static byte[] identifier(PublicKey key) {
        try {
            DerReader info = new DerReader(key.getEncoded()).enter(Der.SEQUENCE);
            info.element();
            return MessageDigest.getInstance("SHA-1").digest(info.bits());
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    private static byte[] algorithm(PrivateKey signer) {
        if (signer instanceof ECKey elliptic) {
            int bits = elliptic.getParams().getOrder().bitLength();
            return Der.sequence(Der.oid("1.2.840.10045.4.3." + (bits <= 256 ? 2 : bits <= 384 ? 3 : 4)));
        }
        return Der.sequence(Der.oid("1.2.840.113549.1.1.11"), new byte[] {5, 0});
    }

    private static String algorithmName(PrivateKey signer) {
        if (signer instanceof ECKey elliptic) {
            int bits = elliptic.getParams().getOrder().bitLength();
            return bits <= 256 ? "SHA256withECDSA" : bits <= 384 ? "SHA384withECDSA" : "SHA512withECDSA";
        }
        return "SHA256withRSA";
    }

    private static X509Certificate signed(byte[] body, PrivateKey signer) {
        try {
            Signature signature = Signature.getInstance(algorithmName(signer));
            signature.initSign(signer);
            signature.update(body);
            return Pem.certificate(Der.sequence(body, algorithm(signer), Der.bits(signature.sign())));
        } catch (GeneralSecurityException refused) {
            throw new IllegalStateException("cannot sign with this authority's key", refused);
        }
    }
}
