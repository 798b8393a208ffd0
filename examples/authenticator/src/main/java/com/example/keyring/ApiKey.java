package com.example.keyring;

import io.k3j.apiserverapi.Caller;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/// What one object of the kind `ApiKey` says: whoever shows the secret with this digest is that user.
///
/// @param digest SHA-256 of the secret; empty when what is written is none, which fits no secret
/// @param until when it ends
record ApiKey(Caller caller, byte[] digest, Instant until) {
    /// Users and groups of the cluster's own are nobody's by a key: who may write keys would be administrator.
    private static final String RESERVED = "system:";
    private static final byte[] NONE = {};

    static ApiKey of(Obj object) {
        Struct spec = object.spec();
        return new ApiKey(Caller.of(spec.text("user"), List.copyOf(spec.seq("groups").texts())),
                digest(spec.text("sha256")), until(spec.text("until")));
    }

    private static byte[] digest(String hex) {
        try {
            return HexFormat.of().parseHex(hex);
        } catch (IllegalArgumentException e) {
            return NONE;
        }
    }

    /// What cannot be read has ended.
    private static Instant until(String text) {
        try {
            return text.isEmpty() ? Instant.MAX : Instant.parse(text);
        } catch (DateTimeException e) {
            return Instant.MIN;
        }
    }

    /// Why this secret is nobody at that time; empty when it is the caller's.
    String objection(String secret, Instant now) {
        if (!MessageDigest.isEqual(digest, sha256(secret))) {
            return "the secret is another one";
        }
        if (!now.isBefore(until)) {
            return "it has ended";
        }
        boolean reserved = caller.user().startsWith(RESERVED)
                || caller.groups().stream().anyMatch(group -> group.startsWith(RESERVED));
        return caller.user().isEmpty() || reserved
                ? "no key stands for nobody, or for a name that begins with " + RESERVED : "";
    }

    private static byte[] sha256(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
