package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.ResourceKind.Scope;
import io.k3j.apiserverapi.ResourceKind.Strategy;
import io.k3j.apiserverapi.ResourceKind.Subresource;
import io.k3j.apiwatches.ViewKeeper;
import io.k3j.clientapi.WriteOptions;
import io.k3j.codec.Json;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The write scopes of kinds and subresources.
class ScopeTest {
    private static final Strategy PLAIN = new Strategy(true, false, false, true, true);
    private final TestServer server = new TestServer();

    @BeforeEach
    void serveMore() {
        List<ResourceKind> more = List.of(
                kind("batch/v1", "jobs", "Job", new Strategy(true, false, false, true, true, false, true)),
                kind("v1", "nodes", "Node", new Strategy(true, false, false, false, true, true, false)),
                kind("apps/v1", "replicasets", "ReplicaSet", PLAIN, sub("status", "ReplicaSet", Scope.STATUS_ONLY)),
                kind("apps/v1", "deployments", "Deployment",
                        new Strategy(true, false, false, true, true, false, false, true),
                        sub("status", "Deployment", Scope.STATUS)),
                kind("apps/v1", "statefulsets", "StatefulSet", new Strategy(true, false, false, true, false)),
                kind("v1", "replicationcontrollers", "ReplicationController", PLAIN,
                        sub("binding", "ReplicationController", new Scope(List.of(), true, false))),
                kind("certificates.k8s.io/v1", "certificatesigningrequests", "CertificateSigningRequest", PLAIN,
                        sub("approval", "CertificateSigningRequest",
                                new Scope(List.of(List.of("status", "conditions")), true, true))),
                kind("resource.k8s.io/v1", "resourceclaims", "ResourceClaim", PLAIN,
                        sub("status", "ResourceClaim", Scope.STATUS)));
        // before the deployments of TestKinds
        server.contributions.kinds().put((KindCatalog) () -> more, Map.of("service.ranking", 1));
    }

    private static ResourceKind kind(String version, String plural, String kind, Strategy strategy,
            Subresource... subresources) {
        List<Subresource> all = List.of(subresources).stream()
                .map(s -> new Subresource(s.name(), Gvk.of(version, kind), s.verbs(), s.scope())).toList();
        return TestKinds.kind(version, plural, kind, "/registry/" + plural + "/", all, strategy);
    }

    private static Subresource sub(String name, String kind, Scope scope) {
        return new Subresource(name, Gvk.of("v1", kind), Set.of("get", "patch", "update"), scope);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Struct call(String method, String path, String body, int status) throws IOException {
        TestExchange x = server.call(method, path, body);
        assertThat(x.status()).as(x.text()).isEqualTo(status);
        return Json.object(x.bytes());
    }

    private Struct patch(String path, String type, String body) throws IOException {
        TestExchange x = server.serve(new TestExchange("PATCH", path, body.getBytes(StandardCharsets.UTF_8))
                .with("content-type", "application/" + type));
        assertThat(x.status()).as(x.text()).isEqualTo(200);
        return Json.object(x.bytes());
    }

    @Test
    void aCreatedNodeKeepsItsStatus() throws IOException {
        Struct node = call("POST", "/api/v1/namespaces/a/nodes",
                "{\"metadata\":{\"name\":\"n\"},\"status\":{\"capacity\":{\"cpu\":\"2\"}}}", 201);
        assertThat(node.at("status", "capacity", "cpu")).isEqualTo("2");
    }

    @Test
    void aStatusSubresourceChangesOnlyStatus() throws IOException {
        String path = "/apis/apps/v1/namespaces/a/replicasets";
        call("POST", path, "{\"metadata\":{\"name\":\"x\"},\"spec\":{\"replicas\":1}}", 201);
        Struct now = patch(path + "/x/status", "merge-patch+json", "{\"metadata\":{\"labels\":{\"a\":\"b\"},"
                + "\"finalizers\":[\"a.b/c\"]},\"spec\":{\"replicas\":9},\"status\":{\"replicas\":3}}");
        assertThat(now.struct("metadata").names()).doesNotContain("labels", "finalizers");
        assertThat(now.at("spec", "replicas")).isEqualTo(1L);
        assertThat(now.at("status", "replicas")).isEqualTo(3L);
        assertThat(now.at("metadata", "generation")).isEqualTo(1L);
    }

    @Test
    void aStatusWithoutSubresourceIncrementsTheGeneration() throws IOException {
        String path = "/apis/apps/v1/namespaces/a/statefulsets";
        call("POST", path, "{\"metadata\":{\"name\":\"x\"},\"spec\":{\"serviceName\":\"s\"}}", 201);
        assertThat(patch(path + "/x", "merge-patch+json", "{\"status\":{\"replicas\":3}}")
                .at("metadata", "generation")).isEqualTo(2L);
    }

    @Test
    void annotationsOfKindsThatCountThemIncrementTheGeneration() throws IOException {
        String annotation = "{\"metadata\":{\"annotations\":{\"a\":\"%s\"}}}";
        String path = "/apis/apps/v1/namespaces/a/deployments";
        call("POST", path, "{\"metadata\":{\"name\":\"x\"},\"spec\":{\"minReadySeconds\":1}}", 201);
        assertThat(patch(path + "/x", "merge-patch+json", annotation.formatted("b")).at("metadata", "generation"))
                .isEqualTo(2L);
        assertThat(patch(path + "/x", "merge-patch+json", "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}")
                .at("metadata", "generation")).isEqualTo(2L);
        assertThat(patch(path + "/x/status", "merge-patch+json", annotation.formatted("c"))
                .at("metadata", "generation")).isEqualTo(2L);
        String other = "/apis/apps/v1/namespaces/a/statefulsets";
        call("POST", other, "{\"metadata\":{\"name\":\"x\"},\"spec\":{\"serviceName\":\"s\"}}", 201);
        assertThat(patch(other + "/x", "merge-patch+json", annotation.formatted("b")).at("metadata", "generation"))
                .isEqualTo(1L);
    }

    @Test
    void aBindingKeepsTheGeneration() throws IOException {
        Struct made = call("POST", "/api/v1/namespaces/a/replicationcontrollers",
                "{\"metadata\":{\"name\":\"x\"},\"spec\":{\"replicas\":1}}", 201);
        Caller admin = Caller.of("admin", List.of("system:masters"));
        LocalClient api = new LocalClient(server.server.local(), user -> admin, admin, new ViewKeeper());
        Gvr resource = new Gvr("", "v1", "replicationcontrollers");
        Obj bound = api.update(resource, Obj.of(made).with(2L, "spec", "replicas"),
                new WriteOptions("binding", "", false, false));
        assertThat(bound.spec().whole("replicas", 0)).isEqualTo(2);
        assertThat(bound.generation()).isEqualTo(1);
        assertThat(api.update(resource, bound.with(3L, "spec", "replicas"), WriteOptions.PLAIN).generation())
                .isEqualTo(2);
    }

    @Test
    void anApprovalChangesOnlyAnnotationsAndConditions() throws IOException {
        String path = "/apis/certificates.k8s.io/v1/namespaces/a/certificatesigningrequests";
        call("POST", path, "{\"metadata\":{\"name\":\"x\"},\"spec\":{\"signerName\":\"a/b\",\"request\":\"eA==\"}}",
                201);
        Struct now = patch(path + "/x/approval", "merge-patch+json", "{\"metadata\":{\"annotations\":{\"a\":\"b\"}},"
                + "\"spec\":{\"signerName\":\"c/d\"},\"status\":{\"certificate\":\"eA==\",\"conditions\":[{\"type\":"
                + "\"Approved\",\"status\":\"True\"}]}}");
        assertThat(now.at("metadata", "annotations", "a")).isEqualTo("b");
        assertThat(now.at("spec", "signerName")).isEqualTo("a/b");
        assertThat(now.struct("status").names()).containsExactly("conditions");
    }

    @Test
    void deletingAJobWithoutAPolicyOrphansItsPods() throws IOException {
        String path = "/apis/batch/v1/namespaces/a/jobs";
        call("POST", path, "{\"metadata\":{\"name\":\"x\"},\"spec\":{\"template\":{}}}", 201);
        assertThat(call("DELETE", path + "/x", "", 200).struct("metadata").seq("finalizers").texts())
                .containsExactly("orphan");
        call("POST", path, "{\"metadata\":{\"name\":\"y\"},\"spec\":{\"template\":{}}}", 201);
        assertThat(call("DELETE", path + "/y?propagationPolicy=Background", "", 200).text("kind"))
                .isEqualTo("Status");
    }

    @Test
    void aJsonPatchSeesTheEmptyStatusOfAClaim() throws IOException {
        String path = "/apis/resource.k8s.io/v1/namespaces/a/resourceclaims";
        call("POST", path, "{\"metadata\":{\"name\":\"x\"},\"spec\":{}}", 201);
        Struct now = patch(path + "/x/status", "json-patch+json",
                "[{\"op\":\"add\",\"path\":\"/status/devices\",\"value\":[{\"driver\":\"d\",\"pool\":\"p\","
                        + "\"device\":\"x\"}]}]");
        assertThat(now.struct("status").seq("devices").struct(0).text("driver")).isEqualTo("d");
    }

    @Test
    void aPostWithoutAnObjectHasNoTable() throws IOException {
        ResourceKind review = kind("authorization.k8s.io/v1", "localsubjectaccessreviews", "LocalSubjectAccessReview",
                PLAIN);
        ResourceKind unstored = new ResourceKind(review.gvr(), review.gvk(), review.names(), true, Set.of("create"),
                List.of(), new ResourceKind.Storage("", review.gvk()), review.shape(), List.of(), PLAIN);
        server.contributions.kinds().put((KindCatalog) () -> List.of(unstored), Map.of());
        String path = "/apis/authorization.k8s.io/v1/namespaces/a/localsubjectaccessreviews";
        assertThat(server.serve(new TestExchange("POST", path, "{}".getBytes(StandardCharsets.UTF_8))
                .with("accept", "application/json;as=Table;v=v1;g=meta.k8s.io")).status()).isEqualTo(406);
    }

    @Test
    void componentStatusesAreServed() throws IOException {
        Gvk kind = Gvk.of("v1", "ComponentStatus");
        ResourceKind row = new ResourceKind(Gvr.of("v1", "componentstatuses"), kind,
                new ResourceKind.Names("componentstatus", List.of("cs"), List.of()), false, Set.of("get", "list"),
                List.of(), new ResourceKind.Storage("", kind), TestKinds.SCHEMAS.shape(kind).orElseThrow(), List.of(),
                PLAIN);
        server.contributions.kinds().put((KindCatalog) () -> List.of(row), Map.of());
        assertThat(call("GET", "/api/v1/componentstatuses", "", 200).seq("items").structs())
                .extracting(s -> s.struct("metadata").text("name"))
                .containsExactly("controller-manager", "etcd-0", "scheduler");
        assertThat(call("GET", "/api/v1/componentstatuses/etcd-0", "", 200).seq("conditions").struct(0).text("status"))
                .isEqualTo("True");
        call("GET", "/api/v1/componentstatuses/none", "", 404);
    }
}
