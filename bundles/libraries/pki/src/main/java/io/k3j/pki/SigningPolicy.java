package io.k3j.pki;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/// How the signers of CertificateSigningRequests make certificates, as upstream's `PermissiveSigningPolicy`: subject
/// and alternative names as asked for, the usages of the API object, never an authority, and no longer valid than the
/// authority itself. Pure; any thread.
///
/// @param usages as the API calls them, `client auth`
/// @param validity how long the certificate is valid
public record SigningPolicy(List<String> usages, Duration validity) {
    /// So much earlier than now the validity begins, for clocks that are behind.
    private static final Duration BACKDATE = Duration.ofMinutes(5);
    /// Shorter ones do not lose what they begin earlier.
    private static final Duration SHORT = Duration.ofHours(8);
    private static final Map<String, Integer> KEY_USAGES = Map.ofEntries(
            Map.entry("signing", KeyUsage.digitalSignature), Map.entry("digital signature", KeyUsage.digitalSignature),
            Map.entry("content commitment", KeyUsage.nonRepudiation),
            Map.entry("key encipherment", KeyUsage.keyEncipherment), Map.entry("key agreement", KeyUsage.keyAgreement),
            Map.entry("data encipherment", KeyUsage.dataEncipherment), Map.entry("cert sign", KeyUsage.keyCertSign),
            Map.entry("crl sign", KeyUsage.cRLSign), Map.entry("encipher only", KeyUsage.encipherOnly),
            Map.entry("decipher only", KeyUsage.decipherOnly));
    private static final String PURPOSE = "1.3.6.1.5.5.7.3.";
    private static final Map<String, String> PURPOSES = Map.ofEntries(Map.entry("any", "2.5.29.37.0"),
            Map.entry("server auth", PURPOSE + 1), Map.entry("client auth", PURPOSE + 2),
            Map.entry("code signing", PURPOSE + 3), Map.entry("email protection", PURPOSE + 4),
            Map.entry("s/mime", PURPOSE + 4), Map.entry("ipsec end system", PURPOSE + 5),
            Map.entry("ipsec tunnel", PURPOSE + 6), Map.entry("ipsec user", PURPOSE + 7),
            Map.entry("timestamping", PURPOSE + 8), Map.entry("ocsp signing", PURPOSE + 9),
            Map.entry("microsoft sgc", "1.3.6.1.4.1.311.10.3.3"),
            Map.entry("netscape sgc", "2.16.840.1.113730.4.1"));

    /// Copies the list.
    public SigningPolicy {
        usages = List.copyOf(usages);
    }

    /// A certificate for a request.
    /// @throws IllegalArgumentException for usages nobody knows, and when the authority is no longer valid
    /// @throws IllegalStateException when the authority's key cannot sign
    public X509Certificate sign(CertificateAuthority authority, SigningRequest request, Instant now,
            RandomGenerator random) {
        Instant last = authority.certificate().getNotAfter().toInstant();
        if (!now.isBefore(last)) {
            throw new IllegalArgumentException("refusing to sign a certificate that expired in the past: NotAfter = "
                    + last);
        }
        Instant begin = now.minus(BACKDATE);
        Instant end = (validity.compareTo(SHORT) < 0 ? now : begin).plus(validity);
        return authority.sign(request, this, Date.from(begin), Date.from(end.isAfter(last) ? last : end), random);
    }

    /// The bits of the key's usage, 0 for none.
    int keyUsage() {
        int bits = 0;
        for (String usage : usages) {
            bits |= KEY_USAGES.getOrDefault(usage, 0);
        }
        return bits;
    }

    /// What the certificate may be shown for, empty for nothing in particular.
    ExtendedKeyUsage purposes() {
        Set<String> all = new TreeSet<>();
        for (String usage : usages) {
            String purpose = PURPOSES.get(usage);
            if (purpose == null && !KEY_USAGES.containsKey(usage)) {
                throw new IllegalArgumentException("unrecognized usage values: [\"" + usage + "\"]");
            }
            if (purpose != null) {
                all.add(purpose);
            }
        }
        return new ExtendedKeyUsage(all.stream().map(oid -> KeyPurposeId.getInstance(new ASN1ObjectIdentifier(oid)))
                .toArray(KeyPurposeId[]::new));
    }
}
