package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.jetcd.EtcdRange;
import io.k3j.testkitprocess.FreePort;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An etcd beside the server's own, on a host where others take ports as well.
@NeedsPackages("etcd-server")
class ScratchEtcdItest {
    private static final Path ETCD = Path.of("/usr/bin/etcd");
    private static final Duration LIMIT = Duration.ofSeconds(120);
    @TempDir
    Path directory;

    private ScratchEtcd opened(Server server, ScratchEtcd.Ports ports) throws IOException, InterruptedException {
        Path data = directory.resolve("server/db/etcd-scratch");
        Files.createDirectories(data.getParent());
        return ScratchEtcd.open(server.config, ETCD, data, false, ports);
    }

    @ParameterizedTest(name = "its port number {0}")
    @ValueSource(ints = {0, 1, 2})
    void aPortThatAnotherTookMeanwhileIsNotUsedAgain(int taken) throws IOException, InterruptedException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Server server = new Server(directory, "server-1", Optional.empty())) {
            int[] asked = new int[1];
            ScratchEtcd.Ports ports = () -> asked[0]++ == taken ? other.getLocalPort() : FreePort.next();
            try (ScratchEtcd scratch = opened(server, ports)) {
                assertThat(scratch.kv().count(EtcdRange.everything(), 0, LIMIT).count()).isZero();
                assertThat(asked[0]).isEqualTo(6);
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
