package io.k3j.images;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/// Writes a tar archive, the same bytes for the same content: everything has one time, and belongs to root unless
/// said otherwise. See <https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html> for `ustar`.
public final class Tar {
    private static final int BLOCK = 512;
    /// The longest name, and the longest directory before it.
    private static final int NAME = 100;
    private static final int PREFIX = 155;
    private final OutputStream out;
    private final Instant time;

    /// An archive that is complete after [#end].
    ///
    /// @param time when everything in it was changed last, to the second
    public Tar(OutputStream out, Instant time) {
        this.out = out;
        this.time = time;
    }

    /// A file from memory.
    public Tar file(String name, int mode, byte[] content) throws IOException {
        head(new Head(name, mode, 0, content.length, '0', ""));
        out.write(content);
        pad(content.length);
        return this;
    }

    /// A file of `size` bytes.
    /// @throws IOException when there are more or less
    public Tar file(String name, int mode, InputStream content, long size) throws IOException {
        head(new Head(name, mode, 0, size, '0', ""));
        long copied = content.transferTo(out);
        if (copied != size) {
            throw new IOException(name + " has " + copied + " bytes instead of " + size);
        }
        pad(size);
        return this;
    }

    /// A directory.
    public Tar directory(String name, int mode) throws IOException {
        return directory(name, mode, 0);
    }

    /// A directory of a user, whose group has the same number.
    public Tar directory(String name, int mode, int owner) throws IOException {
        head(new Head(name + "/", mode, owner, 0, '5', ""));
        return this;
    }

    /// A symbolic link.
    public Tar link(String name, String target) throws IOException {
        head(new Head(name, 0777, 0, 0, '2', target));
        return this;
    }

    /// Writes the end of the archive; `out` stays open.
    public void end() throws IOException {
        out.write(new byte[2 * BLOCK]);
    }

    private record Head(String name, int mode, int owner, long size, char type, String target) {
    }

    private void head(Head head) throws IOException {
        byte[] h = new byte[BLOCK];
        int cut = head.name.length() <= NAME ? -1 : head.name.indexOf('/', head.name.length() - NAME - 1);
        put(h, 0, head.name.substring(cut + 1), NAME);
        put(h, 345, head.name.substring(0, Math.max(cut, 0)), PREFIX);
        put(h, 100, String.format("%07o", head.mode), 7);
        put(h, 108, String.format("%07o", head.owner), 7);
        put(h, 116, String.format("%07o", head.owner), 7);
        put(h, 124, String.format("%011o", head.size), 11);
        put(h, 136, String.format("%011o", time.getEpochSecond()), 11);
        put(h, 148, "        ", 8);
        h[156] = (byte) head.type;
        put(h, 157, head.target, NAME);
        put(h, 257, "ustar", 5);
        put(h, 263, "00", 2);
        int sum = 0;
        for (byte b : h) {
            sum += b & 0xff;
        }
        put(h, 148, String.format("%06o", sum), 6);
        h[154] = 0;
        out.write(h);
    }

    private static void put(byte[] head, int at, String text, int most) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > most) {
            throw new IllegalArgumentException("too long for a tar: " + text);
        }
        System.arraycopy(bytes, 0, head, at, bytes.length);
    }

    private void pad(long size) throws IOException {
        out.write(new byte[(int) ((BLOCK - size % BLOCK) % BLOCK)]);
    }
}
