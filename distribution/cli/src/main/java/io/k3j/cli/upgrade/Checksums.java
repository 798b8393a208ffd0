package io.k3j.cli.upgrade;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;

/// `sha256sum-<arch>.txt` beside a tar, as a release is published with.
///
/// @param file where it lies, there or not
record Checksums(Path file) {
    private static final long MOST_BYTES = 1 << 20;
    private static final int DIGITS = 64;

    static Checksums beside(Path tar, String architecture) {
        return new Checksums(tar.resolveSibling("sha256sum-" + architecture + ".txt"));
    }

    boolean exists() {
        return Files.exists(file);
    }

    /// What it says against a tar of this digest.
    Optional<String> problem(Path tar, String sum) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                return Optional.of(file + " is no list of checksums");
            }
            for (String line : Files.readString(file, StandardCharsets.ISO_8859_1).lines().toList()) {
                boolean named = line.length() > DIGITS + 2 && hex(line.substring(0, DIGITS))
                        && line.substring(DIGITS + 2).equals(String.valueOf(tar.getFileName()));
                if (named) {
                    return line.startsWith(sum) ? Optional.empty()
                            : Optional.of(tar + " is not what " + file + " says: its SHA-256 is " + sum
                                    + "; fetch both again");
                }
            }
            return Optional.of(file + " does not name " + tar.getFileName() + "; fetch the one of this release");
        } catch (IOException e) {
            return Optional.of("cannot read " + file + ": " + e);
        }
    }

    private static boolean hex(String digits) {
        try {
            return HexFormat.of().parseHex(digits).length == DIGITS / 2;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
