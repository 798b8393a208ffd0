package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clusteragreement.BootstrapData;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.model.Struct;
import io.k3j.pki.PasswordFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An empty token must never protect data, wherever it comes from.
class EmptyTokenTest {
    @TempDir
    private Path directory;
    private final MemoryDatastore store = new MemoryDatastore(true);

    @Test
    void aPasswordLostOnDiskIsRestoredFromTheToken() throws Exception {
        TestServer server = new TestServer(directory, "server-1").without("token");
        PasswordFile before = server.credentials().passwords();
        Files.writeString(server.layout.cred("passwd"), ",node,node,k3s:agent\n,server,server,k3s:server\n");
        PasswordFile after = server.credentials().passwords();
        assertThat(after.row("server")).isEqualTo(before.row("server"));
        assertThat(after.row("server").orElseThrow().password()).isNotEmpty();
    }

    @Test
    void anEmptyTokenSealsNoRecord() {
        BootstrapData bootstrap = new BootstrapData(store, "", TestServer.RANDOM);
        assertThatThrownBy(() -> bootstrap.save(Struct.of("a", "b")))
                .hasMessage("an empty token seals no bootstrap data");
        assertThatThrownBy(bootstrap::lock).hasMessage("an empty token seals no bootstrap data");
        assertThat(store.range("", "", 0, 0).entries()).isEmpty();
    }
}
