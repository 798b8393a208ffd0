package io.k3j.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// JSON is read or refused, and what was read is the same text after it was written.
public class JsonFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> {
            String text = Json.text(Json.value(input));
            Fuzzing.parse(() -> same(text, Json.text(Json.value(text.getBytes(StandardCharsets.UTF_8)))));
        }, MalformedInput.class);
        Fuzzing.parse(() -> Json.document(input, 0, input.length), MalformedInput.class);
        Fuzzing.parse(() -> Json.check(input), MalformedInput.class);
    }

    /// Minus zero, which Go writes as `-0`, is read again as a whole number, which has no sign.
    static void same(String text, String again) {
        assertThat(again.replace("-0", "0")).isEqualTo(text.replace("-0", "0"));
    }

    @Test
    void isReadOrRefused() throws IOException {
        Fuzzing.run(JsonFuzzTest::fuzzerTestOneInput, Fuzzing.texts(
                "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\\u00e9\",\"labels\":{}}}",
                "{\"a\":[1,-2.5,true,false,null,[],{},{\"b\":\"\\n\\\"\"}],\"a\":1e3, \"z\" : 0}",
                "[\"\\ud83d\\ude00\"]",
                "-0.0", "9223372036854775807", "18446744073709551616", "1e308", "[[[[[[[[]]]]]]]]", "\"\u00fc\""));
    }
}
