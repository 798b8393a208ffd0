package io.k3j.imageregistries;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What a client asks a registry for is refused, or can be asked of another one and means the same there.
public class ImageRequestFuzzTest {
    /// Jazzer's entry. The input is path and query.
    public static void fuzzerTestOneInput(byte[] input) {
        String text = Fuzzing.text(input);
        Fuzzing.parse(() -> asked(text).ifPresent(request -> {
            assertThat(request.target()).doesNotContain("/../", " ", "%");
            assertThat(asked(request.target())).contains(request);
        }));
    }

    private static Optional<ImageRequest> asked(String target) {
        int query = target.indexOf('?');
        return query < 0 ? ImageRequest.of(target, "")
                : ImageRequest.of(target.substring(0, query), target.substring(query + 1));
    }

    @Test
    void isRefusedOrMeansTheSame() throws IOException {
        Fuzzing.run(ImageRequestFuzzTest::fuzzerTestOneInput, Fuzzing.texts(
                "library/busybox/manifests/1.2?ns=docker.io",
                "a/b/blobs/sha256:" + "0f".repeat(32) + "?x=y&ns=registry.example%3A5000", "a/manifests/b?ns=[::1]:5"));
    }
}
