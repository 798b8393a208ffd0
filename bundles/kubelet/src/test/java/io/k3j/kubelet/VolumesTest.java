package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

@EnabledIfSystemProperty(named = "user.name", matches = "root", disabledReason = "mounts")
class VolumesTest {
    @TempDir
    private Path directory;
    private final Mounts mounts = new Mounts();
    private Volumes volumes;

    @BeforeEach
    void begin() {
        References references = new References(new CurrentApi());
        Environment environment = new Environment(references, new Environment.Node("n", List.of(), 1, 1));
        volumes = new Volumes(new Options("n", directory, directory, directory, "/", List.of(), "", Map.of()),
                references, new VolumeContent(references, environment, new Tokens(new CurrentApi(),
                        InstantSource.system())),
                mounts, InstantSource.system());
    }

    @AfterEach
    void end() throws IOException {
        mounts.unmountBelow(directory);
    }

    @Test
    void makesAVolumeInMemoryAnewAfterAReboot() throws IOException {
        Obj pod = pod(Struct.of("name", "v", "emptyDir", Struct.of("medium", "Memory")), Struct.of("fsGroup", 4711));
        Path v = volumes.prepare(pod, List.of()).get("v");
        mounts.unmountBelow(v);
        volumes.prepare(pod, List.of());
        assertThat(mounts.mounted(v)).isTrue();
        assertThat((int) Files.getAttribute(v, "unix:mode") & 07777).isEqualTo(02777);
        assertThat(Files.getAttribute(v, "unix:gid")).isEqualTo(4711);
        Files.writeString(v.resolve("kept"), "");
        volumes.prepare(pod, List.of());
        assertThat(v.resolve("kept")).exists();
    }

    @Test
    void opensAnEmptyDirWhoseMakingACrashCutShort() throws IOException {
        Obj pod = pod(Struct.of("name", "v", "emptyDir", Struct.EMPTY), Struct.EMPTY);
        Path v = directory.resolve("pods/u1/volumes/kubernetes.io~empty-dir/v");
        // as much as was done before the crash: never the directory itself without its mode
        Files.createDirectories(v.resolveSibling("..v"));
        assertThat(volumes.prepare(pod, List.of())).containsEntry("v", v);
        assertThat((int) Files.getAttribute(v, "unix:mode") & 07777).isEqualTo(0777);
    }

    @Test
    void letsNobodyWriteToFilesItKeepsFresh() {
        for (String kind : List.of("configMap", "secret", "projected", "downwardAPI")) {
            assertThat(Volumes.readOnly(pod(Struct.of("name", "v", kind, Struct.EMPTY), Struct.EMPTY), "v")).isTrue();
        }
        Struct claim = Struct.of("claimName", "c");
        assertThat(Volumes.readOnly(pod(Struct.of("name", "v", "persistentVolumeClaim", claim), Struct.EMPTY), "v"))
                .isFalse();
        assertThat(Volumes.readOnly(pod(Struct.of("name", "v", "persistentVolumeClaim", claim.with("readOnly", true)),
                Struct.EMPTY), "v")).isTrue();
        assertThat(Volumes.readOnly(pod(Struct.of("name", "v", "emptyDir", Struct.EMPTY), Struct.EMPTY), "v"))
                .isFalse();
    }

    @Test
    void givesATokenToTheOneUserAllContainersRunAs() {
        Obj pod = pod(Struct.EMPTY, Struct.of("runAsUser", 7));
        assertThat(VolumeContent.user(pod)).hasValue(7);
        assertThat(VolumeContent.user(pod.with(Seq.of(Struct.of("name", "a"), Struct.of("name", "b", "securityContext",
                Struct.of("runAsUser", 8))), "spec", "containers"))).isEmpty();
        assertThat(VolumeContent.user(pod(Struct.EMPTY, Struct.EMPTY))).isEmpty();
    }

    private static Obj pod(Struct volume, Struct security) {
        return Obj.of(Struct.of("metadata", Struct.of("uid", "u1", "name", "p"), "spec", Struct.of("volumes",
                Seq.of(volume), "securityContext", security, "containers", Seq.of(Struct.of("name", "a")))));
    }
}
