package io.k3j.apiserver;

import io.k3j.clientapi.ApiClient;
import io.k3j.clienthttp.RemoteClients;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.testkit.ApiClientContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// The client of components on a node without an API server, over the real edge's TLS port.
class RemoteClientTest extends ApiClientContract {
    @TempDir
    private Path directory;
    private Standalone server;
    private RemoteClients clients;
    private ApiClient client;

    @BeforeEach
    @Override
    protected void makeNamespace() {
        try {
            server = new Standalone(new MemoryDatastore(), 0, false);
            Path config = server.port().kubeConfig(directory, "tester", "system:masters");
            Files.copy(config, directory.resolve("k3scontroller.kubeconfig"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        clients = new RemoteClients(directory);
        client = clients.client("system:test");
        super.makeNamespace();
    }

    @AfterEach
    void stop() {
        clients.close();
        server.close();
    }

    @Override
    protected ApiClient client() {
        return client;
    }
}
