package io.k3j.externaldatastore;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Waiting;
import io.k3j.testkitdatabases.EtcdServers;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An operator restores a snapshot of etcd below a running server. (What a server does on a PostgreSQL that has lost
/// rows is in [LostTailItest]: there revisions go on above every one that was told.)
@NeedsPackages({"etcd-server", "etcd-client"})
class RestoredEtcdItest {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final String HEALTHY = "Component healthy component=apiserver";
    @TempDir
    Path directory;

    private K3sProcess server(String name, String endpoint) throws IOException, InterruptedException {
        K3sProcess server = K3sProcess.server(Files.createDirectories(directory.resolve(name)), "--disable-agent",
                "--bind-address", "127.0.0.1", "--token", "the-token", "--datastore-endpoint", endpoint);
        server.awaitOutput(HEALTHY, LIMIT);
        return server;
    }

    @Test
    void theServerEndsWithASentenceAndBeginsAnewOnWhatIsThere() throws Exception {
        try (EtcdServers etcd = EtcdServers.start(Files.createDirectory(directory.resolve("etcd")), 1)) {
            try (K3sProcess server = server("server", etcd.endpoints());
                    ConfigMaps maps = new ConfigMaps(directory.resolve("server"))) {
                assertThat(maps.create("kept").statusCode()).isEqualTo(201);
                etcd.save(directory.resolve("saved"));
                assertThat(maps.create("lost").statusCode()).isEqualTo(201);
                etcd.restore(0, directory.resolve("saved"));
                assertThat(server.awaitEnd(Waiting.LIMIT)).as(server::tail).isEqualTo(1);
                assertThat(server.output()).contains("the datastore went back", "start it again");
            }
            try (K3sProcess server = server("server", etcd.endpoints());
                    ConfigMaps maps = new ConfigMaps(directory.resolve("server"))) {
                assertThat(maps.create("after").statusCode()).as(server::tail).isEqualTo(201);
                assertThat(maps.list("").body()).contains("\"kept\"", "\"after\"").doesNotContain("\"lost\"");
            }
        }
    }
}
