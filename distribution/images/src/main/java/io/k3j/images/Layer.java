package io.k3j.images;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;

/// A layer of an image: a tar, as it is or compressed.
///
/// @param type the end of its media type
/// @param diff the digest of the tar
/// @param digest the digest of its bytes
/// @param size how many those are
/// @param content where they are read from
public record Layer(String type, String diff, String digest, long size, Content content) {
    private static final int BUFFER = 1 << 16;

    /// The bytes of a layer; may be read any number of times.
    public interface Content {
        /// Opens them.
        InputStream open() throws IOException;
    }

    /// Writes the tar of a layer.
    public interface Writer {
        /// Writes all of it; `out` stays open.
        void write(OutputStream out) throws IOException;
    }

    /// A small one, as it is, in memory.
    public static Layer plain(byte[] tar) {
        MessageDigest digest = sha256();
        digest.update(tar);
        String text = text(digest);
        return new Layer("tar", text, text, tar.length, () -> new ByteArrayInputStream(tar));
    }

    /// A compressed one, in a file that is made.
    public static Layer compressed(Path file, Writer writer) throws IOException {
        MessageDigest whole = sha256();
        MessageDigest inner = sha256();
        try (OutputStream raw = new BufferedOutputStream(Files.newOutputStream(file), BUFFER);
                OutputStream zip = new GZIPOutputStream(new DigestOutputStream(raw, whole), BUFFER);
                OutputStream tar = new BufferedOutputStream(new DigestOutputStream(zip, inner), BUFFER)) {
            writer.write(tar);
        }
        return new Layer("tar+gzip", text(inner), text(whole), Files.size(file), () -> Files.newInputStream(file));
    }

    /// One that holds what is compressed already, as it is, in a file that is made.
    public static Layer stored(Path file, Writer writer) throws IOException {
        MessageDigest digest = sha256();
        try (OutputStream raw = new BufferedOutputStream(Files.newOutputStream(file), BUFFER);
                OutputStream tar = new BufferedOutputStream(new DigestOutputStream(raw, digest), BUFFER)) {
            writer.write(tar);
        }
        String text = text(digest);
        return new Layer("tar", text, text, Files.size(file), () -> Files.newInputStream(file));
    }

    private static String text(MessageDigest digest) {
        return "sha256:" + HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
