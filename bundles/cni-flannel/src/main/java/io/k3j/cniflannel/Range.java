package io.k3j.cniflannel;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;

/// A range of pod addresses, as `10.42.0.0/24`.
record Range(InetAddress base, int bits) {
    /// Reads the form objects have.
    /// @throws IllegalArgumentException when it is none
    static Range parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("no prefix length in " + text);
        }
        InetAddress base = InetAddress.ofLiteral(text.substring(0, slash));
        int bits = Integer.parseInt(text.substring(slash + 1));
        if (bits < 0 || bits > base.getAddress().length * 8) {
            throw new IllegalArgumentException("no such prefix length: " + text);
        }
        return new Range(base, bits);
    }

    /// Whether another range lies in this one.
    boolean contains(Range other) {
        byte[] mine = base.getAddress();
        byte[] its = other.base.getAddress();
        if (mine.length != its.length || other.bits < bits) {
            return false;
        }
        BigInteger difference = new BigInteger(1, mine).xor(new BigInteger(1, its));
        return difference.shiftRight(mine.length * 8 - bits).signum() == 0;
    }

    /// The range's own address, which is the other end of a tunnel to it.
    String address() {
        return base.getHostAddress();
    }

    boolean six() {
        return base.getAddress().length == 16;
    }

    /// The first address, which the node itself takes.
    String gateway() {
        byte[] raw = new BigInteger(1, base.getAddress()).add(BigInteger.ONE).toByteArray();
        byte[] bytes = new byte[base.getAddress().length];
        int n = Math.min(raw.length, bytes.length);
        System.arraycopy(raw, raw.length - n, bytes, bytes.length - n, n);
        try {
            return InetAddress.getByAddress(bytes).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return base.getHostAddress() + "/" + bits;
    }
}
