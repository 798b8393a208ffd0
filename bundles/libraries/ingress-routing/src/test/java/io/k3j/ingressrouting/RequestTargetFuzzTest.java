package io.k3j.ingressrouting;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// What a client asks for is refused, or is what its endpoint will see, and leads to no parent.
public class RequestTargetFuzzTest {
    /// Jazzer's entry. The input is the target, a line end, and the header `Host`.
    public static void fuzzerTestOneInput(byte[] input) {
        String text = Fuzzing.text(input);
        int end = text.indexOf('\n');
        String uri = end < 0 ? text : text.substring(0, end);
        String host = end < 0 ? "" : text.substring(end + 1);
        Fuzzing.parse(() -> RequestTarget.of(uri, host).ifPresent(target -> {
            assertThat(target.path()).startsWith("/").doesNotContain("/../");
            assertThat(target.path().endsWith("/..")).isFalse();
            RequestTarget again = RequestTarget.of(target.origin(), target.authority()).orElseThrow();
            assertThat(again.path()).isEqualTo(target.path());
            assertThat(again.host()).isEqualTo(target.host());
        }));
    }

    @Test
    void isRefusedOrSeenAlike() throws IOException {
        Fuzzing.run(RequestTargetFuzzTest::fuzzerTestOneInput, Fuzzing.texts("/a/b?c=d\nexample.com:8080",
                "/a%2fb/%41;c=d/..e\n[fd00::1]:80", "http://Example.com./a?b\nx", "/a/%2e%2e/b\na", "/\u00fc\na.b."));
    }
}
