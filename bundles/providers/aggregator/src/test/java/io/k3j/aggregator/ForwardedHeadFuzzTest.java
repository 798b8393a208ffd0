package io.k3j.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// A request is passed on with as many lines as it was given headers, to no parent of its path, or is refused.
public class ForwardedHeadFuzzTest {
    /// The request line, two headers, and the empty line.
    private static final int LINES = 4;

    /// Jazzer's entry. The input is the target, a line end, and the value of a header.
    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        int end = Math.max(0, text.indexOf('\n'));
        String value = text.isEmpty() ? "" : text.substring(end + 1);
        Fuzzing.parse(() -> {
            byte[] head = new ForwardedHead("GET", text.substring(0, end), "a").add("x", value).end();
            String sent = new String(head, StandardCharsets.ISO_8859_1);
            assertThat(sent.lines().count()).isEqualTo(LINES);
            assertThat(sent.split(" ", 3)[1].split("\\?", 2)[0]).doesNotContain("/../", "/./", "//");
        }, ApiFault.class);
        Fuzzing.parse(() -> new ForwardedHead("GET", text, text).end(), ApiFault.class);
    }

    @Test
    void isPassedOnOrRefused() throws IOException {
        Fuzzing.run(ForwardedHeadFuzzTest::fuzzerTestOneInput, Fuzzing.texts("/apis/a/v1/b?c=d\nvalue", "/a/%2e%2e/b\n",
                "/a%2fb//c\n", "/a?../b\n"));
    }
}
