package io.k3j.apiserver;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiwatches.ViewKeeper;
import io.k3j.clientapi.ApiClient;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.testkit.ApiClientContract;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// The client of components in the API server's own process.
class LocalClientTest extends ApiClientContract {
    private Standalone server;
    private ViewKeeper views;
    private ApiClient client;

    @BeforeEach
    @Override
    protected void makeNamespace() {
        try {
            server = new Standalone(new MemoryDatastore(), 0, false);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        views = new ViewKeeper();
        client = server.local(Caller.of("system:test", List.of("system:masters")), views);
        super.makeNamespace();
    }

    @AfterEach
    void stop() {
        views.close();
        server.close();
    }

    @Override
    protected ApiClient client() {
        return client;
    }
}
