package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.k3j.componentbase.FeatureGates;
import io.k3j.schema.Schemas;
import io.k3j.testkit.HostileBodies;
import io.k3j.testkit.HostileKinds;
import io.k3j.testkit.HostileRequest;
import io.k3j.testkitobjects.BodyCosts;
import io.k3j.testkitobjects.ObjectServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
    private final ObjectServer server = new ObjectServer(ObjectServer.PLENTY, serving());

    private static ObjectServer.Serving serving() {
        Schemas schemas = new Schemas();
        KindTable table = KindTable.builtIn(k -> schemas.shape(k).orElseThrow());
        return new ObjectServer.Serving(table.kinds(),
                List.copyOf(BuiltinKinds.hooks(table, true, () -> null, FeatureGates.NONE)), List.of(), true);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void eachIsMadeWithoutThoseBeforeIt() {
        HostileBodies all = new HostileBodies(1, 2, "default", HostileKinds.BUILT_IN);
        HostileBodies some = new HostileBodies(1, 2, "default", HostileKinds.BUILT_IN);
        for (int i = 0; i < 7; i++) {
            all.next();
        }
        some.skip(7);
        assertThat(some.next()).hasToString(all.next().toString());
    }

    private void written(int times) throws IOException {
        String path = "/api/v1/namespaces/default/configmaps";
        for (int i = 0; i < times; i++) {
            String object = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\"},\"data\":{\"k\":\""
                    + i + "x".repeat(100_000) + "\"}}";
            assertThat(server.serve(new HostileRequest(i == 0 ? "POST" : "PUT", i == 0 ? path : path + "/c",
                    "application/json", object.getBytes(StandardCharsets.UTF_8)))).isEqualTo("200");
        }
    }

    /// 400 MB in all, in a heap of 256 MiB.
    @Test
    void aLongSeriesOfWritesFits() {
        assertThatCode(() -> written(4_000)).doesNotThrowAnyException();
        assertThat(server.troubles()).isEmpty();
    }

    @Test
    void costLittleWhateverTheyAre() throws IOException {
        assertThat(BodyCosts.of(server, HostileKinds.BUILT_IN, MANY, LARGE_EVERY)).isEmpty();
    }
}
