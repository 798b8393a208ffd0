package io.k3j.cli.upgrade;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/// A tar of a release, opened once: whatever becomes of its name meanwhile, each reading is of the same file, and
/// says by its digest whether it found the same bytes. One thread.
final class ReleaseTar implements AutoCloseable {
    /// Packed. A release has a tenth of it.
    static final long MOST_BYTES = 2L << 30;
    private static final int BUFFER = 1 << 16;
    private final Path file;
    private final FileChannel channel;

    /// Is given each entry, and reads its content from `tar` as far as it likes.
    interface Visitor {
        void visit(String name, TarReader.Entry entry, TarReader tar) throws IOException;
    }

    /// @throws UpgradeProblem when there is no such file, or it is too large
    ReleaseTar(Path file) {
        this.file = file;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ);
            if (channel.size() > MOST_BYTES) {
                throw new UpgradeProblem(file + " has " + channel.size() + " bytes, and no release has more than "
                        + MOST_BYTES);
            }
        } catch (IOException e) {
            throw new UpgradeProblem("cannot read " + file + ": " + e + "; give the path of a k3s-….tar.gz", e);
        }
    }

    /// Reads it from its beginning to its end.
    ///
    /// @return the SHA-256 of all its bytes
    /// @throws UpgradeProblem when it is damaged, or holds what a release may not
    String read(Visitor visitor) {
        MessageDigest digest = sha256();
        try {
            channel.position(0);
            DigestInputStream bytes = new DigestInputStream(new Unclosed(Channels.newInputStream(channel)), digest);
            try (GZIPInputStream unpacked = new GZIPInputStream(bytes, BUFFER)) {
                TarReader tar = new TarReader(unpacked);
                TarRules rules = new TarRules();
                for (Optional<TarReader.Entry> next = tar.next(); next.isPresent(); next = tar.next()) {
                    visitor.visit(rules.accept(next.get()), next.get(), tar);
                }
            }
            bytes.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UpgradeProblem(file + " is damaged or no release: "
                    + (e.getMessage() == null ? "it ends early" : Printable.of(e.getMessage()))
                    + "; fetch it again", e);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // only read from
            System.getLogger("io.k3j.cli").log(System.Logger.Level.DEBUG, "tar not closed", e);
        }
    }

    /// Leaves the channel open for the next reading.
    private static final class Unclosed extends FilterInputStream {
        Unclosed(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] to, int from, int length) throws IOException {
            return in.read(to, from, length);
        }

        @Override
        public void close() {
            // by its owner
        }
    }
}
