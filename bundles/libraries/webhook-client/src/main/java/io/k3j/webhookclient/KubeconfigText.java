package io.k3j.webhookclient;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What a kubeconfig holds, or a file that it names. It may be a key, so its text tells nothing of it. Immutable.
/// @param file null: it stands in the kubeconfig
/// @param text as it was when the kubeconfig was read
record KubeconfigText(@Nullable Path file, String text) {
    /// Files of this kind are longer only by mistake.
    static final int MOST_BYTES = 4 << 20;
    /// Nothing is given.
    static final KubeconfigText NONE = new KubeconfigText(null, "");

    /// Reads a file.
    static KubeconfigText of(Path file) throws IOException {
        return new KubeconfigText(file, read(file));
    }

    /// What is there now.
    String now() throws IOException {
        return file == null ? text : read(file);
    }

    /// The text of a file of a bounded size.
    static String read(Path file) throws IOException {
        return new String(bytes(file), StandardCharsets.UTF_8);
    }

    /// The bytes of a file of a bounded size.
    static byte[] bytes(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] all = in.readNBytes(MOST_BYTES + 1);
            if (all.length > MOST_BYTES) {
                throw new IOException("larger than " + MOST_BYTES + " bytes");
            }
            return all;
        }
    }

    /// Why a file cannot be read, in Go's words.
    /// @param action what was tried with it
    static String said(String action, Path of, IOException why) {
        return action + " " + of + ": " + switch (why) {
            case NoSuchFileException _ -> "no such file or directory";
            case AccessDeniedException _ -> "permission denied";
            default -> why.getMessage();
        };
    }

    @Override
    public String toString() {
        return file == null ? "text of a kubeconfig" : file.toString();
    }
}
