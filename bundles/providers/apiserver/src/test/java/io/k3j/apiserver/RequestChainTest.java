package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Action;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Authorizer.Decision;
import io.k3j.apiserverapi.Authorizer.Verdict;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Connect;
import io.k3j.apiserverapi.Write;
import io.k3j.apiwatches.ViewKeeper;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Attacks by a user with few rights.
class RequestChainTest {
    private static final Gvr PODS = new Gvr("", "v1", "pods");
    private static final Gvr CONFIG_MAPS = new Gvr("", "v1", "configmaps");
    private static final Gvr LEASES = new Gvr("coordination.k8s.io", "v1", "leases");
    private final TestServer server = new TestServer();
    /// The rights of `mallory`: `verb resource[/subresource]`.
    private final Set<String> allowed = new CopyOnWriteArraySet<>();
    private final ConcurrentLinkedQueue<String> reached = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> admitted = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void authorize() {
        server.contributions.authorizers().add((caller, what) -> new Decision(
                allowed.contains(what.verb() + " " + what.resource()
                        + (what.subresource().isEmpty() ? "" : "/" + what.subresource()))
                                ? Verdict.ALLOW : Verdict.NO_OPINION,
                ""), Map.of());
    }

    @AfterEach
    void close() {
        server.close();
    }

    private TestExchange mallory(String method, String target, String body) throws IOException {
        return server.serve(new TestExchange(method, target, body.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .with("authorization", "Bearer mallory"));
    }

    private void connects(String subresource) {
        server.contributions.connects().add(new Connect() {
            @Override
            public Gvr resource() {
                return PODS;
            }

            @Override
            public String subresource() {
                return subresource;
            }

            @Override
            public void serve(Call call) throws IOException {
                reached.add(call.key() + " " + call.rest());
                call.exchange().respond(200, Map.of());
            }
        }, Map.of());
    }

    private void acts(String subresource) {
        server.contributions.actions().add(new Action() {
            @Override
            public Gvr resource() {
                return PODS;
            }

            @Override
            public String subresource() {
                return subresource;
            }

            @Override
            public Struct perform(Call call) {
                reached.add(subresource);
                return Struct.of("kind", "Status", "apiVersion", "v1");
            }
        }, Map.of());
    }

    /// Records every write and refuses those of one subresource.
    private void admits(String refused) {
        server.contributions.admissions().add(new Admission() {
            @Override
            public String name() {
                return "Test";
            }

            @Override
            public boolean handles(Write write) {
                return true;
            }

            @Override
            public Struct admit(Write write, Struct object) {
                admitted.add(write.operation() + " " + write.kind().gvr().resource() + "/" + write.subresource() + " "
                        + object.text("kind"));
                return object;
            }

            @Override
            public void validate(Write write, Struct object) {
                if (write.of(refused)) {
                    throw ApiFault.forbidden(write.kind().gvr(), write.key().name(), "no");
                }
            }
        }, Map.of(Admission.ORDER, 1));
    }

    private ApiClient local() {
        Caller caller = Caller.of("mallory", List.of());
        return new LocalClient(server.server.local(), user -> caller, caller, new ViewKeeper());
    }

    @Test
    void theRightToWatchDoesNotAllowExec() throws IOException {
        connects("exec");
        allowed.add("watch pods");
        allowed.add("watch pods/exec");
        String exec = "/api/v1/watch/namespaces/a/pods/p/exec?command=id&stdout=true";
        assertThat(mallory("GET", exec, "").status()).isEqualTo(404);
        assertThat(mallory("POST", exec, "").status()).isEqualTo(404);
        assertThat(reached).isEmpty();
    }

    @Test
    void everyConnectionThatExecutesNeedsCreate() throws IOException {
        connects("exec");
        allowed.add("get pods/exec");
        allowed.add("options pods/exec");
        allowed.add("list pods/exec");
        for (String method : List.of("GET", "HEAD", "OPTIONS")) {
            assertThat(mallory(method, "/api/v1/namespaces/a/pods/p/exec?command=id", "").status()).isEqualTo(403);
        }
        assertThat(reached).isEmpty();
        allowed.add("create pods/exec");
        assertThat(mallory("GET", "/api/v1/namespaces/a/pods/p/exec?command=id", "").status()).isEqualTo(200);
    }

    @Test
    void theDeprecatedWatchPathRequiresWatch() throws IOException {
        allowed.addAll(Set.of("watch configmaps", "create configmaps"));
        String map = "{\"metadata\":{\"name\":\"x\"}}";
        assertThat(mallory("POST", "/api/v1/watch/namespaces/a/configmaps", map).status()).isEqualTo(405);
    }

    @Test
    void anApplyThatCreatesNeedsCreate() throws IOException {
        allowed.add("patch configmaps");
        String map = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\"}}";
        String path = "/api/v1/namespaces/a/configmaps/x?fieldManager=m";
        TestExchange refused = server.serve(new TestExchange("PATCH", path, map.getBytes(
                java.nio.charset.StandardCharsets.UTF_8)).with("authorization", "Bearer mallory")
                .with("content-type", "application/apply-patch+yaml"));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text()).contains("cannot create resource \\\"configmaps\\\"");
        Patch apply = new Patch.Apply(Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata",
                Struct.of("name", "x", "namespace", "a")));
        assertThatThrownBy(() -> local().patch(CONFIG_MAPS, new Key("a", "x"), apply, WriteOptions.PLAIN))
                .hasMessageContaining("cannot create resource");
        assertThat(server.get("/api/v1/namespaces/a/configmaps/x").status()).isEqualTo(404);
        allowed.add("create configmaps");
        assertThat(local().patch(CONFIG_MAPS, new Key("a", "x"), apply, WriteOptions.PLAIN).name()).isEqualTo("x");
    }

    @Test
    void aPutThatCreatesNeedsCreate() throws IOException {
        allowed.add("update leases");
        String path = "/apis/" + LEASES.group() + "/v1/namespaces/a/leases/x";
        assertThat(mallory("PUT", path, "{\"metadata\":{\"name\":\"x\"}}").status()).isEqualTo(403);
        allowed.add("create leases");
        assertThat(mallory("PUT", path, "{\"metadata\":{\"name\":\"x\"}}").status()).isEqualTo(201);
    }

    /// Who may write `x` alone was authorized, and is audited, by the name in the path.
    @Test
    void whatCreatesWithoutAPostMakesNothingOfAnotherName() throws IOException {
        allowed.addAll(Set.of("patch configmaps", "create configmaps", "update leases", "create leases"));
        String leases = "/apis/" + LEASES.group() + "/v1/namespaces/a/leases/";
        String other = "the name of the object (other) does not match the name on the URL (x)";
        String none = "the name of the object (x based on URL) was undeterminable: name must be provided";
        assertThat(applied("{name: other}")).contains("\"code\":400", other);
        assertThat(applied("{generateName: other}")).contains("\"code\":400", none);
        assertThat(applied("{name: x, namespace: b}")).contains("\"code\":400",
                "the namespace of the provided object does not match the namespace sent on the request");
        assertThat(mallory("PUT", leases + "x", "{\"metadata\":{\"name\":\"other\"}}").text())
                .contains("\"code\":400", other);
        assertThat(mallory("PUT", leases + "x", "{\"metadata\":{\"generateName\":\"o\"}}").text())
                .contains("\"code\":400", none);
        assertThat(server.get(leases + "other").status()).isEqualTo(404);
        assertThat(server.get("/api/v1/namespaces/a/configmaps").text()).contains("\"items\":[]");
        assertThat(applied("{name: x}")).contains("\"name\":\"x\"");
        assertThat(applied("{labels: {a: b}}")).as("what is there keeps its name").contains("\"name\":\"x\"");
    }

    private String applied(String metadata) throws IOException {
        String map = "{apiVersion: v1, kind: ConfigMap, metadata: " + metadata + "}";
        return server.serve(new TestExchange("PATCH", "/api/v1/namespaces/a/configmaps/x?fieldManager=m", map.getBytes(
                java.nio.charset.StandardCharsets.UTF_8)).with("authorization", "Bearer mallory")
                .with("content-type", "application/apply-patch+yaml")).text();
    }

    @Test
    void actionsAndConnectionsPassAdmission() throws IOException {
        connects("exec");
        acts("eviction");
        admits("eviction");
        allowed.addAll(Set.of("create pods/exec", "create pods/eviction"));
        assertThat(mallory("POST", "/api/v1/namespaces/a/pods/p/eviction", "{\"metadata\":{\"name\":\"p\"}}").status())
                .isEqualTo(403);
        assertThatThrownBy(() -> local().post(PODS, new Key("a", "p"), "eviction",
                Struct.of("apiVersion", "policy/v1", "kind", "Eviction"))).hasMessageContaining("no");
        assertThat(reached).isEmpty();
        mallory("POST", "/api/v1/namespaces/a/pods/p/exec?command=id", "");
        assertThat(admitted).containsExactly("CREATE pods/eviction Eviction", "CREATE pods/eviction Eviction",
                "CONNECT pods/exec PodExecOptions");
    }

    @Test
    void aProxyReceivesThePathUndecoded() throws IOException {
        connects("proxy");
        for (String rest : List.of("", "/", "/a%20b", "/a%0d%0aHost:%20evil", "/a%2Fb%3Fc", "/a//b/", "//")) {
            server.get("/api/v1/namespaces/a/pods/p/proxy" + rest);
        }
        assertThat(reached).containsExactly("a/p ", "a/p /", "a/p /a%20b", "a/p /a%0d%0aHost:%20evil",
                "a/p /a%2Fb%3Fc", "a/p /a//b/", "a/p //");
    }

    @Test
    void aNameWithAnEscapedSlashIsRefused() throws IOException {
        assertThat(server.get("/api/v1/namespaces/a%2Fb/configmaps/x").status()).isEqualTo(400);
        assertThat(server.get("/api/v1/namespaces/a/configmaps/x%2Fy").status()).isEqualTo(400);
    }

    @Test
    void anApplyRetriesWhenTheObjectWasCreatedMeanwhile() throws IOException {
        server.call("POST", "/api/v1/namespaces/a/configmaps", "{\"metadata\":{\"name\":\"x\"}}");
        AtomicInteger asked = new AtomicInteger();
        server.contributions.admissions().add(new Admission() {
            @Override
            public String name() {
                return "Late";
            }

            @Override
            public boolean handles(Write write) {
                return true;
            }

            @Override
            public void validate(Write write, Struct object) {
                if (asked.getAndIncrement() == 0) {
                    throw ApiFault.notFound(write.kind().gvr(), "x");
                }
            }
        }, Map.of());
        TestExchange applied = server.serve(new TestExchange("PATCH",
                "/api/v1/namespaces/a/configmaps/x?fieldManager=m",
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\"},\"data\":{\"k\":\"v\"}}"
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .with("content-type", "application/apply-patch+yaml"));
        assertThat(applied.status()).isEqualTo(200);
        assertThat(asked).hasValue(2);
    }

    @Test
    void everyResponseNamesItsFlowSchemaAndPriorityLevel() throws IOException {
        TestExchange admin = server.get("/api/v1/namespaces/a/configmaps");
        assertThat(admin.answered("x-kubernetes-pf-flowschema-uid")).hasSize(36);
        assertThat(admin.answered("x-kubernetes-pf-prioritylevel-uid")).hasSize(36);
        assertThat(server.get("/api/v1/namespaces/a/configmaps").answered("x-kubernetes-pf-flowschema-uid"))
                .isEqualTo(admin.answered("x-kubernetes-pf-flowschema-uid"));
        TestExchange refused = mallory("GET", "/api/v1/namespaces/a/configmaps", "");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.answered("x-kubernetes-pf-flowschema-uid")).hasSize(36)
                .isNotEqualTo(admin.answered("x-kubernetes-pf-flowschema-uid"));
    }
}
