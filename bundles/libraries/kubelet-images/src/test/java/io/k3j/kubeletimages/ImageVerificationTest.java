package io.k3j.kubeletimages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.imageregistries.ImageName;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageVerificationTest {
    private static boolean required(String policy, List<String> allowed, String image, boolean pulled) {
        return ImageVerification.of(policy, allowed).required(ImageName.parse(image), pulled);
    }

    @ParameterizedTest
    @CsvSource({"'',true,true", "'',false,false", "NeverVerify,true,false", "NeverVerifyPreloadedImages,true,true",
            "NeverVerifyPreloadedImages,false,false", "AlwaysVerify,false,true", "AlwaysVerify,true,true"})
    void policiesAreUpstreams(String policy, boolean pulled, boolean required) {
        assertThat(required(policy, List.of(), "busybox", pulled)).isEqualTo(required);
    }

    @Test
    void imagesOfTheListAreForEverybody() {
        List<String> allowed = List.of("docker.io/library/busybox", "registry.example/open/*");
        for (String image : List.of("busybox:1", "docker.io/library/busybox@sha256:0", "registry.example/open/a/b:2")) {
            assertThat(required("NeverVerifyAllowlistedImages", allowed, image, true)).as(image).isFalse();
        }
        for (String image : List.of("busybox2", "registry.example/opened/a", "registry.example/open")) {
            assertThat(required("NeverVerifyAllowlistedImages", allowed, image, false)).as(image).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"Sometimes||unknown image pull credential verification policy: Sometimes",
            "|docker.io/library/a|can't set `preloadedImagesVerificationAllowlist`",
            "NeverVerifyAllowlistedImages|docker.io/library/a:1|neither tag nor digest is accepted",
            "NeverVerifyAllowlistedImages|a.example/*/b|only patterns ending with '/*' are allowed",
            "NeverVerifyAllowlistedImages|/*|at least registry hostname is required"})
    void whatIsNoPolicyIsRefused(String policy, String allowed, String words) {
        assertThatThrownBy(() -> ImageVerification.of(policy == null ? "" : policy,
                allowed == null ? List.of() : List.of(allowed))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("invalid configuration: ").hasMessageContaining(words);
    }
}
