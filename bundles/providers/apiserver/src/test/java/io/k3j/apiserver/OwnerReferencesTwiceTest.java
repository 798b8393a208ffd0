package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// As upstream's `TestDedupOwnerReferences` has it.
class OwnerReferencesTwiceTest {
    private static final String MAPS = "/api/v1/namespaces/a/configmaps";
    private static final String OWNER = "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"name\":\"n\",\"uid\":\"%s\"}";
    private static final String A = OWNER.formatted("a");
    private static final String B = OWNER.formatted("b");
    private final TestServer server = new TestServer();

    @AfterEach
    void stop() {
        server.close();
    }

    private TestExchange send(String method, String path, String type, String owners) throws IOException {
        return server.serve(new TestExchange(method, MAPS + path, ("{\"metadata\":{\"name\":\"m\",\"ownerReferences\":["
                + owners + "]}}").getBytes(StandardCharsets.UTF_8)).with("content-type", "application/" + type));
    }

    private static int owners(TestExchange x) {
        return Json.object(x.bytes()).struct("metadata").seq("ownerReferences").size();
    }

    @Test
    void oneOfThemIsKeptWithAWarning() throws IOException {
        TestExchange made = send("POST", "", "json", A + "," + A + "," + B + "," + B);
        assertThat(owners(made)).isEqualTo(2);
        assertThat(made.answered("warning")).isEqualTo("299 - \".metadata.ownerReferences contains duplicate entries;"
                + " API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please"
                + " fix your requests; duplicate UID(s) observed: a, b\"");
        assertThat(owners(send("PUT", "/m", "json", A + "," + A))).isEqualTo(1);
        TestExchange patched = send("PATCH", "/m", "merge-patch+json", B + "," + B);
        assertThat(owners(patched)).isEqualTo(1);
        assertThat(patched.answered("warning")).startsWith("299 - \".metadata.ownerReferences contains duplicate"
                + " entries after mutating admission happens; ").endsWith("duplicate UID(s) observed: b\"");
        assertThat(send("PUT", "/m", "json", A + "," + B).answered("warning")).isEmpty();
    }
}
