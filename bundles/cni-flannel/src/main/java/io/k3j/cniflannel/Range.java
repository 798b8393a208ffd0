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
        return new Range(InetAddress.ofLiteral(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
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
