package io.k3j.kubeletimages;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.nodeapi.RuntimeVersion;
import org.junit.jupiter.api.Test;

class ImageVolumesTest {
    @Test
    void onlyAContainerdThatMountsImagesTakesSuchPods() {
        assertThat(ImageVolumes.supported(new RuntimeVersion("containerd", "1.6.20~ds1", "v1"))).isFalse();
        assertThat(ImageVolumes.supported(new RuntimeVersion("containerd", "v2.0.5", "v1"))).isFalse();
        assertThat(ImageVolumes.supported(new RuntimeVersion("containerd", "v2.1.0-k3s1", "v1"))).isTrue();
        assertThat(ImageVolumes.supported(new RuntimeVersion("containerd", "3.0.0", "v1"))).isTrue();
        assertThat(ImageVolumes.supported(new RuntimeVersion("cri-o", "1.30.0", "v1"))).isTrue();
    }
}
