package io.k3j.corevalidation;

import io.k3j.componenthelpers.Cidr;
import io.k3j.model.Struct;
import io.k3j.validation.Addresses;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// What is wrong with texts of addresses and networks, in upstream's words with `StrictIPCIDRValidation`, which 1.36
/// has on: `IsValidIP`, `IsValidCIDR` and those for fields that are older than they. An empty list: nothing. Pure; any
/// thread; no name is resolved.
///
/// Fields that are older take IPv6 in any spelling; where they stay as they were, they are not looked at: the caller
/// knows what was there before.
public final class AddressProblems {
    private static final int V4_BITS = 32;
    private static final int V6_BITS = 128;

    private AddressProblems() {
    }

    /// An address of an older field.
    public static List<String> legacyIp(String text) {
        String wrong = Addresses.legacy(text);
        return wrong.isEmpty() ? List.of() : List.of(wrong);
    }

    /// An address in its only form.
    public static List<String> ip(String text) {
        List<String> wrong = legacyIp(text);
        if (!wrong.isEmpty()) {
            return wrong;
        }
        String canonical = Cidr.text(InetAddress.ofLiteral(text));
        return canonical.equals(text) ? List.of() : List.of(notCanonical(canonical));
    }

    /// A network of an older field.
    public static List<String> legacyCidr(String text) {
        int slash = text.indexOf('/');
        String length = slash < 0 ? "" : text.substring(slash + 1);
        if (Addresses.isPrefix(text) && Addresses.withoutZeros(length).equals(length)) {
            Cidr cidr = Cidr.parse(text);
            return cidr.equals(cidr.network()) ? List.of()
                    : List.of("must not have bits set beyond the prefix length");
        }
        if (!isSloppyCidr(text)) {
            return List.of(Addresses.MUST_BE_PREFIX);
        }
        return List.of(plain(text).equals(text) ? "must not have an IPv4-mapped IPv6 address"
                : "must not have leading 0s in IP or prefix length");
    }

    /// The same where the network may have stood there before.
    ///
    /// @param before what stood anywhere in the object
    public static List<String> legacyCidr(String text, Collection<String> before) {
        return before.contains(text) ? List.of() : legacyCidr(text);
    }

    /// A network in its only form.
    public static List<String> cidr(String text) {
        List<String> wrong = legacyCidr(text);
        if (!wrong.isEmpty()) {
            return wrong;
        }
        String canonical = Cidr.parse(text).toString();
        return canonical.equals(text) ? List.of() : List.of(notCanonical(canonical));
    }

    /// The network that those who are not strict read; IPv4 in the clothes of IPv6 is IPv4.
    ///
    /// @throws IllegalArgumentException when it is none
    public static Cidr sloppyCidr(String text) {
        if (!isSloppyCidr(text)) {
            throw new IllegalArgumentException(Addresses.MUST_BE_PREFIX);
        }
        String plain = plain(text);
        int slash = plain.indexOf('/');
        String address = plain.substring(0, slash);
        if (!Addresses.isMapped(address)) {
            return Cidr.parse(plain);
        }
        int bits = Integer.parseInt(plain.substring(slash + 1));
        return new Cidr(InetAddress.ofLiteral(address), Math.max(0, bits - V6_BITS + V4_BITS));
    }

    /// Whether a text is a network to those who are not strict.
    public static boolean isSloppyCidr(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return false;
        }
        String plain = plain(text);
        String address = plain.substring(0, plain.indexOf('/'));
        return Addresses.isPrefix(Addresses.isMapped(address) ? "::" + plain.substring(plain.indexOf('/')) : plain);
    }

    /// The address of a host with the length of its network.
    public static List<String> interfaceAddress(String text) {
        if (!isSloppyCidr(text)) {
            return List.of("must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)");
        }
        String canonical = sloppyCidr(text).toString();
        return canonical.equals(text) ? List.of() : List.of(notCanonical(canonical));
    }

    /// Upstream's warnings of an address that an older field has, which is one to those who are not strict.
    ///
    /// @param field where it stands
    public static List<String> ipWarnings(String field, String text) {
        if (!Addresses.isSloppy(text)) {
            return List.of();
        }
        String canonical = Cidr.text(InetAddress.ofLiteral(Addresses.withoutZeros(text)));
        if (!Addresses.isIp(text)) {
            return List.of(field + ": non-standard IP address \"" + text + "\" is invalid: use \"" + canonical + "\"");
        }
        return canonical.equals(text) ? List.of() : List.of(field + ": IPv6 address \"" + text
                + "\" should be in RFC 5952 canonical format (\"" + canonical + "\")");
    }

    /// Upstream's warnings of the addresses in `status.loadBalancer` of a Service or an Ingress.
    public static List<String> balancerWarnings(Struct object) {
        List<String> all = new ArrayList<>();
        List<Struct> entries = object.struct("status").struct("loadBalancer").seq("ingress").structs();
        for (int i = 0; i < entries.size(); i++) {
            all.addAll(ipWarnings("status.loadBalancer.ingress[" + i + "]", entries.get(i).text("ip")));
        }
        return all;
    }

    /// Upstream's warnings of a network that an older field has, which is one to those who are not strict.
    ///
    /// @param field where it stands
    public static List<String> cidrWarnings(String field, String text) {
        if (!isSloppyCidr(text)) {
            return List.of();
        }
        Cidr cidr = sloppyCidr(text);
        List<String> all = new ArrayList<>();
        if (!cidr.equals(cidr.network())) {
            all.add(field + ": CIDR value \"" + text + "\" is ambiguous in this context (should be \"" + cidr.network()
                    + "\" or \"" + new Cidr(cidr.base(), cidr.addressBits()) + "\"?)");
        }
        if (!Addresses.isPrefix(text) || !plain(text).equals(text)) {
            all.add(field + ": non-standard CIDR value \"" + text + "\" is invalid: use \"" + cidr.network() + "\"");
        }
        if (all.isEmpty() && cidr.ipv6() && !cidr.toString().equals(text)) {
            all.add(field + ": IPv6 CIDR value \"" + text + "\" should be in RFC 5952 canonical format (\"" + cidr
                    + "\")");
        }
        return all;
    }

    private static String notCanonical(String canonical) {
        return "must be in canonical form (\"" + canonical + "\")";
    }

    /// A network's text without zeros before numbers.
    private static String plain(String text) {
        int slash = text.indexOf('/');
        return Addresses.withoutZeros(text.substring(0, slash)) + "/"
                + Addresses.withoutZeros(text.substring(slash + 1));
    }
}
