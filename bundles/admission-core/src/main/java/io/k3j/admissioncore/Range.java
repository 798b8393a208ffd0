package io.k3j.admissioncore;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;

/// One range of service addresses. The lower end is kept for those who choose for themselves. Immutable.
/// See <https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/>.
/// @param text as it was written
/// @param base the network address
/// @param bits of an address: 32 or 128
/// @param size how many addresses there are, at most 2^20 are used
record Range(String text, BigInteger base, int bits, long size) {
    private static final int MOST_BITS = 20;
    private static final long BAND_LEAST = 16;
    private static final long BAND_MOST = 256;

    /// From `10.43.0.0/16`.
    /// @throws IllegalArgumentException when it is not an address range
    static Range parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("--service-cidr is no address range: " + text);
        }
        byte[] address = bytes(text.substring(0, slash));
        int bits = address.length * 8;
        int free = bits - Integer.parseInt(text.substring(slash + 1));
        BigInteger base = new BigInteger(1, address).shiftRight(free).shiftLeft(free);
        return new Range(text, base, bits, 1L << Math.min(free, MOST_BITS));
    }

    private static byte[] bytes(String address) {
        try {
            return InetAddress.ofLiteral(address).getAddress();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("no IP address: " + address, e);
        }
    }

    /// `IPv4` or `IPv6`.
    String family() {
        return bits == 32 ? "IPv4" : "IPv6";
    }

    /// The first place that is given away without being asked for.
    long band() {
        return Math.min(Math.max(BAND_LEAST, size / 16), BAND_MOST) + 1;
    }

    /// The address at a place; 0 is the network itself, and for IPv4 the last one broadcasts.
    String at(long place) {
        byte[] raw = base.add(BigInteger.valueOf(place)).toByteArray();
        byte[] full = new byte[bits / 8];
        int length = Math.min(raw.length, full.length);
        System.arraycopy(raw, raw.length - length, full, full.length - length, length);
        try {
            return InetAddress.getByAddress(full).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The last place that may be given away.
    long last() {
        return bits == 32 ? size - 2 : size - 1;
    }

    /// Whether an address lies inside, ends excluded.
    boolean contains(String address) {
        byte[] raw = bytes(address);
        if (raw.length * 8 != bits) {
            return false;
        }
        BigInteger place = new BigInteger(1, raw).subtract(base);
        return place.signum() > 0 && place.compareTo(BigInteger.valueOf(last())) <= 0;
    }
}
