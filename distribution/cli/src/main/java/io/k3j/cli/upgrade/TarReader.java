package io.k3j.cli.upgrade;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Reads a tar archive as the build makes it: regular files, directories and symbolic links, long names in GNU's way.
/// Anything else is refused, since who meets it guesses what it means. One thread; holds one block.
/// See <https://www.gnu.org/software/tar/manual/html_node/Standard.html>.
final class TarReader {
    private static final int BLOCK = 512;
    private static final int LONGEST_NAME = 4096;
    private static final int MOST_PADDING = 1 << 16;
    private static final int NAME = 100;
    private static final int PREFIX_AT = 345;
    private static final int PREFIX = 155;
    private static final int SUM_AT = 148;
    private static final int SUM_END = 156;
    private final InputStream in;
    private long left;
    private int padding;

    /// What comes next in an archive.
    ///
    /// @param type `0` a file, `5` a directory, `2` a link
    /// @param seconds the time of its last change, since 1970
    /// @param link where a link leads
    record Entry(String name, char type, int mode, long size, long seconds, String link) {
    }

    /// @param in unpacked
    TarReader(InputStream in) {
        this.in = in;
    }

    /// The next entry, whose content is what [#read] then gives; empty after the last one, whose end was verified.
    /// @throws IOException when the archive ends early, or is damaged, or holds what is refused
    Optional<Entry> next() throws IOException {
        in.skipNBytes(left + padding);
        left = 0;
        padding = 0;
        String name = "";
        String link = "";
        // one of each comes before an entry at most
        for (int longOnes = 0; longOnes <= 2; longOnes++) {
            byte[] head = block();
            if (empty(head)) {
                end();
                return Optional.empty();
            }
            verify(head);
            char type = (char) head[SUM_END];
            long size = octal(head, 124, 12);
            if (type == 'L' || type == 'K') {
                String text = text(size);
                name = type == 'L' ? text : name;
                link = type == 'K' ? text : link;
            } else {
                return Optional.of(entry(head, name, link, size));
            }
        }
        throw new IOException("more than one long name comes before an entry");
    }

    private Entry entry(byte[] head, String longName, String longLink, long size) throws IOException {
        String name = longName.isEmpty() ? shortName(head) : longName;
        char type = head[SUM_END] == 0 ? '0' : (char) head[SUM_END];
        if (type != '0' && type != '5' && type != '2') {
            throw new IOException(name + " is of type '" + type + "', which no release holds");
        }
        if (type != '0' && size != 0) {
            throw new IOException(name + " is no file and has a content");
        }
        left = size;
        padding = (int) ((BLOCK - size % BLOCK) % BLOCK);
        return new Entry(name, type, (int) octal(head, NAME, 8), size, octal(head, 136, 12),
                longLink.isEmpty() ? field(head, 157, NAME) : longLink);
    }

    private static String shortName(byte[] head) {
        boolean posix = head[262] == 0;
        String prefix = posix ? field(head, PREFIX_AT, PREFIX) : "";
        return (prefix.isEmpty() ? "" : prefix + "/") + field(head, 0, NAME);
    }

    /// Some bytes of the content of the current entry; -1 after the last one.
    int read(byte[] to) throws IOException {
        if (left == 0) {
            return -1;
        }
        int count = in.read(to, 0, (int) Math.min(left, to.length));
        if (count < 0) {
            throw new EOFException("the archive ends within a file");
        }
        left -= count;
        return count;
    }

    private String text(long size) throws IOException {
        if (size > LONGEST_NAME) {
            throw new IOException("a name has " + size + " bytes; " + LONGEST_NAME + " are the most");
        }
        byte[] bytes = in.readNBytes((int) size);
        in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
        return field(bytes, 0, bytes.length);
    }

    private byte[] block() throws IOException {
        byte[] block = in.readNBytes(BLOCK);
        if (block.length < BLOCK) {
            throw new EOFException("the archive ends early");
        }
        return block;
    }

    /// A second block without content, and what tar fills its last record with.
    private void end() throws IOException {
        if (!empty(block())) {
            throw new IOException("the archive's end is damaged");
        }
        byte[] rest = in.readNBytes(MOST_PADDING);
        if (!empty(rest) || in.read() >= 0) {
            throw new IOException("something comes after the archive's end");
        }
    }

    private static boolean empty(byte[] block) {
        for (byte one : block) {
            if (one != 0) {
                return false;
            }
        }
        return true;
    }

    private static void verify(byte[] head) throws IOException {
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= SUM_AT && i < SUM_END ? ' ' : head[i] & 0xff;
        }
        if (sum != octal(head, SUM_AT, 8)) {
            throw new IOException("the checksum of an entry is wrong");
        }
    }

    private static long octal(byte[] head, int from, int length) throws IOException {
        String digits = field(head, from, length).strip();
        try {
            return digits.isEmpty() ? 0 : Math.max(0, Long.parseLong(digits, 8));
        } catch (NumberFormatException e) {
            throw new IOException("a number of an entry is damaged", e);
        }
    }

    private static String field(byte[] from, int at, int length) {
        int end = at;
        while (end < at + length && from[end] != 0) {
            end++;
        }
        return new String(from, at, end - at, StandardCharsets.ISO_8859_1);
    }
}
