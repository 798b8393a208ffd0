package io.k3j.cli;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/// Whether a file is a whole snapshot of etcd, plain or zipped: the last 32 bytes are the SHA-256 of those before.
/// Looked at before anything of a restore is written.
final class SnapshotCheck {
    private static final int HASH_BYTES = 32;
    private static final int BLOCK = 512;
    private static final int PIECE = 1 << 16;

    private SnapshotCheck() {
    }

    /// What is wrong with it.
    static Optional<String> problem(Path file) {
        if (!Files.exists(file)) {
            return Optional.of("etcd: snapshot path does not exist: " + file);
        }
        try (InputStream in = Files.newInputStream(file)) {
            return file.toString().endsWith(".zip") ? zipped(in, file) : plain(in, file);
        } catch (ZipException | EOFException damaged) {
            return Optional.of(damaged(file, String.valueOf(damaged.getMessage())));
        } catch (IOException unreadable) {
            return Optional.of("the snapshot " + file + " cannot be read: " + unreadable.getMessage());
        }
    }

    private static Optional<String> zipped(InputStream in, Path file) throws IOException {
        ZipInputStream zip = new ZipInputStream(in);
        return zip.getNextEntry() == null ? Optional.of(damaged(file, "it is no zip file")) : plain(zip, file);
    }

    private static Optional<String> plain(InputStream in, Path file) throws IOException {
        MessageDigest digest = digest();
        byte[] tail = new byte[0];
        long size = 0;
        for (byte[] piece = in.readNBytes(PIECE); piece.length > 0; piece = in.readNBytes(PIECE)) {
            byte[] both = Arrays.copyOf(tail, tail.length + piece.length);
            System.arraycopy(piece, 0, both, tail.length, piece.length);
            int known = Math.max(0, both.length - HASH_BYTES);
            digest.update(both, 0, known);
            tail = Arrays.copyOfRange(both, known, both.length);
            size += piece.length;
        }
        if (size % BLOCK != HASH_BYTES) {
            return Optional.of(damaged(file, "it is cut off, or none"));
        }
        return MessageDigest.isEqual(digest.digest(), tail) ? Optional.empty()
                : Optional.of(damaged(file, "its hash does not fit"));
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String damaged(Path file, String why) {
        return "the snapshot " + file + " is damaged: " + why + "; nothing was changed, take another snapshot";
    }
}
