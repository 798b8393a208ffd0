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
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// A signed token in the compact form of RFC 7519, with RS256 or ES256. Immutable.
/// @param signed the first two parts, which the signature is over
record Jwt(Struct header, Struct claims, String signed, byte[] signature) {
    /// Longer tokens are not looked at.
    static final int LONGEST = 16 * 1024;
    private static final Base64.Encoder OUT = Base64.getUrlEncoder().withoutPadding();

    /// Reads a token without checking it; empty when it is none.
    static Optional<Jwt> parse(String token) {
        int first = token.indexOf('.');
        int second = token.indexOf('.', first + 1);
        if (first < 1 || second < 0 || token.indexOf('.', second + 1) >= 0 || token.length() > LONGEST) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Jwt(struct(token.substring(0, first)), struct(token.substring(first + 1, second)),
                    token.substring(0, second), Base64.getUrlDecoder().decode(token.substring(second + 1))));
        } catch (IllegalArgumentException | MalformedInput e) {
            return Optional.empty();
        }
    }

    /// The audiences a token names; none when it names none or is no JWT.
    static List<String> audiences(String token) {
        Object named = parse(token).map(t -> t.claims().get("aud")).orElse(null);
        return named instanceof Seq list ? list.texts() : named instanceof String one ? List.of(one) : List.of();
    }

    private static Struct struct(String part) {
        return Json.object(Base64.getUrlDecoder().decode(part));
    }

    /// Makes a token.
    static String sign(Struct claims, KeyPair key) {
        Struct header = Struct.of("alg", algorithm(key.getPublic()), "kid", id(key.getPublic()));
        String signed = OUT.encodeToString(Json.bytes(header)) + "." + OUT.encodeToString(Json.bytes(claims));
        try {
            Signature s = signature(key.getPublic());
            s.initSign(key.getPrivate());
            s.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + OUT.encodeToString(s.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("signing a service account token: " + e.getMessage(), e);
        }
    }

    /// Whether a key has signed this token; the algorithm follows from the key, not from the header.
    boolean by(PublicKey key) {
        if (!header.text("alg").equals(algorithm(key))) {
            return false;
        }
        try {
            Signature s = signature(key);
            s.initVerify(key);
            s.update(signed.getBytes(StandardCharsets.US_ASCII));
            return s.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static Signature signature(PublicKey key) throws GeneralSecurityException {
        return Signature.getInstance(key instanceof RSAPublicKey ? "SHA256withRSA" : "SHA256withECDSAinP1363Format");
    }

    /// `RS256` or `ES256`.
    static String algorithm(PublicKey key) {
        return key instanceof RSAPublicKey ? "RS256" : "ES256";
    }

    /// A key's id: the hash of its encoded form, as upstream makes it.
    static String id(PublicKey key) {
        try {
            return OUT.encodeToString(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
