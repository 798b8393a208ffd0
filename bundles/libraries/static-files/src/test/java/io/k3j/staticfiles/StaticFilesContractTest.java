package io.k3j.staticfiles;

import io.k3j.edgeapi.Endpoint;
import io.k3j.testkitedge.EndpointContract;
import io.k3j.testkitedge.FakeExchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class StaticFilesContractTest extends EndpointContract {
    @TempDir
    private Path files;

    @BeforeEach
    void lay() throws IOException {
        Files.writeString(files.resolve("a.yaml"), "0123456789");
    }

    @Override
    protected Endpoint endpoint() {
        return new StaticFiles(files);
    }

    @Override
    protected FakeExchange good() {
        return new FakeExchange("GET", "/static/a.yaml");
    }

    @Override
    protected FakeExchange refused() {
        return new FakeExchange("GET", "/static/absent.yaml");
    }
}
