package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kuberuntime.PodRestart;
import io.k3j.kuberuntime.PodRuntime;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What the runtime is told of a container's `volumeDevices`.
class VolumeDevicesTest {
    private static List<Struct> devices(String volume, String devicePath, boolean readOnly) {
        Obj pod = Obj.of(Struct.of("metadata", Struct.of("uid", "u", "name", "p", "namespace", "ns"), "spec",
                Struct.of("volumes", Seq.of(Struct.of("name", "v", "persistentVolumeClaim",
                        Struct.of("claimName", "c", "readOnly", readOnly))))));
        Struct container = Struct.of("name", "a", "volumeDevices",
                Seq.of(Struct.of("name", volume, "devicePath", devicePath)));
        return Starter.devices(pod, container, new Starter.Place("s", 0, List.of(), Map.of("v", Path.of("/link")),
                Map.of(), "", PodRestart.of(pod, PodRuntime.EMPTY)));
    }

    @Test
    void aDeviceMayBeReadWrittenAndMade() {
        assertThat(devices("v", "/dev/data", false)).containsExactly(
                Struct.of("containerPath", "/dev/data", "hostPath", "/link", "permissions", "mrw"));
    }

    @Test
    void aClaimThatIsReadOnlyIsADeviceThatIsReadOnly() {
        assertThat(devices("v", "/dev/data", true)).containsExactly(
                Struct.of("containerPath", "/dev/data", "hostPath", "/link", "permissions", "r"));
    }

    @Test
    void saysWhichVolumeOrPathIsWrong() {
        assertThatThrownBy(() -> devices("w", "/dev/data", false))
                .hasMessage("cannot find volume \"w\" to pass into container \"a\"");
        assertThatThrownBy(() -> devices("v", "dev/data", false))
                .hasMessage("error DevicePath `dev/data` must be an absolute path");
    }
}
