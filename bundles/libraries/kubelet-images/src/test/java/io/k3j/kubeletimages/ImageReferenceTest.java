package io.k3j.kubeletimages;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImageReferenceTest {
    private static final String DIGEST = "@sha256:" + "0123456789abcdef".repeat(4);

    @Test
    void namesOfImages() {
        for (String image : List.of("busybox", "busybox:1.28", "library/busybox", "a.b/c", "localhost/x",
                "host:5000/x/y:z",
                "Host/x", "x" + DIGEST, "x:1" + DIGEST, "a__b/c--d/e.f_g", "[fd00::1]:5000/x",
                "registry.example/x:V_1.0-a",
                "x@sha256+b64u:" + "ab".repeat(16))) {
            assertThat(ImageReference.problem(image)).as(image).isEmpty();
        }
    }

    @Test
    void whatIsNoName() {
        for (String image : List.of("a b", "busybox:", ":1", "x@", "x@sha256:12", "a//b", "a/", "-a", "a_", "a___b",
                "a..b",
                "x:-1", "x:" + "a".repeat(129), "ho_st.example/x", "-h.example/x", "h:port/x",
                "x@256:" + "ab".repeat(16))) {
            assertThat(ImageReference.problem(image)).as(image).isEqualTo("invalid reference format");
        }
        assertThat(ImageReference.problem("BusyBox"))
                .isEqualTo("invalid reference format: repository name (BusyBox) must be lowercase");
        assertThat(ImageReference.problem("a".repeat(64)))
                .isEqualTo(
                        "invalid repository name (" + "a".repeat(64) + "), cannot specify 64-byte hexadecimal strings");
        assertThat(ImageReference.problem("a".repeat(256)))
                .isEqualTo("repository name must not be more than 255 characters");
    }

    @Test
    void timesAreWrittenAsGoWritesThem() {
        assertThat(List.of(0, 7, 999, 1000, 1005, 1050, 1500, 60_000, 123_000, 3_600_500).stream()
                .map(millis -> PullTime.text(Duration.ofMillis(millis))))
                .containsExactly("0s", "7ms", "999ms", "1s", "1.005s", "1.05s", "1.5s", "1m0s", "2m3s", "1h0m0.5s");
    }
}
