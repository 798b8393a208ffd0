package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiaccess.AnonymousAuth;
import io.k3j.apiaccess.StrictTransport;
import io.k3j.apiwatches.Watches;
import io.k3j.componenthelpers.CorsOrigins;
import io.k3j.datastorememory.MemoryDatastore;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StrictTransportTest {
    private static final String HEADER = "strict-transport-security";

    @Test
    void everyAnswerSaysItWhereItIsAskedFor() throws IOException {
        StrictTransport asked = StrictTransport.of("max-age=31536000; preload");
        try (TestServer server = new TestServer(new MemoryDatastore(), new Core.Policy(Set.of(), Set.of(), Set.of(),
                AnonymousAuth.NOWHERE, false, 600, false, Watches.LEAST, 0, CorsOrigins.NONE, asked, false))) {
            for (String path : new String[] {"/version", "/api/v1/namespaces/a/configmaps/missing",
                    "/api/v1/namespaces/a/configmaps?watch=1"}) {
                assertThat(server.get(path).answered(HEADER)).as(path)
                        .isEqualTo("max-age=31536000; preload");
            }
        }
        try (TestServer server = new TestServer()) {
            assertThat(server.get("/version").answered(HEADER)).isEmpty();
        }
    }
}
