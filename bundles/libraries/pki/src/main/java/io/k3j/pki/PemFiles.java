package io.k3j.pki;

import io.k3j.durablefiles.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/// Reads and writes small credential files. A file appears whole or not at all and never, not even for a moment, with
/// wider permissions than asked for. Any thread; writes block until the disk has synced (`durable-files`). Two writers
/// of one file leave the content of one of them.
public final class PemFiles {
    /// For its owner only: keys, tokens, kubeconfigs.
    public static final String SECRET = "rw-------";
    /// For everybody to read: certificates.
    public static final String OPEN = "rw-r--r--";
    /// Directories that hold secrets.
    public static final String SECRET_DIRECTORY = "rwx------";

    private PemFiles() {
    }

    /// Writes `text` to `file` by way of a neighbour of it; it is on stable storage when this returns. A file that is
    /// there is replaced, and its permissions with it.
    ///
    /// @param file in a directory that exists
    /// @param permissions in the form `rw-------`
    /// @throws IOException when it cannot be written; the old content stays then
    public static void write(Path file, String text, String permissions) throws IOException {
        DurableFiles.write(file, text, permissions);
    }

    /// A directory, with its parents, for its owner only. One that exists keeps its permissions.
    public static void directory(Path directory) throws IOException {
        DurableFiles.directories(directory, SECRET_DIRECTORY);
    }

    /// The text of a file in UTF-8, empty when there is no such file. Not bounded: these files are our own.
    /// @throws IOException when it is there and cannot be read
    public static Optional<String> read(Path file) throws IOException {
        try {
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    /// The certificates in a file, in order; none when there is no such file.
    /// @throws IOException naming the file, when it cannot be read or is damaged, with what to do
    public static List<X509Certificate> certificates(Path file) throws IOException {
        try {
            return Pem.certificates(read(file).orElse(""));
        } catch (IllegalArgumentException damaged) {
            throw damaged(file, damaged);
        }
    }

    /// The first private key in a file, empty when there is no such file or no private key in it.
    /// @throws IOException naming the file, when it cannot be read or is damaged, with what to do
    public static Optional<LoadedKey> key(Path file) throws IOException {
        try {
            List<LoadedKey> keys = Pem.keys(read(file).orElse(""));
            return keys.isEmpty() ? Optional.empty() : Optional.of(keys.getFirst());
        } catch (IllegalArgumentException damaged) {
            throw damaged(file, damaged);
        }
    }

    private static IOException damaged(Path file, IllegalArgumentException cause) {
        return new IOException(file + " is damaged (" + cause.getMessage()
                + "); restore it from a backup, or remove it and its key to have both made again", cause);
    }

    /// Writes a chain in its order, readable by everybody.
    public static void write(Path file, List<X509Certificate> chain) throws IOException {
        write(file, Pem.encode(chain), OPEN);
    }

    /// Writes a key in the form K3s has, readable by its owner.
    public static void write(Path file, KeyPair pair) throws IOException {
        write(file, Pem.encode(pair), SECRET);
    }
}
