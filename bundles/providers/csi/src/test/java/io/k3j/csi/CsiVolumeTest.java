package io.k3j.csi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.volumeapi.VolumeRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a volume is, in the words of CSI and of the disk.
class CsiVolumeTest {
    @TempDir
    private Path root;

    private static VolumeRequest persistent(Struct source) {
        return CsiScene.persistent("u", source);
    }

    private static Struct volume(Struct csi) {
        return CsiScene.volume(csi);
    }

    @ParameterizedTest
    @CsvSource({"ReadWriteOnce,1,7", "ReadOnlyMany,3,3", "ReadWriteMany,5,5", "ReadWriteOncePod,1,6"})
    void accessModesAreThoseThatTheDriverKnows(String mode, int plain, int capable) throws Exception {
        CsiVolume volume = CsiVolume.of(persistent(volume(CsiScene.csi()).with("accessModes", Seq.of(mode))));
        assertThat(volume.capability(Set.of(), false).mode()).isEqualTo(plain);
        assertThat(volume.capability(Set.of(DriverClient.SINGLE_NODE_MULTI_WRITER), false).mode())
                .isEqualTo(capable);
    }

    @ParameterizedTest
    @CsvSource({"None,ext4,ReadWriteOnce,false", "File,'',ReadWriteMany,true",
            "ReadWriteOnceWithFSType,ext4,ReadWriteOnce,true", "ReadWriteOnceWithFSType,'',ReadWriteOnce,false",
            "ReadWriteOnceWithFSType,ext4,ReadWriteMany,false", "ReadWriteOnceWithFSType,ext4,ReadWriteOncePod,true"})
    void theGroupIsGivenByThePolicyOfTheDriver(String policy, String type, String mode, boolean given)
            throws Exception {
        Obj pod = CsiScene.pod("u", Struct.of("securityContext", Struct.of("fsGroup", 12)));
        CsiVolume volume = CsiVolume.of(new VolumeRequest(pod, "v",
                volume(CsiScene.csi("fsType", type)).with("accessModes", Seq.of(mode)), "pv", Optional.empty(), false));
        assertThat(volume.groupIsKubelets(policy, Set.of())).isEqualTo(given);
        Set<Integer> itself = Set.of(DriverClient.VOLUME_MOUNT_GROUP);
        assertThat(volume.groupIsKubelets(policy, itself)).isFalse();
        assertThat(volume.capability(itself, false).group()).isEqualTo("12");
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "../../etc", "a/b", "", ".a", "a-", "volumeDevices"})
    void aDriversNameLeadsNowhereElse(String name) {
        Struct source = Struct.of("csi", Struct.of("driver", name, "volumeHandle", "h"));
        assertThatThrownBy(() -> CsiVolume.of(persistent(source))).isInstanceOf(IOException.class)
                .hasMessageContaining("is no name of a CSI driver");
    }

    @Test
    void aVolumesHandleAndItsRecordLeadNowhereElse() throws Exception {
        CsiVolume volume = CsiVolume.of(persistent(Struct.of("csi",
                Struct.of("driver", CsiScene.DRIVER, "volumeHandle", "../../../etc"))));
        assertThat(new CsiPaths(root).global(volume.driver(), volume.handle()).getParent())
                .isEqualTo(root.resolve("plugins/kubernetes.io/csi").resolve(CsiScene.DRIVER));
        Struct endless = Struct.of("csi", Struct.of("driver", CsiScene.DRIVER, "volumeHandle", "h".repeat(5_000)));
        assertThatThrownBy(() -> CsiVolume.of(persistent(endless))).isInstanceOf(IOException.class)
                .hasMessageContaining("has more than 4096 characters");
        VolumeRequest outside = new VolumeRequest(CsiScene.pod("u", Struct.EMPTY), "v", volume(CsiScene.csi()), "../x",
                Optional.empty(), false);
        assertThatThrownBy(() -> CsiVolume.of(outside)).isInstanceOf(IOException.class);
        Path directory = Files.createDirectories(root.resolve("record"));
        for (String damaged : List.of("{\"driverName\":\"../x\",\"volumeHandle\":\"h\"}", "{", "[]",
                "{\"driverName\":\"d\"}")) {
            Files.writeString(directory.resolve("vol_data.json"), damaged);
            assertThatThrownBy(() -> VolumeData.read(directory)).as(damaged).isInstanceOf(IOException.class);
        }
    }
}
