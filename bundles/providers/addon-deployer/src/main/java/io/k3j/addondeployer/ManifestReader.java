package io.k3j.addondeployer;

import io.k3j.addondeployer.ManifestProblem.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Reads a manifest whole, or says why not. Blocks for the disk.
final class ManifestReader {
    /// How large a file may be. All of it is held in memory while it is applied.
    static final int MAX_FILE_BYTES = 8 << 20;

    private ManifestReader() {
    }

    /// A file's content.
    ///
    /// @param checksum SHA-256, as `spec.checksum` of the Addon
    record Content(byte[] bytes, String checksum) {
    }

    /// Reads a file that must not change meanwhile.
    /// @throws ManifestProblem in a sentence with what to type
    static Content read(Path path) throws ManifestProblem {
        try {
            FileStamp before = FileStamp.of(path);
            check(path, before);
            byte[] bytes;
            try (InputStream in = Files.newInputStream(path)) {
                bytes = in.readNBytes(MAX_FILE_BYTES + 1);
            }
            if (bytes.length > MAX_FILE_BYTES) {
                throw tooLarge(path, "more than " + bytes.length);
            }
            if (bytes.length != before.size() || !FileStamp.of(path).equals(before)) {
                throw ManifestProblem.unreadable(Kind.MOMENT, path + " changes while it is read");
            }
            return new Content(bytes, checksum(bytes));
        } catch (IOException e) {
            throw ManifestProblem.unreadable(Kind.TIME, path + " cannot be read: " + e.getMessage());
        }
    }

    private static void check(Path path, FileStamp stamp) throws ManifestProblem {
        if (!stamp.regular()) {
            throw ManifestProblem.unreadable(Kind.FILE, path + " is no ordinary file");
        }
        if (stamp.writableByAll()) {
            throw ManifestProblem.unreadable(Kind.FILE, path + " is not deployed because every user of this machine may"
                    + " write it; type: chmod o-w " + path);
        }
        if (stamp.size() > MAX_FILE_BYTES) {
            throw tooLarge(path, String.valueOf(stamp.size()));
        }
    }

    private static ManifestProblem tooLarge(Path path, String size) {
        return ManifestProblem.unreadable(Kind.FILE, path + " has " + size + " bytes; a manifest has at most "
                + MAX_FILE_BYTES + ", so put its objects into several files");
    }

    static String checksum(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
