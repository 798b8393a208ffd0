package io.k3j.celvalues;

import dev.cel.common.types.OpaqueType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// An address of either family, as Go's `netip` has it.
public final class IpAddress implements Opaque {
    private final byte[] bytes;

    IpAddress(byte[] bytes) {
        this.bytes = bytes;
    }

    /// Null for what is none: names, zones, IPv4 in IPv6, leading zeros.
    public static @Nullable IpAddress parse(String text) {
        byte[] bytes = text.indexOf(':') >= 0 ? six(text) : four(text);
        return bytes == null ? null : new IpAddress(bytes);
    }

    private static byte @Nullable [] four(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return null;
        }
        byte[] bytes = new byte[4];
        for (int i = 0; i < 4; i++) {
            String p = parts[i];
            boolean number = !p.isEmpty() && p.length() <= 3 && p.chars().allMatch(c -> c >= '0' && c <= '9');
            if (!number || p.length() > 1 && p.charAt(0) == '0' || Integer.parseInt(p) > 255) {
                return null;
            }
            bytes[i] = (byte) Integer.parseInt(p);
        }
        return bytes;
    }

    private static byte @Nullable [] six(String text) {
        int gap = text.indexOf("::");
        if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
            return null;
        }
        byte[] front = groups(gap < 0 ? text : text.substring(0, gap));
        byte[] back = gap < 0 ? new byte[0] : groups(text.substring(gap + 2));
        if (front == null || back == null || (gap < 0 ? front.length != 16 : front.length + back.length > 14)) {
            return null;
        }
        byte[] bytes = Arrays.copyOf(front, 16);
        System.arraycopy(back, 0, bytes, 16 - back.length, back.length);
        return bytes;
    }

    private static byte @Nullable [] groups(String text) {
        if (text.isEmpty()) {
            return new byte[0];
        }
        String[] parts = text.split(":", -1);
        byte[] bytes = new byte[20];
        int n = 0;
        for (int i = 0; i < parts.length; i++) {
            byte[] four = i == parts.length - 1 && parts[i].indexOf('.') >= 0 ? four(parts[i]) : null;
            if (four != null && n <= 12) {
                System.arraycopy(four, 0, bytes, n, 4);
                n += 4;
                continue;
            }
            boolean hex = !parts[i].isEmpty() && parts[i].length() <= 4
                    && parts[i].chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 128);
            if (!hex || n > 14) {
                return null;
            }
            int group = Integer.parseInt(parts[i], 16);
            bytes[n++] = (byte) (group >> 8);
            bytes[n++] = (byte) group;
        }
        return Arrays.copyOf(bytes, n);
    }

    /// Whether it is of IPv4.
    public boolean isFour() {
        return bytes.length == 4;
    }

    /// `::ffff:0:0/96`.
    public boolean mapped() {
        return !isFour() && Arrays.equals(bytes, 0, 12, new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1}, 0, 12);
    }

    int at(int index) {
        return bytes[index] & 255;
    }

    /// How many bits it has.
    public int bits() {
        return bytes.length * 8;
    }

    /// With all bits behind the first ones cleared.
    public IpAddress masked(int prefix) {
        byte[] masked = bytes.clone();
        for (int i = 0; i < masked.length; i++) {
            int keep = Math.clamp(prefix - 8L * i, 0, 8);
            masked[i] &= (byte) (0xff00 >> keep);
        }
        return new IpAddress(masked);
    }

    /// Whether it is unspecified.
    public boolean zero() {
        return Arrays.equals(bytes, new byte[bytes.length]);
    }

    /// Whether it is of the machine itself.
    public boolean loopback() {
        return isFour() ? at(0) == 127 : masked(127).zero() && at(15) == 1;
    }

    /// Whether it is of a link.
    public boolean linkLocal() {
        return isFour() ? at(0) == 169 && at(1) == 254 : at(0) == 0xfe && (at(1) & 0xc0) == 0x80;
    }

    boolean multicast() {
        return isFour() ? (at(0) & 0xf0) == 0xe0 : at(0) == 0xff;
    }

    /// Whether it is of a group on a link.
    public boolean linkLocalMulticast() {
        return isFour() ? at(0) == 224 && at(1) == 0 && at(2) == 0 : at(0) == 0xff && (at(1) & 0x0f) == 2;
    }

    /// Whether it is anybody's, as Go's `IsGlobalUnicast`.
    public boolean globalUnicast() {
        boolean broadcast = isFour() && at(0) == 255 && at(1) == 255 && at(2) == 255 && at(3) == 255;
        return !broadcast && !zero() && !loopback() && !multicast() && !linkLocal();
    }

    @Override
    public OpaqueType type() {
        return Opaques.IP;
    }

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof IpAddress ip && Arrays.equals(bytes, ip.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /// The canonical text: the longest run of two zero groups or more is left out.
    @Override
    public String toString() {
        if (isFour()) {
            return at(0) + "." + at(1) + "." + at(2) + "." + at(3);
        }
        int from = -1;
        int length = 1;
        for (int i = 0; i < 8; i++) {
            int run = 0;
            while (i + run < 8 && group(i + run) == 0) {
                run++;
            }
            if (run > length) {
                from = i;
                length = run;
            }
        }
        StringBuilder b = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == from) {
                b.append("::");
                i += length - 1;
                continue;
            }
            b.append(!b.isEmpty() && b.charAt(b.length() - 1) != ':' ? ":" : "").append(Integer.toHexString(group(i)));
        }
        return b.toString();
    }

    private int group(int index) {
        return at(2 * index) << 8 | at(2 * index + 1);
    }
}
