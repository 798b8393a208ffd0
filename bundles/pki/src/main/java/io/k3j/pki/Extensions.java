package io.k3j.pki;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The extensions of our certificates (RFC 5280 §4.2), each as one element.
final class Extensions {
    private static final int DNS_NAME = 0x82;
    private static final int IP_ADDRESS = 0x87;

    private Extensions() {
    }

    static byte[] extension(String oid, boolean critical, byte[] value) {
        byte[] octets = Der.octets(value);
        return critical ? Der.sequence(Der.oid(oid), Der.yes(), octets) : Der.sequence(Der.oid(oid), octets);
    }

    /// Signature, encipherment, signing of certificates.
    static byte[] authorityUsage() {
        return usage(2, 0xa4);
    }

    /// Signature and encipherment.
    static byte[] leafUsage() {
        return usage(5, 0xa0);
    }

    private static byte[] usage(int unusedBits, int bits) {
        byte[] value = {(byte) unusedBits, (byte) bits};
        return extension("2.5.29.15", true, Der.tagged(Der.BIT_STRING, value));
    }

    static byte[] authorityConstraints() {
        return extension("2.5.29.19", true, Der.sequence(Der.yes()));
    }

    static byte[] keyIdentifier(byte[] identifier) {
        return extension("2.5.29.14", false, Der.octets(identifier));
    }

    static byte[] extendedUsage(Set<Profile.Usage> usages) {
        // server before client, whatever order the set has: equal profiles give equal bytes
        byte[][] oids = usages.stream().map(Profile.Usage::oid).sorted().map(Der::oid).toArray(byte[][]::new);
        return extension("2.5.29.37", false, Der.sequence(oids));
    }

    static byte[] alternativeNames(List<String> dnsNames, List<InetAddress> addresses) {
        List<byte[]> names = new ArrayList<>();
        for (String name : dnsNames) {
            names.add(Der.tagged(DNS_NAME, name.getBytes(StandardCharsets.US_ASCII)));
        }
        for (InetAddress address : addresses) {
            names.add(Der.tagged(IP_ADDRESS, address.getAddress()));
        }
        return extension("2.5.29.17", false, Der.sequence(names.toArray(byte[][]::new)));
    }
}
