package io.k3j.embeddedregistry;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// What another node gives under a digest. Its last piece comes out only when all of it has that digest, else an
/// [IOException] in its place: so nobody takes something else for whole. One thread.
final class CheckedBody extends InputStream {
    private static final int PIECE_BYTES = 64 << 10;
    private static final String SHA_256 = "sha256:";
    private final InputStream in;
    private final String digest;
    private final Runnable wrong;
    private final MessageDigest seen;
    private byte[] current = new byte[0];
    private byte[] next;
    private int at;

    /// Blocks until the first piece is there.
    ///
    /// @param wrong told when it is something else, before the exception
    CheckedBody(InputStream in, String digest, Runnable wrong) throws IOException {
        this.in = in;
        this.digest = digest;
        this.wrong = wrong;
        try {
            seen = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        next = piece();
    }

    /// Whether a digest can be checked: containerd's content has no others.
    static boolean checks(String reference) {
        return reference.startsWith(SHA_256);
    }

    /// Empty at the end, where all has been seen.
    private byte[] piece() throws IOException {
        byte[] piece = in.readNBytes(PIECE_BYTES);
        seen.update(piece);
        if (piece.length == 0 && !digest.equals(SHA_256 + HexFormat.of().formatHex(seen.digest()))) {
            wrong.run();
            throw new IOException("another content than " + digest);
        }
        return piece;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        if (at == current.length && next.length > 0) {
            current = next;
            at = 0;
            next = piece();
        }
        int n = Math.min(length, current.length - at);
        if (n == 0) {
            return length == 0 ? 0 : -1;
        }
        System.arraycopy(current, at, bytes, from, n);
        at += n;
        return n;
    }
}
