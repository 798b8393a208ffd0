package io.k3j.datastoreconformance;

import io.k3j.testkitdatabases.DatabaseServer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// The database server of one test class: runs before its first test and until after its last one.
final class Served<S extends DatabaseServer> implements BeforeAllCallback, AfterAllCallback {
    private final Supplier<S> start;
    private @Nullable S server;

    Served(Supplier<S> start) {
        this.start = start;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        server = start.get();
    }

    S server() {
        if (server == null) {
            throw new IllegalStateException("not started yet");
        }
        return server;
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (server != null) {
            server.close();
        }
    }
}
