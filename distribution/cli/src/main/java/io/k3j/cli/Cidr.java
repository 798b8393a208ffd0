package io.k3j.cli;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;

/// A network in prefix notation.
record Cidr(InetAddress base, int bits) {
    /// @throws IllegalArgumentException when it is not one
    static Cidr parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("no prefix length");
        }
        InetAddress base = InetAddress.ofLiteral(text.substring(0, slash));
        int bits = Integer.parseInt(text.substring(slash + 1));
        if (bits < 0 || bits > base.getAddress().length * 8) {
            throw new IllegalArgumentException("prefix length out of range");
        }
        return new Cidr(base, bits);
    }

    /// Whether it is an IPv6 network.
    boolean six() {
        return base.getAddress().length == 16;
    }

    /// The n-th address of the network.
    String address(int n) {
        int length = base.getAddress().length;
        BigInteger host = BigInteger.ONE.shiftLeft(length * 8 - bits).subtract(BigInteger.ONE);
        BigInteger first = new BigInteger(1, base.getAddress()).andNot(host);
        byte[] bytes = first.add(BigInteger.valueOf(n)).toByteArray();
        byte[] padded = new byte[length];
        int copy = Math.min(bytes.length, length);
        System.arraycopy(bytes, bytes.length - copy, padded, length - copy, copy);
        try {
            return InetAddress.getByAddress(padded).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
