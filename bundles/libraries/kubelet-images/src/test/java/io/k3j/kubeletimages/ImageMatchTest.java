package io.k3j.kubeletimages;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.imageregistries.ImageName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageMatchTest {
    @ParameterizedTest
    @CsvSource({"registry.io,registry.io/a/b:1", "*.azurecr.io,mine.azurecr.io/a", "k8s.*.io,k8s.gcr.io/a",
            "app*.k8s.io,app1.k8s.io/a", "*.*.registry.io,a.b.registry.io/x",
            "registry.io:8080/path,registry.io:8080/path/a",
            "https://index.docker.io/v1/,nginx", "docker.io,rancher/pause:3", "docker.io/rancher,rancher/pause:3",
            "http://r.io/v2/team,r.io/team/a", "r.io/te,r.io/team/a", "?.io,r.io/a"})
    void isForThisImage(String match, String image) {
        assertThat(ImageMatch.parse(match).matches(ImageName.parse(image))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"*.io,a.b.io/x", "registry.io,registry.io:5000/a", "registry.io:5000,registry.io/a",
            "registry.io/path,registry.io/other/a", "*.azurecr.io,azurecr.io/a", "docker.io,quay.io/nginx",
            "**a**b,r.io/a", "registry.io:*,registry.io:5000/a"})
    void isForOthers(String match, String image) {
        assertThat(ImageMatch.parse(match).matches(ImageName.parse(image))).isFalse();
    }
}
