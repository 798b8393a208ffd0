package io.k3j.processprofiles;

import io.k3j.edgeapi.Endpoint;
import io.k3j.testkitedge.EndpointContract;
import io.k3j.testkitedge.FakeExchange;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class ProcessProfilesContractTest extends EndpointContract {
    @TempDir
    private Path dataDir;

    @Override
    protected Endpoint endpoint() {
        return new ProcessProfiles(dataDir);
    }

    @Override
    protected FakeExchange good() {
        return Certified.administrator("GET", "/debug/pprof/");
    }

    @Override
    protected FakeExchange refused() {
        return new FakeExchange("GET", "/debug/pprof/heap");
    }
}
