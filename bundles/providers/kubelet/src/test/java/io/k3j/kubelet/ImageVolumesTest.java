package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.kubeletimages.ImageVolumes;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImageVolumesTest extends PodScene {
    private Obj mounting(String policy, Struct mount) {
        Struct image = Struct.of("reference", "data:1", "pullPolicy", policy);
        return pod("p", spec(container("c").with("volumeMounts", Seq.of(mount))).with("volumes",
                Seq.of(Struct.of("name", "data", "image", image))));
    }

    @Test
    void theRuntimeMountsTheImageReadOnly() throws Exception {
        Obj pod = mounting("IfNotPresent",
                Struct.of("name", "data", "mountPath", "/data", "subPath", "models/small"));
        until(() -> ready(pod));
        Struct mount = runtime.configs.getFirst().seq("mounts").find("containerPath", "/data");
        assertThat(mount).isEqualTo(Struct.of("containerPath", "/data", "image", Struct.of("image", "data:1"),
                "imageSubPath", "models/small", "readonly", true, "propagation", "PROPAGATION_PRIVATE"));
        assertThat(ImageVolumes.used(List.of(pod), runtime)).containsExactly("data:1");
    }

    @Test
    void aContainerWaitsForTheImageOfItsVolume() throws Exception {
        runtime.absent.add("data:1");
        Obj pod = mounting("Never", Struct.of("name", "data", "mountPath", "/data"));
        until(() -> now(pod).status().seq("containerStatuses").structs().stream()
                .anyMatch(c -> c.struct("state").struct("waiting").text("reason").equals("ErrImageNeverPull")));
        assertThat(runtime.configs).isEmpty();
    }
}
