package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Data of one etcd version with another one installed, which is a script here.
@EnabledOnOs(OS.LINUX)
class DataVersionTest {
    @TempDir
    private Path directory;

    private EtcdLayout data(String version) throws IOException {
        EtcdLayout layout = new EtcdLayout(directory.resolve("data-" + version));
        Files.createDirectories(layout.data().resolve("member/wal"));
        Recorded.file(version, layout.data().resolve("member/snap/db"));
        return layout;
    }

    private Path program(String name, String body) throws IOException {
        Path file = directory.resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }

    private Path etcd(String version) throws IOException {
        return program("etcd-" + version, "echo etcd Version: " + version + "\necho Go Version: go1.19.8");
    }

    @Test
    void readsTheVersionOfTheClusterThatWroteTheData() throws IOException {
        for (String version : new String[] {"3.4", "3.5", "3.7"}) {
            assertThat(DataVersion.of(data(version).data())).map(EtcdVersion::toString).hasValue(version);
        }
        assertThat(DataVersion.of(directory)).isEmpty();
    }

    @Test
    void acceptsDataOfTheSameAndThePreviousMinorVersion() throws IOException {
        EtcdLayout layout = data("3.4");
        for (String version : new String[] {"3.4.23", "3.5.16"}) {
            Path etcd = etcd(version);
            assertThatCode(() -> DataVersion.check(layout, etcd)).doesNotThrowAnyException();
        }
    }

    @Test
    void anOlderEtcdIsRefusedWithBothVersionsAndTheRemedy() throws IOException {
        EtcdLayout layout = data("3.7");
        Path etcd = etcd("3.4.23");
        assertThatThrownBy(() -> DataVersion.check(layout, etcd)).isInstanceOf(MemberFault.class).hasMessage(
                layout.data() + " was written by etcd 3.7, and " + etcd + " is 3.4, which cannot go on with it; nothing"
                        + " was changed: put etcd and etcdutl of version 3.7 into /usr/local/bin and start again, or"
                        + " restore a snapshot, which any etcd reads: k3s server --cluster-reset"
                        + " --cluster-reset-restore-path=" + layout.snapshots().resolve("NAME"));
        Files.createDirectories(layout.snapshots());
        Path older = Files.writeString(layout.snapshots().resolve("z"), "");
        Path newest = Files.writeString(layout.snapshots().resolve("a"), "");
        Files.setLastModifiedTime(older, FileTime.fromMillis(1_000));
        assertThatThrownBy(() -> DataVersion.check(layout, etcd)).hasMessageEndingWith("=" + newest);
    }

    @Test
    void noMinorVersionMayBeSkipped() throws IOException {
        EtcdLayout layout = data("3.4");
        Path etcd = etcd("3.6.1");
        assertThatThrownBy(() -> DataVersion.check(layout, etcd)).isInstanceOf(MemberFault.class)
                .hasMessageContaining("was written by etcd 3.4").hasMessageContaining("with etcd 3.5 once");
    }

    @Test
    void anEtcdOlderThanAllMembersIsNotAdded() {
        EtcdVersion old = new EtcdVersion(3, 4);
        EtcdVersion between = new EtcdVersion(3, 5);
        EtcdVersion later = new EtcdVersion(3, 6);
        assertThatThrownBy(() -> MemberBootstrap.check(old, List.of(later, between))).isInstanceOf(MemberFault.class)
                .hasMessage("the etcd of this server is 3.4, and that of the cluster's members 3.5, which takes in no"
                        + " older one; nobody was added: put etcd and etcdutl of version 3.5 into /usr/local/bin and"
                        + " start again");
        assertThatCode(() -> MemberBootstrap.check(between, List.of(later, between))).doesNotThrowAnyException();
        assertThatCode(() -> MemberBootstrap.check(later, List.of(old))).doesNotThrowAnyException();
        assertThatCode(() -> MemberBootstrap.check(old, List.of())).doesNotThrowAnyException();
    }

    @Test
    void unknownDataOrProgramsAreLeftToEtcdToReport() throws IOException {
        Path broken = program("broken", "echo etcd: cannot load library >&2; exit 127");
        EtcdLayout layout = data("3.7");
        assertThatCode(() -> DataVersion.check(layout, broken)).doesNotThrowAnyException();
        Files.writeString(layout.data().resolve("member/snap/db"), "none");
        Path etcd = etcd("3.4.23");
        assertThatCode(() -> DataVersion.check(layout, etcd)).doesNotThrowAnyException();
    }

    @Test
    void anEtcdctlWithoutRestoreIsBlamedAndNotTheSnapshot() throws IOException {
        EtcdLayout layout = new EtcdLayout(directory.resolve("new"));
        Path snapshot = Recorded.file("3.7", directory.resolve("snapshot"));
        Path etcdctl = program("etcdctl", "echo 'Error: unknown flag: --data-dir'; exit 1");
        Path silent = program("silent", "echo Usage:");
        MemberConfig config = new MemberConfig(layout, "a", "127.0.0.1", new EtcdPorts(1, 2, 3), "", false, "127.0.0.1",
                Map.of());
        Files.createDirectories(layout.data().getParent());
        assertThatThrownBy(() -> new ClusterReset(config, etcd("3.6.1"), etcdctl).run(Optional.of(snapshot), ""))
                .isInstanceOf(MemberFault.class).hasMessageStartingWith(etcdctl + " restores no snapshots")
                .hasMessageContaining("etcdutl");
        assertThatThrownBy(() -> new ClusterReset(config, etcd("3.6.1"), silent).run(Optional.of(snapshot), ""))
                .isInstanceOf(MemberFault.class).hasMessageStartingWith(silent + " restores no snapshots");
        assertThat(layout.data()).doesNotExist();
        assertThat(layout.resetFlag()).doesNotExist();
    }

    @Test
    void snapshotsAreRestoredByEtcdutlIfInstalled() throws IOException {
        Optional<Path> etcdctl = Optional.of(program("bin-etcdctl", ""));
        Path bin = Files.createDirectories(directory.resolve("bin"));
        Files.copy(etcdctl.get(), bin.resolve("etcdctl"), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        assertThat(Programs.restorer(Optional.of(bin.toString()))).hasFileName("etcdctl");
        Files.copy(etcdctl.get(), bin.resolve("etcdutl"), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        assertThat(Programs.restorer(Optional.of(bin.toString()))).hasFileName("etcdutl");
    }
}
