package io.k3j.externaldatastore;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitdatabases.DatabaseServer;
import io.k3j.testkitdatabases.EtcdServers;
import io.k3j.testkitdatabases.MariadbServer;
import io.k3j.testkitdatabases.PostgresServer;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server starts with 256 MiB beyond what its objects take, also where large ones follow hundreds of small ones, so
/// that a page of as many rows as before would not fit.
@Tag("full")
@Tag("data")
@NeedsPackages({"etcd-server", "mariadb-server", "postgresql"})
class FirstLoadItest {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final String HEALTHY = "Component healthy component=apiserver";
    private static final int SMALL = 400;
    private static final int LARGE = 500;
    private static final String MEGABYTE = "x".repeat(1_000_000);
    /// Each large one is an array that has a MiB of the heap to itself.
    private static final String HEAP = "-Xmx" + (LARGE + 256) + "m";
    @TempDir
    Path directory;

    @Test
    void ofSqlite() throws Exception {
        starts("");
    }

    @Test
    void ofMariadb() throws Exception {
        try (DatabaseServer database = MariadbServer.started()) {
            starts(database.endpoint("kubernetes"));
        }
    }

    @Test
    void ofPostgres() throws Exception {
        try (DatabaseServer database = PostgresServer.started()) {
            starts(database.endpoint("kubernetes"));
        }
    }

    @Test
    void ofEtcd() throws Exception {
        try (EtcdServers etcd = EtcdServers.start(Files.createDirectory(directory.resolve("etcd")), 1)) {
            starts(etcd.endpoints());
        }
    }

    private void starts(String endpoint) throws IOException, InterruptedException {
        try (K3sProcess server = server("-Xmx3g", endpoint); ConfigMaps maps = new ConfigMaps(directory)) {
            for (int i = 0; i < SMALL + LARGE; i++) {
                // in the order of their names, the small ones first
                String name = "%s-%03d".formatted(i < SMALL ? "a" : "b", i);
                assertThat(maps.create(name, i < SMALL ? "" : MEGABYTE).statusCode()).as(server::tail).isEqualTo(201);
            }
        }
        try (K3sProcess server = server(HEAP, endpoint); ConfigMaps maps = new ConfigMaps(directory)) {
            assertThat(maps.list("?limit=1").body()).as(server::tail)
                    .contains("\"remainingItemCount\":" + (SMALL + LARGE));
            assertThat(maps.create("after").statusCode()).as(server::tail).isEqualTo(201);
        }
    }

    private K3sProcess server(String heap, String endpoint) throws IOException, InterruptedException {
        List<String> flags = new ArrayList<>(List.of("--disable-agent", "--bind-address", "127.0.0.1",
                "--token", "the-token"));
        if (!endpoint.isEmpty()) {
            flags.addAll(List.of("--datastore-endpoint", endpoint));
        }
        K3sProcess server = K3sProcess.server(directory, List.of(heap), flags.toArray(String[]::new));
        server.awaitOutput(HEALTHY, LIMIT);
        return server;
    }
}
