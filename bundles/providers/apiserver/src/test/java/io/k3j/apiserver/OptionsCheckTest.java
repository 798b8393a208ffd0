package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The parameters of a write that are wrong are refused in upstream's words, before anything is written.
class OptionsCheckTest {
    private static final String MAPS = "/api/v1/namespaces/a/configmaps";
    private static final String MAP = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\"}}";
    private final TestServer server = new TestServer();

    @BeforeEach
    void create() throws IOException {
        assertThat(send("POST", MAPS, "json", MAP)).isEqualTo("201");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String send(String method, String path, String type, String body) throws IOException {
        TestExchange x = server.serve(new TestExchange(method, path, body.getBytes(StandardCharsets.UTF_8))
                .with("content-type", "application/" + type));
        Struct answer = Json.object(x.bytes());
        return x.status() < 300 ? String.valueOf(x.status()) : x.status() + " " + answer.text("message");
    }

    private String patch(String type, String parameters) throws IOException {
        return send("PATCH", MAPS + "/x?" + parameters, type, type.startsWith("json-patch") ? "[]" : MAP);
    }

    @Test
    void onlyAnApplyIsForced() throws IOException {
        for (String type : new String[] {"merge-patch+json", "json-patch+json", "strategic-merge-patch+json"}) {
            assertThat(patch(type, "force=false")).isEqualTo("422 PatchOptions.meta.k8s.io \"\" is invalid: force:"
                    + " Forbidden: may not be specified for non-apply patch");
            assertThat(patch(type, "fieldManager=me")).isEqualTo("200");
        }
        assertThat(patch("apply-patch+yaml", "fieldManager=me&force=true")).isEqualTo("200");
    }

    @Test
    void anApplyHasAManager() throws IOException {
        assertThat(patch("apply-patch+yaml", "force=true")).isEqualTo("422 PatchOptions.meta.k8s.io \"\" is invalid:"
                + " fieldManager: Required value: is required for apply patch");
    }

    @Test
    void aManagerIsShortAndPrintable() throws IOException {
        assertThat(patch("merge-patch+json", "fieldManager=" + "x".repeat(128))).isEqualTo("200");
        assertThat(patch("merge-patch+json", "fieldManager=" + "%C3%A9".repeat(64) + "%20"))
                .isEqualTo("422 PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Too long: may not be more than"
                        + " 128 bytes");
        assertThat(send("PUT", MAPS + "/x?fieldManager=%C3%A9%07", "json", MAP))
                .startsWith("422 UpdateOptions.meta.k8s.io \"\" is invalid: fieldManager: Invalid value: \"é")
                .endsWith("invalid character U+0007 (at position 2)");
        assertThat(send("POST", MAPS + "?fieldManager=a%C2%A0b", "json", MAP)).startsWith("422 CreateOptions.")
                .endsWith("invalid character U+00A0 (at position 1)");
        assertThat(send("PUT", MAPS + "/x?fieldManager=a%20b%E2%82%AC", "json", MAP)).isEqualTo("200");
    }

    /// Each of them tells the whole name, so all of them would take minutes.
    @Test
    @Timeout(60)
    void ofManyCharactersThatAreWrongSomeAreTold() throws IOException {
        assertThat(send("PUT", MAPS + "/x?fieldManager=" + "%07".repeat(100_000), "json", MAP))
                .startsWith("422 UpdateOptions.").contains("fieldManager: Too long").endsWith(", and more]");
        assertThat(send("PUT", MAPS + "/x?fieldManager=" + "%07".repeat(300), "json", MAP))
                .contains("invalid character U+0007 (at position 98)").endsWith(", and more]");
    }

    @Test
    void allIsToldAtOnce() throws IOException {
        assertThat(patch("merge-patch+json", "force=1&dryRun=Some&fieldValidation=strict")).isEqualTo("422 "
                + "PatchOptions.meta.k8s.io \"\" is invalid: [force: Forbidden: may not be specified for non-apply"
                + " patch, dryRun: Unsupported value: [\"Some\"]: supported values: \"All\", fieldValidation:"
                + " Unsupported value: \"strict\": supported values: \"\", \"Ignore\", \"Strict\", \"Warn\"]");
    }

    @Test
    void aDryRunMayBeAskedForTwice() throws IOException {
        assertThat(send("DELETE", MAPS + "/x?dryRun=All&dryRun=All", "json", "")).isEqualTo("200");
        assertThat(send("PUT", MAPS + "/x?dryRun=All&dryRun=All", "json", MAP)).as("it is there").isEqualTo("200");
        assertThat(send("PUT", MAPS + "/x?dryRun=All&dryRun=None", "json", MAP)).startsWith("422 UpdateOptions.")
                .contains("dryRun: Unsupported value: [\"All\",\"None\"]");
    }

    @Test
    void aDeletionHasNoManager() throws IOException {
        assertThat(send("DELETE", MAPS + "/x?fieldManager=" + "x".repeat(200), "json", "")).isEqualTo("200");
    }
}
