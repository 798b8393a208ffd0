package io.k3j.kubeletvolumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kuberuntime.ConfigError;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodefiles.Mounts;
import io.k3j.testkit.FakeApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which volumes a pod waits for, and what it is told of those on the host.
class NamedVolumesTest {
    @TempDir
    private Path directory;
    private Volumes volumes;

    @BeforeEach
    void begin() {
        FakeApi api = FakeApi.stepped(InstantSource.system());
        volumes = new Volumes(directory.resolve("pods"), new ReferencedObjects(api), (_, _, _) -> {
            throw ConfigError.config("away");
        }, new Mounts(), new HostPrograms(), InstantSource.system(),
                new VolumeStats(InstantSource.system(), InstantSource.system()), (pod, reason, message) -> {
                });
    }

    private static Obj pod(Struct hostPath) {
        return Obj.of(Struct.of("metadata", Struct.of("uid", "u1", "name", "p", "namespace", "ns"), "spec",
                Struct.of("volumes", Seq.of(Struct.of("name", "v", "hostPath", hostPath)), "containers",
                        Seq.of(Struct.of("name", "a", "volumeMounts", Seq.of(Struct.of("name", "v")))))));
    }

    @Test
    void aVolumeThatNoContainerNamesHoldsNobodyUp() {
        Obj pod = pod(Struct.of("path", directory.toString())).with(Seq.of(
                Struct.of("name", "v", "hostPath", Struct.of("path", directory.toString())),
                Struct.of("name", "unused", "configMap", Struct.of("name", "absent"))), "spec", "volumes");
        assertThat(volumes.prepare(pod, List.of())).containsOnlyKeys("v");
    }

    @ParameterizedTest
    @CsvSource({"Directory,directory", "File,file", "Socket,socket file", "CharDevice,character device",
            "BlockDevice,block device"})
    void whatIsOfAnotherTypeOnTheHostIsRefused(String type, String told) throws IOException {
        Path path = directory.resolve("path");
        Obj pod = pod(Struct.of("path", path.toString(), "type", type));
        assertThatThrownBy(() -> volumes.prepare(pod, List.of())).hasMessage("MountVolume.SetUp failed for volume"
                + " \"v\" : hostPath type check failed: " + path + " is not a " + told);
        Files.createFile(path);
        Obj made = pod(Struct.of("path", path.toString(), "type", "DirectoryOrCreate"));
        assertThatThrownBy(() -> volumes.prepare(made, List.of())).hasMessageEndingWith(path + " is not a directory");
        Obj below = pod(Struct.of("path", directory.resolve("a/b").toString(), "type", "FileOrCreate"));
        assertThatThrownBy(() -> volumes.prepare(below, List.of()))
                .hasMessageEndingWith("open " + directory.resolve("a/b") + ": no such file or directory");
    }
}
