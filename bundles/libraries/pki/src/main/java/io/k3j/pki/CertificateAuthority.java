package io.k3j.pki;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;

/// One authority of a cluster. Signs in K3s' profiles: key usage signature and encipherment, a key identifier, no basic
/// constraints on leaves. Immutable; any thread.
///
/// @param chain itself first, then what leads to its root; not empty
/// @param key that of the first
public record CertificateAuthority(List<X509Certificate> chain, PrivateKey key) {
    /// How long authorities are valid.
    public static final Duration TEN_YEARS = Duration.ofDays(3650);

    private static final int SERIAL_BITS = 63;

    /// Copies the chain.
    public CertificateAuthority {
        chain = List.copyOf(chain);
    }

    /// A new self-signed authority named `<prefix>-ca@<unix time>`, valid for ten years. K3s' name: the time in it
    /// keeps two authorities of one cluster apart.
    ///
    /// @param prefix as `k3s-server`
    /// @param now when its validity begins, in whole seconds as certificates have it
    public static CertificateAuthority selfSigned(String prefix, KeyPair pair, Instant now, RandomGenerator random) {
        X500Name name = DistinguishedName.of(prefix + "-ca@" + now.getEpochSecond(), List.of());
        X509v3CertificateBuilder body = new X509v3CertificateBuilder(name, serial(random), Date.from(now),
                Date.from(now.plus(TEN_YEARS)), name, info(pair.getPublic()));
        CertificateExtensions.authority(body, identifier(pair.getPublic()));
        return new CertificateAuthority(List.of(signed(body, pair.getPrivate())), pair.getPrivate());
    }

    /// The authority itself.
    public X509Certificate certificate() {
        return chain.getFirst();
    }

    /// A leaf for `subjectKey`. Its validity begins with the authority's own, so that a clock that is behind somewhere
    /// does no harm. It may end later than the authority's, which nobody believes then.
    ///
    /// @param now from which the profile's validity is counted
    /// @throws IllegalStateException when the authority's key cannot sign
    public X509Certificate sign(Profile profile, PublicKey subjectKey, Instant now, RandomGenerator random) {
        X500Name issuer = Asn1.read(certificate().getSubjectX500Principal().getEncoded(), X500Name::getInstance);
        X500Name subject = DistinguishedName.of(profile.commonName(), profile.organizations());
        X509v3CertificateBuilder body = new X509v3CertificateBuilder(issuer, serial(random),
                certificate().getNotBefore(), Date.from(now.plus(profile.validity())), subject, info(subjectKey));
        CertificateExtensions.leaf(body, profile.usages());
        ownIdentifier().ifPresent(identifier -> CertificateExtensions.issuer(body, identifier));
        if (!profile.dnsNames().isEmpty() || !profile.addresses().isEmpty()) {
            CertificateExtensions.alternativeNames(body, profile.dnsNames(), profile.addresses());
        }
        return signed(body, key);
    }

    /// A certificate as a policy has it.
    X509Certificate sign(SigningRequest request, SigningPolicy policy, Date from, Date until, RandomGenerator random) {
        X500Name issuer = Asn1.read(certificate().getSubjectX500Principal().getEncoded(), X500Name::getInstance);
        X509v3CertificateBuilder body = new X509v3CertificateBuilder(issuer, serial(random), from, until,
                request.subject(), info(request.key()));
        CertificateExtensions.requested(body, policy.keyUsage(), policy.purposes(), request.signedNames());
        ownIdentifier().ifPresent(identifier -> CertificateExtensions.issuer(body, identifier));
        return signed(body, key);
    }

    /// Whether a certificate is from this authority, to decide whether it is to be made again: whom to trust is decided
    /// by signatures. Where it names the key that signed it, that is looked at, which costs a starting process nothing;
    /// else its signature is verified ([#signed]).
    public boolean issued(X509Certificate leaf) {
        Optional<byte[]> own = ownIdentifier();
        Optional<byte[]> named = Optional.ofNullable(leaf.getExtensionValue(Extension.authorityKeyIdentifier.getId()))
                .map(octets -> Asn1.read(octets, ASN1OctetString::getInstance).getOctets())
                .map(value -> Asn1.read(value, AuthorityKeyIdentifier::getInstance).getKeyIdentifierOctets());
        if (own.isPresent() && named.isPresent()) {
            return Arrays.equals(own.get(), named.get())
                    && leaf.getIssuerX500Principal().equals(certificate().getSubjectX500Principal());
        }
        return signed(leaf);
    }

    /// Whether a certificate's signature is by this authority's key. Costs a cold process some milliseconds.
    public boolean signed(X509Certificate leaf) {
        try {
            leaf.verify(certificate().getPublicKey());
            return true;
        } catch (GeneralSecurityException otherAuthority) {
            return false;
        }
    }

    /// Empty for authorities of operators that have none: leaves do not name it then.
    private Optional<byte[]> ownIdentifier() {
        return Optional.ofNullable(certificate().getExtensionValue(Extension.subjectKeyIdentifier.getId()))
                .map(octets -> Asn1.read(octets, ASN1OctetString::getInstance).getOctets())
                .map(value -> Asn1.read(value, SubjectKeyIdentifier::getInstance).getKeyIdentifier());
    }

    private static SubjectPublicKeyInfo info(PublicKey key) {
        return Asn1.read(key.getEncoded(), SubjectPublicKeyInfo::getInstance);
    }

    /// Positive and never zero (RFC 5280 §4.1.2.2), and not to be guessed.
    private static BigInteger serial(RandomGenerator random) {
        byte[] bytes = new byte[8];
        random.nextBytes(bytes);
        return new BigInteger(1, bytes).shiftRight(Long.SIZE - SERIAL_BITS).add(BigInteger.ONE);
    }

    /// RFC 5280 §4.2.1.2, first method: a name, which SHA-1 is good enough for.
    private static byte[] identifier(PublicKey key) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(info(key).getPublicKeyData().getOctets());
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    private static X509Certificate signed(X509v3CertificateBuilder body, PrivateKey signer) {
        return Pem.certificate(Asn1.der(body.build(new KeySigner(signer)).toASN1Structure()));
    }
}
