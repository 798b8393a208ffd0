package io.k3j.authoidc;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Struct;
import java.text.ParseException;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A token in compact form (RFC 7519), read and not verified. Claims and signature are those of one and the same text,
/// which is decoded once. Immutable.
/// @param text all of it; never to be shown
/// @param signatureAt where the signature begins in it
record SignedToken(String text, int payloadAt, int signatureAt, Claims claims) {
    /// The longest token that is looked at, as long as all headers of a request may be.
    static final int MOST_CHARACTERS = 64 * 1024;

    /// Reads one; empty when it is none.
    static Optional<SignedToken> parse(String text) {
        return parse(text, MOST_CHARACTERS);
    }

    /// The same with another bound.
    /// @param most characters
    static Optional<SignedToken> parse(String text, int most) {
        int first = text.indexOf('.');
        int second = text.indexOf('.', first + 1);
        if (text.length() > most || first < 1 || second < 0 || text.indexOf('.', second + 1) >= 0) {
            return Optional.empty();
        }
        try {
            Struct claims = Json.object(Base64.getUrlDecoder().decode(text.substring(first + 1, second)));
            return Optional.of(new SignedToken(text, first + 1, second + 1, new Claims(claims)));
        } catch (IllegalArgumentException | MalformedInput e) {
            return Optional.empty();
        }
    }

    /// Who says that he has issued it; empty when nobody does.
    String issuer() {
        String named = claims.tree().text("iss");
        return named.equals("accounts.google.com") ? "https://" + named : named;
    }

    /// The header; null when it is none of a signed token, or says that its claims are not what was signed (RFC 7797).
    @Nullable
    JWSHeader header() {
        try {
            JWSHeader header = JWSHeader.parse(new Base64URL(text.substring(0, payloadAt - 1)));
            return header.isBase64URLEncodePayload() ? header : null;
        } catch (ParseException | IllegalArgumentException e) {
            return null;
        }
    }

    /// What is signed.
    String signed() {
        return text.substring(0, signatureAt - 1);
    }

    /// The signature.
    Base64URL signature() {
        return new Base64URL(text.substring(signatureAt));
    }

    /// Without the token, which is a secret.
    @Override
    public String toString() {
        return "token of " + issuer();
    }
}
