package io.k3j.kubeletimages;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// What an image is pulled with, and whose it is.
///
/// @param auth a CRI `AuthConfig`; empty to be nobody
/// @param secret `uid`, `namespace`, `name` and `credentialHash` of the Secret it is from; empty for what every pod of
/// the node may use
record PullCredential(Struct auth, Struct secret) {
    /// Of the node: its programs', or none.
    static PullCredential ofNode(Struct auth) {
        return new PullCredential(auth, Struct.EMPTY);
    }

    /// Of a pull secret.
    static PullCredential ofSecret(Struct auth, String uid, String namespace, String name) {
        return new PullCredential(auth, Struct.of("uid", uid, "namespace", namespace, "name", name, "credentialHash",
                hash(Json.text(auth))));
    }

    /// In hexadecimal digits.
    static String hash(String text) {
        try {
            return HexFormat.of().formatHex(
                    MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each JDK has SHA-256", e);
        }
    }
}
