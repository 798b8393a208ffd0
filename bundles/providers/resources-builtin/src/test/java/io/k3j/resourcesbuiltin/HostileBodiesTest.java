package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.schema.Schemas;
import io.k3j.testkit.HostileKinds;
import io.k3j.testkitobjects.BodyCosts;
import io.k3j.testkitobjects.ObjectServer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a write makes is bounded, not only what it is. This module's tests have 256 MiB of heap in all (`pom.xml`):
/// what takes more than that ends in an `OutOfMemoryError` here. Longer series: `BodyCosts`.
class HostileBodiesTest {
    /// With those of `HostileThingsTest` and `HostilePodsTest` ten thousand.
    private static final int MANY = 8_000;
    /// Each of the 205 shapes is large once.
    private static final int LARGE_EVERY = 39;
    private final ObjectServer server = new ObjectServer(1L << 30, serving());

    private static ObjectServer.Serving serving() {
        Schemas schemas = new Schemas();
        KindTable table = KindTable.builtIn(k -> schemas.shape(k).orElseThrow());
        return new ObjectServer.Serving(table.kinds(), List.copyOf(BuiltinKinds.hooks(table, true)), List.of(), true);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void costLittleWhateverTheyAre() throws IOException {
        assertThat(BodyCosts.of(server, HostileKinds.BUILT_IN, MANY, LARGE_EVERY)).isEmpty();
    }
}
