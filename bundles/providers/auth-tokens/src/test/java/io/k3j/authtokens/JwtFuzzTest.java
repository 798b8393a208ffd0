package io.k3j.authtokens;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/// A bearer token is a signed token or is none, whatever it holds.
public class JwtFuzzTest {
    /// Jazzer's entry. The input is the token, with its three parts in plain text too, so that mutations reach them.
    public static void fuzzerTestOneInput(byte[] input) {
        String text = Fuzzing.text(input);
        Fuzzing.parse(() -> Jwt.audiences(text, issuer -> true));
        Fuzzing.parse(() -> Jwt.audiences(encoded(text), issuer -> true));
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
        String plain = "{\"alg\":\"RS256\",\"kid\":\"a\"}"
                + ".{\"iss\":\"https://a\",\"aud\":[\"b\",5],\"exp\":7}.signature";
        Fuzzing.run(JwtFuzzTest::fuzzerTestOneInput,
                Fuzzing.texts(plain, encoded(plain), "{}.{\"aud\":\"x\"}.", "a.b.c"));
    }
}
