package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Who applies a `Scale` owns the replicas of its object, as upstream's `scalehandler.go` has it.
class ScaleOwnershipTest {
    private static final String PATH = "/apis/apps/v1/namespaces/default/deployments";
    private static final String SCALE = "{\"apiVersion\":\"autoscaling/v1\",\"kind\":\"Scale\",\"metadata\":{%s},"
            + "\"spec\":{\"replicas\":%d}}";
    private final TestServer server = new TestServer();

    @BeforeEach
    void create() throws IOException {
        assertThat(server.call("POST", PATH + "?fieldManager=creator", """
                {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":1,"selector":
                {"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":
                "c","image":"i"}]}}}}""").status()).isEqualTo(201);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private TestExchange send(String method, String type, String query, String body) throws IOException {
        return server.serve(new TestExchange(method, PATH + "/d/scale" + query, body.getBytes(StandardCharsets.UTF_8))
                .with("content-type", "application/" + type));
    }

    private TestExchange apply(String query, int replicas) throws IOException {
        return send("PATCH", "apply-patch+yaml", query, SCALE.formatted("\"name\":\"d\"", replicas));
    }

    private List<String> owners() throws IOException {
        return Json.object(server.get(PATH + "/d").bytes()).struct("metadata").seq("managedFields").structs().stream()
                .filter(e -> e.struct("fieldsV1").struct("f:spec").has("f:replicas"))
                .map(e -> e.text("manager") + " " + e.text("operation") + " " + e.text("apiVersion") + " "
                        + e.text("subresource"))
                .toList();
    }

    @Test
    void anApplierOwnsTheReplicas() throws IOException {
        TestExchange refused = apply("?fieldManager=scaler", 3);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(Json.object(refused.bytes()).text("message"))
                .startsWith("Apply failed with 1 conflict: conflict with \"creator\"").endsWith(".spec.replicas");
        TestExchange done = apply("?fieldManager=scaler&force=true", 3);
        assertThat(done.status()).isEqualTo(200);
        assertThat(Json.object(done.bytes()).struct("spec")).isEqualTo(Struct.of("replicas", 3));
        assertThat(owners()).containsExactly("scaler Apply apps/v1 scale");
        assertThat(apply("?fieldManager=scaler", 4).status()).isEqualTo(200);
        assertThat(owners()).containsExactly("scaler Apply apps/v1 scale");
    }

    @Test
    void anUpdateTakesThemAndNamesTheObjectItMeans() throws IOException {
        TestExchange refused = send("PUT", "json", "", SCALE.formatted("\"name\":\"d\",\"uid\":\"old\"", 5));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(Json.object(refused.bytes()).text("message"))
                .startsWith("Operation cannot be fulfilled on deployments/scale.apps \"d\": Precondition failed: UID in"
                        + " precondition: old, UID in object meta: ");
        assertThat(send("PUT", "json", "?fieldManager=updater", SCALE.formatted("\"name\":\"d\"", 5)).status())
                .isEqualTo(200);
        assertThat(owners()).containsExactly("updater Update apps/v1 scale");
    }

    /// As `kubectl get --subresource=scale` asks for it.
    @Test
    void aScaleIsShownAsATable() throws IOException {
        for (String included : List.of("Metadata", "None", "Object")) {
            Struct table = Json.object(server.serve(new TestExchange("GET", PATH + "/d/scale?includeObject=" + included,
                    new byte[0]).with("accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"))
                    .bytes());
            assertThat(table.text("kind")).isEqualTo("Table");
            assertThat(table.seq("columnDefinitions").structs()).extracting(c -> c.text("name"))
                    .containsExactly("Name", "Desired", "Available", "Age");
            Struct row = table.seq("rows").struct(0);
            assertThat(row.seq("cells")).containsExactly("d", 1L, 0L, "0s");
            assertThat(row.struct("object").text("kind")).isEqualTo(switch (included) {
                case "None" -> "";
                case "Object" -> "Scale";
                default -> "PartialObjectMetadata";
            });
        }
    }
}
