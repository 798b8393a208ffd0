package io.k3j.authoidc;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/// A token of an issuer is a signed token or is none, whatever its header and its claims hold.
public class SignedTokenFuzzTest {
    /// Jazzer's entry. The input is the token, with its three parts in plain text too, so that mutations reach them.
    public static void fuzzerTestOneInput(byte[] input) {
        String text = Fuzzing.text(input);
        Fuzzing.parse(() -> read(text), Claims.Unreadable.class);
        Fuzzing.parse(() -> read(encoded(text)), Claims.Unreadable.class);
        Fuzzing.parse(() -> source(encoded(text)), Claims.Unreadable.class);
    }

    private static void read(String text) throws Claims.Unreadable {
        SignedToken token = SignedToken.parse(text).orElse(null);
        if (token != null) {
            token.issuer();
            token.header();
            token.claims().seconds("exp");
            token.claims().texts("aud");
        }
    }

    private static void source(String text) throws Claims.Unreadable {
        SignedToken token = SignedToken.parse(text).orElse(null);
        if (token != null) {
            ClaimSource.of(token.claims(), "groups");
        }
    }

    private static String encoded(String plain) {
        String[] parts = plain.split("\\.", 3);
        for (int i = 0; i < parts.length; i++) {
            parts[i] = Base64.getUrlEncoder().withoutPadding()
                    .encodeToString(parts[i].getBytes(StandardCharsets.UTF_8));
        }
        return String.join(".", parts);
    }

    @Test
    void isOneOrNone() throws IOException {
        String plain = "{\"alg\":\"ES256\",\"kid\":\"a\",\"crit\":[\"b64\"],\"b64\":false,\"typ\":\"JWT\"}"
                + ".{\"iss\":\"https://a\",\"aud\":[\"b\",null],\"exp\":1.5e9,\"nbf\":\"7\"}.signature";
        Fuzzing.run(SignedTokenFuzzTest::fuzzerTestOneInput, Fuzzing.texts(plain, encoded(plain),
                "{\"alg\":\"RS256\","
                        + "\"jwk\":{\"kty\":\"RSA\",\"n\":\"AQ\",\"e\":\"AQAB\"},\"x5c\":[\"MII\"]}.{\"aud\":\"x\"}.",
                "{}.{\"_claim_names\":{\"groups\":\"a\"},\"_claim_sources\":{\"a\":{\"endpoint\":\"https://b\","
                        + "\"access_token\":\"c\",\"JWT\":null}}}.s"));
    }
}
