package io.k3j.pki;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.X509v3CertificateBuilder;

/// The extensions of our certificates (RFC 5280 §4.2), as K3s' have them. Pure.
final class CertificateExtensions {
    private CertificateExtensions() {
    }

    /// Those of an authority: signature, encipherment, signing of certificates. No bound for the chain below it.
    static void authority(X509v3CertificateBuilder certificate, byte[] keyIdentifier) {
        add(certificate, Extension.keyUsage, true,
                new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment | KeyUsage.keyCertSign));
        add(certificate, Extension.basicConstraints, true, new BasicConstraints(true));
        add(certificate, Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(keyIdentifier));
    }

    /// What every leaf has.
    static void leaf(X509v3CertificateBuilder certificate, Set<Profile.Usage> usages) {
        add(certificate, Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment));
        // server before client, whatever order the set has: equal profiles give equal bytes
        KeyPurposeId[] purposes = usages.stream().sorted((a, b) -> a.oid().compareTo(b.oid()))
                .map(usage -> KeyPurposeId.getInstance(new ASN1ObjectIdentifier(usage.oid())))
                .toArray(KeyPurposeId[]::new);
        add(certificate, Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
    }

    /// Those of a certificate that somebody asked for by a request; without what there is nothing of.
    static void requested(X509v3CertificateBuilder certificate, int keyUsage, ExtendedKeyUsage purposes,
            List<GeneralName> names) {
        if (keyUsage != 0) {
            add(certificate, Extension.keyUsage, true, new KeyUsage(keyUsage));
        }
        if (purposes.size() > 0) {
            add(certificate, Extension.extendedKeyUsage, false, purposes);
        }
        add(certificate, Extension.basicConstraints, true, new BasicConstraints(false));
        if (!names.isEmpty()) {
            add(certificate, Extension.subjectAlternativeName, false,
                    new GeneralNames(names.toArray(GeneralName[]::new)));
        }
    }

    /// Which key signed, for those who have to choose among authorities of one name.
    static void issuer(X509v3CertificateBuilder certificate, byte[] keyIdentifier) {
        add(certificate, Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(keyIdentifier));
    }

    /// For servers; a client's certificate has none. Not to be called without names: an empty extension is malformed.
    static void alternativeNames(X509v3CertificateBuilder certificate, List<String> dnsNames,
            List<InetAddress> addresses) {
        List<GeneralName> names = new ArrayList<>();
        dnsNames.forEach(name -> names.add(new GeneralName(GeneralName.dNSName, name)));
        addresses.forEach(one -> names.add(
                new GeneralName(GeneralName.iPAddress, new DEROctetString(one.getAddress()))));
        add(certificate, Extension.subjectAlternativeName, false,
                new GeneralNames(names.toArray(GeneralName[]::new)));
    }

    /// @param critical whether who does not know it must refuse the certificate
    private static void add(X509v3CertificateBuilder certificate, ASN1ObjectIdentifier type, boolean critical,
            ASN1Encodable value) {
        try {
            certificate.addExtension(type, critical, value);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
