package io.k3j.dnsmessage;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Domain names between their wire form (RFC 1035 §3.1, §4.1.4) and text without the trailing dot; the root is empty.
/// A dot or backslash inside a label has a backslash before it, so that no label is taken for two. Pure.
public final class DomainNames {
    /// The longest label and the longest name in wire form.
    static final int LABEL = 63;
    static final int LONGEST = 255;
    private static final int POINTER = 0xC0;
    /// More than any name has use for, each pointer being to a label or more of it; a message may hold thousands in a
    /// row, and every name of it may lead through all of them.
    static final int MOST_POINTERS = 126;
    private static final String FORWARD = "a compression pointer that leads forward";
    private static final String TOO_MANY = "more than " + MOST_POINTERS
            + " compression pointers in a name (MOST_POINTERS)";

    private DomainNames() {
    }

    /// Reads a name of a query, which is never compressed.
    /// @param b at the first length byte; left right after the name
    /// @return the labels with dots between them, spelled as they came
    /// @throws IllegalArgumentException or `BufferUnderflowException` for a broken one
    public static String plain(ByteBuffer b) {
        return read(b, false);
    }

    /// Reads a name that may be compressed. A pointer leads backwards only, so reading ends, and a name that would
    /// grow beyond 255 bytes is refused.
    /// @param b at the first length byte, backed by the whole message; left after the name or its first pointer
    /// @throws IllegalArgumentException or `BufferUnderflowException` for a broken one
    public static String compressed(ByteBuffer b) {
        return read(b, true);
    }

    /// Follows pointers while they lead backwards; [#LONGEST] bounds what they make.
    private static String read(ByteBuffer b, boolean pointers) {
        StringBuilder name = new StringBuilder(48);
        int at = b.position();
        int floor = at;
        boolean jumped = false;
        int size = 0;
        int followed = 0;
        while (true) {
            int length = b.get(at) & 0xFF;
            if ((length & POINTER) == POINTER && pointers) {
                int target = (length & ~POINTER) << 8 | b.get(at + 1) & 0xFF;
                if (target >= floor || ++followed > MOST_POINTERS) {
                    throw new IllegalArgumentException(target >= floor ? FORWARD : TOO_MANY);
                }
                if (!jumped) {
                    b.position(at + 2);
                    jumped = true;
                }
                at = target;
                floor = target;
                continue;
            }
            if (length > LABEL || (size += length + 1) > LONGEST || at + length >= b.limit()) {
                throw new IllegalArgumentException("bad name");
            }
            if (length == 0) {
                break;
            }
            if (!name.isEmpty()) {
                name.append('.');
            }
            label(name, b, at + 1, length);
            at += length + 1;
        }
        if (!jumped) {
            b.position(at + 1);
        }
        return name.toString();
    }

    private static void label(StringBuilder name, ByteBuffer b, int from, int length) {
        for (int i = from; i < from + length; i++) {
            char c = (char) (b.get(i) & 0xFF);
            if (c == '.' || c == '\\') {
                name.append('\\');
            }
            name.append(c);
        }
    }

    /// The wire form, not compressed.
    /// @param name with or without escapes, never with a dot at its end; empty for the root
    /// @return length bytes and labels, ended by the root's zero
    /// @throws IllegalArgumentException when a label or the whole is too long, or a label is empty
    public static byte[] wire(String name) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(name.length() + 2);
        int from = 0;
        while (from < name.length()) {
            int end = labelEnd(name, from);
            byte[] label = unescaped(name, from, end);
            if (label.length == 0 || label.length > LABEL) {
                throw new IllegalArgumentException("a label of " + label.length + " bytes in " + name);
            }
            out.write(label.length);
            out.writeBytes(label);
            from = end + 1;
        }
        out.write(0);
        if (out.size() > LONGEST) {
            throw new IllegalArgumentException("a name of " + out.size() + " bytes");
        }
        return out.toByteArray();
    }

    /// The bytes of a label; a backslash gives way to what it stands before.
    private static byte[] unescaped(String name, int from, int end) {
        byte[] label = new byte[end - from];
        int n = 0;
        for (int i = from; i < end; i++) {
            char c = name.charAt(i);
            if (c == '\\' && i + 1 < end) {
                c = name.charAt(++i);
            }
            label[n++] = (byte) c;
        }
        return n == label.length ? label : Arrays.copyOf(label, n);
    }

    /// Where the label that begins at `from` ends: the index of its dot, or the length.
    /// @param from where a label begins, so that `labelEnd + 1` is where the next one does
    public static int labelEnd(String name, int from) {
        for (int i = from; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '.') {
                return i;
            }
        }
        return name.length();
    }

    /// ASCII letters in lower case, everything else as it is (RFC 4343).
    /// @return the same object when there is nothing to change, which is nearly always
    public static String lower(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                char[] all = name.toCharArray();
                for (int j = i; j < all.length; j++) {
                    all[j] = all[j] >= 'A' && all[j] <= 'Z' ? (char) (all[j] + ('a' - 'A')) : all[j];
                }
                return new String(all);
            }
        }
        return name;
    }

    /// A name as people write it: lower case, without the dot at its end.
    /// @param name as in a Corefile, a zone file or a hosts file
    public static String normal(String name) {
        return lower(name.endsWith(".") ? name.substring(0, name.length() - 1) : name);
    }

    /// Whether `name` is `zone` or below it; everything is below the root.
    /// @param name and `zone` in lower case, without the dot at their end
    public static boolean within(String name, String zone) {
        return zone.isEmpty() || name.endsWith(zone)
                && (name.length() == zone.length() || name.charAt(name.length() - zone.length() - 1) == '.');
    }
}
