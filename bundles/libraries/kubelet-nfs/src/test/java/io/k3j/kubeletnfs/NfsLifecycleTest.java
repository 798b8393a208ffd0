package io.k3j.kubeletnfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kubeletvolumes.HostPrograms;
import io.k3j.kubeletvolumes.Subpath;
import io.k3j.kubeletvolumes.VolumeStats;
import io.k3j.kubeletvolumes.Volumes;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodefiles.Mounts;
import io.k3j.testkit.FakeApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Through the kubelet's volumes, with the kernel's mounts. A program of the test's stands where `mount` is and shows a
/// directory in place of an export, since the kernel of a machine that builds need not have a client of NFS.
@EnabledIfSystemProperty(named = "user.name", matches = "root", disabledReason = "mounts")
class NfsLifecycleTest {
    @TempDir
    private Path directory;
    private final Mounts mounts = new Mounts();
    private Path export;
    private Path pods;
    private HostPrograms programs;

    @BeforeEach
    void begin() throws IOException {
        export = Files.createDirectories(directory.resolve("export"));
        Files.writeString(Files.createDirectory(export.resolve("d")).resolve("f"), "of the server");
        pods = directory.resolve("pods");
        Path bin = Files.createDirectory(directory.resolve("bin"));
        Path mount = Files.writeString(bin.resolve("mount"), """
                #!/bin/sh
                PATH=/usr/sbin:/usr/bin:/sbin:/bin
                for last; do :; done
                exec mount --bind '%s' "$last"
                """.formatted(export));
        Files.setPosixFilePermissions(mount, PosixFilePermissions.fromString("rwx------"));
        programs = new HostPrograms(bin.toString());
    }

    @AfterEach
    void end() throws IOException {
        mounts.unmountBelow(directory);
    }

    /// Of a kubelet that has just started.
    private Volumes begun() {
        Volumes volumes = new Volumes(pods, new ReferencedObjects(FakeApi.stepped(InstantSource.system())),
                (_, _, _) -> Map.of(), mounts, programs, InstantSource.system(),
                new VolumeStats(InstantSource.system(), InstantSource.system()), (pod, reason, message) -> {
                });
        volumes.nfs(new NfsVolumes(pods, mounts::mounted, programs::within, InstantSource.system()));
        return volumes;
    }

    private static Obj pod() {
        return Obj.of(Struct.of("metadata", Struct.of("uid", "u", "name", "p", "namespace", "ns"), "spec",
                Struct.of("securityContext", Struct.of("fsGroup", 4711), "volumes",
                        Seq.of(Struct.of("name", "v", "nfs", Struct.of("server", "nas", "path", "/a"))), "containers",
                        Seq.of(Struct.of("name", "a", "volumeMounts",
                                Seq.of(Struct.of("name", "v", "mountPath", "/v")))))));
    }

    @Test
    void whatAServerHasIsShownAndStaysWhenThePodGoes() throws IOException {
        Object group = Files.getAttribute(export, "unix:gid");
        Path v = begun().prepare(pod(), List.of()).get("v");
        assertThat(v).isEqualTo(pods.resolve("u/volumes/kubernetes.io~nfs/v"));
        Path part = begun().mountPoint(pod(), v, new Subpath("d", "v", "a", 0));
        assertThat(part.resolve("f")).hasContent("of the server");
        assertThat(Files.getAttribute(export, "unix:gid")).isEqualTo(group);
        begun().remove("u");
        assertThat(pods.resolve("u")).doesNotExist();
        assertThat(export.resolve("d/f")).hasContent("of the server");
    }

    @Test
    void whatIsMountedTooLateIsNotDeletedIn() throws IOException {
        Path v = begun().prepare(pod(), List.of()).get("v");
        NfsVolumes early = new NfsVolumes(pods, at -> false, programs::within, InstantSource.system());
        assertThatThrownBy(() -> early.release("u")).isInstanceOf(IOException.class);
        assertThat(v.resolve("d/f")).hasContent("of the server");
        assertThat(early.usage(v)).isEmpty();
        NfsVolumes volumes = new NfsVolumes(pods, mounts::mounted, programs::within, InstantSource.system());
        assertThat(volumes.usage(v).orElseThrow().capacityBytes()).isPositive();
        volumes.release("u");
        assertThat(v).doesNotExist();
    }
}
