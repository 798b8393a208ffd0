package io.k3j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// The commit this build was made from.
final class Commit {
    private Commit() {
    }

    /// Eight characters, or `unknown` outside a checkout.
    static String shortened() {
        try (InputStream in = Commit.class.getResourceAsStream("/io/k3j/cli/commit")) {
            String text = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
            return text.length() < 8 ? "unknown" : text.substring(0, 8);
        } catch (IOException e) {
            return "unknown";
        }
    }
}
