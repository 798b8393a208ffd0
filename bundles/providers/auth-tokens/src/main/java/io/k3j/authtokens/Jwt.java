package io.k3j.authtokens;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// A signed token in compact form (RFC 7519), by a [SigningAlgorithm]. Immutable.
/// @param signed the first two parts, which are covered by the signature
record Jwt(Struct header, Struct claims, String signed, byte[] signature) {
    /// Longer tokens are rejected without parsing.
    static final int MAX_CHARS = 16 * 1024;
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    /// Parses a token without verifying it; empty when it is no JWT.
    static Optional<Jwt> parse(String token) {
        int first = token.indexOf('.');
        int second = token.indexOf('.', first + 1);
        if (first < 1 || second < 0 || token.indexOf('.', second + 1) >= 0 || token.length() > MAX_CHARS) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Jwt(struct(token.substring(0, first)), struct(token.substring(first + 1, second)),
                    token.substring(0, second), Base64.getUrlDecoder().decode(token.substring(second + 1))));
        } catch (IllegalArgumentException | MalformedInput e) {
            return Optional.empty();
        }
    }

    /// The audiences of a token; empty when it names none, is no JWT, or is of another issuer.
    ///
    /// @param own whether an issuer is this cluster's
    static List<String> audiences(String token, Predicate<String> own) {
        Object named = parse(token).filter(t -> own.test(t.claims().text("iss"))).map(t -> t.claims().get("aud"))
                .orElse(null);
        return named instanceof Seq list ? list.texts() : named instanceof String one ? List.of(one) : List.of();
    }

    private static Struct struct(String part) {
        return Json.object(Base64.getUrlDecoder().decode(part));
    }

    /// Creates a signed token.
    ///
    /// @throws IllegalStateException when the key is of no kind that signs tokens
    static String sign(Struct claims, KeyPair key) {
        SigningAlgorithm algorithm = SigningAlgorithm.of(key.getPublic()).orElseThrow(
                () -> new IllegalStateException("no token is signed by a key of " + key.getPublic().getAlgorithm()));
        Struct header = Struct.of("alg", algorithm.name(), "kid", id(key.getPublic()));
        String signed = ENCODER.encodeToString(Json.bytes(header)) + "." + ENCODER.encodeToString(Json.bytes(claims));
        try {
            Signature s = algorithm.signature();
            s.initSign(key.getPrivate());
            s.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + ENCODER.encodeToString(s.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("signing a service account token: " + e.getMessage(), e);
        }
    }

    /// Whether the key has signed this token. The algorithm follows from the key, never from the header alone.
    boolean signedBy(PublicKey key) {
        Optional<SigningAlgorithm> algorithm = SigningAlgorithm.of(key);
        if (algorithm.filter(a -> a.name().equals(header.text("alg"))).isEmpty()) {
            return false;
        }
        try {
            Signature s = algorithm.get().signature();
            s.initVerify(key);
            s.update(signed.getBytes(StandardCharsets.US_ASCII));
            return s.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /// A key's id: the SHA-256 of its encoding, as upstream computes it.
    static String id(PublicKey key) {
        try {
            return ENCODER.encodeToString(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
