package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.ResourceKind.Scope;
import io.k3j.apiserverapi.ResourceKind.Strategy;
import io.k3j.apiserverapi.ResourceKind.Subresource;
import io.k3j.codec.Json;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a write to the status cannot change belongs to nobody who names it there, as upstream's reset fields say.
class ResetFieldsTest {
    private static final String CLAIMS = "/apis/resource.k8s.io/v1/namespaces/a/resourceclaims";
    private static final String CLAIM = "{\"apiVersion\":\"resource.k8s.io/v1\",\"kind\":\"ResourceClaim\","
            + "\"metadata\":{\"name\":\"x\",\"labels\":{\"a\":\"%s\"},\"finalizers\":[\"%s\"]},\"spec\":{\"devices\":"
            + "{\"requests\":[{\"name\":\"%s\"}]}},\"status\":{\"reservedFor\":[{\"resource\":\"pods\","
            + "\"name\":\"p\",\"uid\":\"u\"}]}}";
    private final TestServer server = new TestServer();

    @BeforeEach
    void serveClaimsAndMakeOne() throws IOException {
        Subresource status = new Subresource("status", Gvk.of("resource.k8s.io/v1", "ResourceClaim"),
                Set.of("get", "patch", "update"), Scope.STATUS_ONLY);
        List<ResourceKind> claims = List.of(TestKinds.kind("resource.k8s.io/v1", "resourceclaims", "ResourceClaim",
                "/registry/resourceclaims/", List.of(status), new Strategy(true, false, false, false, true)));
        server.contributions.kinds().put((KindCatalog) () -> claims, Map.of());
        TestExchange made = server.call("POST", CLAIMS + "?fieldManager=maker", CLAIM.formatted("b", "c/d", "e"));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Struct written(String verb, String manager, String type) throws IOException {
        TestExchange x = server.serve(new TestExchange(verb, CLAIMS + "/x/status?fieldManager=" + manager,
                CLAIM.formatted("z", "y/x", "w").getBytes(StandardCharsets.UTF_8)).with("content-type",
                        "application/" + type));
        assertThat(x.status()).as(x.text()).isEqualTo(200);
        return Json.object(x.bytes());
    }

    private static void onlyTheStatusIsAnothers(Struct claim, String manager) {
        assertThat(claim.struct("metadata").struct("labels")).isEqualTo(Struct.of("a", "b"));
        assertThat(claim.struct("metadata").seq("finalizers").texts()).containsExactly("c/d");
        assertThat(claim.struct("spec").struct("devices").seq("requests").struct(0).text("name")).isEqualTo("e");
        assertThat(claim.struct("status").seq("reservedFor").struct(0).text("name")).isEqualTo("p");
        assertThat(claim.struct("metadata").seq("managedFields").find("manager", manager).struct("fieldsV1").names())
                .containsExactly("f:status");
    }

    @Test
    void whoAppliesAStatusOwnsTheStatusAndMeetsNoConflict() throws IOException {
        onlyTheStatusIsAnothers(written("PATCH", "applier", "apply-patch+yaml"), "applier");
    }

    @Test
    void whoAppliesToAnotherVersionIsTold() throws IOException {
        String other = CLAIM.formatted("b", "c/d", "e").replace("\"name\":\"x\",",
                "\"name\":\"x\",\"resourceVersion\":\"7777777\",");
        TestExchange x = server.serve(new TestExchange("PATCH", CLAIMS + "/x/status?fieldManager=applier",
                other.getBytes(StandardCharsets.UTF_8)).with("content-type", "application/apply-patch+yaml"));
        assertThat(x.status()).as(x.text()).isEqualTo(409);
    }

    @Test
    void whoUpdatesAStatusOwnsTheStatus() throws IOException {
        onlyTheStatusIsAnothers(written("PUT", "updater", "json"), "updater");
    }
}
