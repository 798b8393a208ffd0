package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.testkitprocess.FreePort;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An etcd beside the server's own, on a host where others take ports as well.
@NeedsPackages("etcd-server")
class ScratchEtcdItest {
    private static final Path ETCD = Path.of("/usr/bin/etcd");
    @TempDir
    Path directory;

    private ScratchEtcd opened(Server server, ScratchEtcd.Ports ports) throws IOException, InterruptedException {
        Path data = directory.resolve("server/db/etcd-scratch");
        Files.createDirectories(data.getParent());
        return ScratchEtcd.open(server.config, ETCD, data, false, ports);
    }

    @Test
    void aPortThatAnotherTookMeanwhileIsNotUsedAgain() throws IOException, InterruptedException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Server server = new Server(directory, "server-1", Optional.empty())) {
            int[] asked = new int[1];
            try (ScratchEtcd scratch = opened(server, () -> asked[0]++ == 0 ? other.getLocalPort() : FreePort.next())) {
                assertThat(scratch.endpoint()).doesNotEndWith(":" + other.getLocalPort());
            }
        }
    }

    @Test
    void whereNoPortIsFreeTheLogIsNamed() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Server server = new Server(directory, "server-1", Optional.empty())) {
            assertThatThrownBy(() -> opened(server, other::getLocalPort)).isInstanceOf(MemberFault.class)
                    .hasMessageContaining("etcd-workshop.log");
        }
    }
}
