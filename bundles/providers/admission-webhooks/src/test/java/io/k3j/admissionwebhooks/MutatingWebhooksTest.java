package io.k3j.admissionwebhooks;

import static io.k3j.testkitobjects.HookServer.add;
import static io.k3j.testkitobjects.HookServer.allowed;
import static io.k3j.testkitobjects.HookServer.patch;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Audit;
import io.k3j.apiserverapi.Write;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkitobjects.ObjectServer;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Webhooks that change objects, from the body of a request to what is stored, over HTTPS.
class MutatingWebhooksTest {
    private final AtomicInteger looks = new AtomicInteger();
    private Stage stage;

    /// Counts how often it is asked.
    private final class Counting implements Admission {
        @Override
        public String name() {
            return "Counting";
        }

        @Override
        public boolean handles(Write write) {
            return true;
        }

        @Override
        public Struct admit(Write write, Struct object) {
            looks.incrementAndGet();
            return object;
        }
    }

    @BeforeEach
    void open() throws Exception {
        stage = new Stage(new Counting());
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private Struct labels() {
        return stage.stored().metadata().struct("labels");
    }

    @Test
    void changeTheObjectInTheOrderOfTheirNames() throws Exception {
        stage.hooks.at("/a", r -> patch(add("/metadata/labels/a", "1")))
                .at("/b", r -> patch(add("/metadata/labels/seen",
                        r.struct("object").struct("metadata").struct("labels").text("a"))));
        stage.mutating("second", stage.webhook("b.x.io", "/b")).mutating("first", stage.webhook("a.x.io", "/a"));
        assertThat(stage.create(Struct.of("own", "0"))).isEqualTo("200");
        assertThat(labels()).isEqualTo(Struct.of("own", "0", "a", "1", "seen", "1"));
    }

    @Test
    void areToldTheWholeRequest() throws Exception {
        stage.hooks.at("/a", r -> allowed());
        stage.mutating("m", stage.webhook("a.x.io", "/a"));
        stage.create();
        stage.hooks.asked.clear();
        stage.send("PUT", "/api/v1/namespaces/default/configmaps/c?fieldManager=me",
                Stage.configMap(Struct.of("n", "2")));
        Struct asked = stage.hooks.asked.remove();
        assertThat(asked.text("path")).isEqualTo("/a?timeout=30s");
        assertThat(asked.names()).containsExactly("uid", "kind", "resource", "requestKind", "requestResource", "name",
                "namespace", "operation", "userInfo", "object", "oldObject", "dryRun", "options", "path");
        assertThat(asked.struct("kind")).isEqualTo(Struct.of("group", "", "version", "v1", "kind", "ConfigMap"));
        assertThat(asked.struct("requestResource"))
                .isEqualTo(Struct.of("group", "", "version", "v1", "resource", "configmaps"));
        assertThat(asked.text("name") + asked.text("namespace") + asked.text("operation"))
                .isEqualTo("cdefaultUPDATE");
        assertThat(asked.struct("options").text("kind")).isEqualTo("UpdateOptions");
        assertThat(asked.struct("userInfo").text("username")).isEqualTo("system:anonymous");
        assertThat(asked.flag("dryRun", true)).isFalse();
        for (String name : new String[] {"object", "oldObject"}) {
            assertThat(asked.struct(name).text("kind")).isEqualTo("ConfigMap");
            assertThat(asked.struct(name).struct("metadata").text("resourceVersion"))
                    .isEqualTo(Long.toString(stage.stored().revision() - 1));
        }
    }

    @Test
    void tellTheAuditWhatTheyHaveChangedAndWhichWereAway() throws Exception {
        stage.hooks.at("/a", r -> allowed()).at("/b", r -> patch(add("/data/b", "2")));
        stage.mutating("m", stage.webhook("a.x.io", "/a"), stage.webhook("b.x.io", "/b"),
                stage.webhook("c.x.io", "/none").with("failurePolicy", "Ignore"));
        assertThat(stage.create()).isEqualTo("200");
        String mutation = "mutation.webhook.admission.k8s.io/round_0_index_";
        assertThat(stage.server.annotations()).containsOnly(
                Map.entry(mutation + 0, "{\"configuration\":\"m\",\"webhook\":\"a.x.io\",\"mutated\":false}"),
                Map.entry(mutation + 1, "{\"configuration\":\"m\",\"webhook\":\"b.x.io\",\"mutated\":true}"),
                Map.entry(mutation + 2, "{\"configuration\":\"m\",\"webhook\":\"c.x.io\",\"mutated\":false}"),
                Map.entry("failed-open.mutation.webhook.admission.k8s.io/round_0_index_2", "c.x.io"));
    }

    @Test
    void showTheAuditTheirPatchesWhereItRecordsWhatIsSent() throws Exception {
        stage.hooks.at("/a", r -> allowed()).at("/b", r -> patch(add("/data/b", "2")))
                .at("/c", r -> patch(add("/data/c", "x".repeat(64 << 10))))
                .at("/d", r -> patch(Struct.of("op", "remove", "path", "/nothing/here")));
        stage.mutating("m", stage.webhook("a.x.io", "/a"),
                stage.webhook("b.x.io", "/b").with("reinvocationPolicy", "IfNeeded"), stage.webhook("c.x.io", "/c"));
        stage.server.audit(Audit.Level.REQUEST);
        assertThat(stage.create()).isEqualTo("200");
        String shown = "{\"configuration\":\"m\",\"webhook\":\"b.x.io\",\"patch\":[{\"op\":\"add\",\"path\":"
                + "\"/data/b\",\"value\":\"2\"}],\"patchType\":\"JSONPatch\"}";
        String long64 = "{\"configuration\":\"m\",\"webhook\":\"c.x.io\",\"patchType\":\"JSONPatch\"}";
        assertThat(patches()).containsOnly(Map.entry("round_0_index_1", shown), Map.entry("round_1_index_1", shown),
                Map.entry("round_0_index_2", long64));
        stage.server.annotations().clear();
        stage.mutating("m", stage.webhook("d.x.io", "/d"));
        assertThat(stage.create()).startsWith("500 ");
        assertThat(patches()).as("a patch that was not applied").isEmpty();
    }

    private Map<String, String> patches() {
        String prefix = "patch.webhook.admission.k8s.io/";
        Map<String, String> all = new TreeMap<>();
        stage.server.annotations().forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                all.put(key.substring(prefix.length()), value);
            }
        });
        return all;
    }

    @Test
    void areAskedAgainWhenAnotherHasChangedTheObjectAndOnlyOnce() throws Exception {
        stage.hooks.at("/a", r -> allowed()).at("/c", r -> allowed()).at("/b", r -> patch(add("/data/count",
                "1" + r.struct("object").struct("data").text("count"))));
        stage.mutating("m", stage.webhook("a.x.io", "/a").with("reinvocationPolicy", "IfNeeded"),
                stage.webhook("b.x.io", "/b").with("reinvocationPolicy", "IfNeeded"),
                stage.webhook("c.x.io", "/c").with("reinvocationPolicy", "Never"));
        assertThat(stage.create()).isEqualTo("200");
        assertThat(stage.hooks.paths()).containsExactly("/a", "/b", "/c", "/a");
        assertThat(looks).hasValue(2);
    }

    @Test
    void aRefusalCountsWhateverItsPatchIs() throws Exception {
        stage.hooks.at("/a", r -> Struct.of("allowed", false, "status", Struct.of("message", "no"), "patchType",
                "JSONPatch", "patch", Base64.getEncoder().encodeToString(new byte[] {'x'})));
        stage.mutating("m", stage.webhook("a.x.io", "/a"));
        assertThat(stage.create()).startsWith("400 ").contains("denied the request: no");
    }

    @Test
    void whatNobodyChangedIsAskedOnce() throws Exception {
        stage.hooks.at("/a", r -> patch(Struct.of("op", "test", "path", "/kind", "value", "ConfigMap")));
        stage.mutating("m", stage.webhook("a.x.io", "/a").with("reinvocationPolicy", "IfNeeded"));
        stage.create();
        assertThat(stage.hooks.paths()).containsExactly("/a");
        assertThat(looks).hasValue(1);
    }

    @Test
    void cannotChangeWhatBelongsToTheServer() throws Exception {
        stage.hooks.at("/a", r -> patch(add("/metadata/uid", "mine"), add("/metadata/name", "other"),
                add("/metadata/resourceVersion", "1"), add("/metadata/creationTimestamp", "2001-01-01T00:00:00Z"),
                add("/metadata/managedFields", Seq.EMPTY), add("/metadata/deletionTimestamp", "2001-01-01T00:00:00Z"),
                add("/nosuchfield", "x"), add("/data/b", "2"),
                Struct.of("op", "remove", "path", "/metadata/annotations")));
        stage.mutating("m", stage.webhook("a.x.io", "/a"));
        assertThat(stage.create()).isEqualTo("200");
        Struct metadata = stage.stored().metadata();
        assertThat(metadata.text("name")).isEqualTo("c");
        assertThat(metadata.text("uid")).isNotEqualTo("mine");
        assertThat(metadata.text("creationTimestamp")).doesNotStartWith("2001");
        assertThat(metadata.has("deletionTimestamp")).isFalse();
        assertThat(metadata.seq("managedFields").isEmpty()).isFalse();
        assertThat(metadata.seq("managedFields").toString()).doesNotContain("f:b");
        assertThat(metadata.struct("annotations").text("default")).isEqualTo("yes");
        assertThat(stage.stored().tree().has("nosuchfield")).isFalse();
        assertThat(stage.stored().tree().struct("data").text("b")).isEqualTo("2");
    }

    @Test
    void anotherNameOrNamespaceIsRefused() throws Exception {
        stage.hooks.at("/a", r -> patch(add("/metadata/namespace", "kube-system")));
        stage.create();
        stage.mutating("m", stage.webhook("a.x.io", "/a"));
        assertThat(stage.send("PUT", "/api/v1/namespaces/default/configmaps/c", Stage.configMap(Struct.EMPTY)))
                .startsWith("422").contains("metadata.namespace").contains("field is immutable");
        assertThat(stage.send("POST", "/api/v1/namespaces/default/configmaps",
                Stage.configMap(Struct.EMPTY).withAt("d", "metadata", "name"))).startsWith("400");
    }

    @Test
    void aPatchThatCannotBeLaidOverTheObjectEndsTheRequest() throws Exception {
        stage.hooks.at("/a", r -> patch(Struct.of("op", "remove", "path", "/nothing/here"))).at("/b",
                r -> patch(Struct.of("op", "replace", "path", "/data", "value", 7)));
        stage.mutating("m", stage.webhook("a.x.io", "/a").with("failurePolicy", "Ignore"));
        assertThat(stage.create()).startsWith("500 ").contains("Internal error occurred: ");
        stage.mutating("m", stage.webhook("b.x.io", "/b").with("failurePolicy", "Ignore"));
        assertThat(stage.create()).startsWith("500 ").contains("Internal error occurred: ");
    }

    @Test
    void areShownTheVersionTheyAskFor() throws Exception {
        stage.hooks.at("/a", r -> patch(add("/metadata/labels", Struct.of("as", r.struct("object").text("apiVersion")
                .replace('/', '-')))));
        Struct webhook = stage.webhook("a.x.io", "/a").with("rules",
                Seq.of(Stage.rule("autoscaling", "v1", "horizontalpodautoscalers")));
        stage.mutating("m", webhook.with("matchPolicy", "Equivalent"), webhook.with("name", "e.x.io")
                .withAt("https://localhost:" + stage.hooks.port() + "/exact", "clientConfig", "url")
                .with("matchPolicy", "Exact"));
        Struct scaler = Struct.of("apiVersion", "autoscaling/v2", "kind", "HorizontalPodAutoscaler", "metadata",
                Struct.of("name", "h", "namespace", "default"), "spec", Struct.of("maxReplicas", 3));
        assertThat(stage.send("POST", "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers", scaler))
                .isEqualTo("200");
        assertThat(stage.hooks.asked).singleElement().satisfies(r -> {
            assertThat(r.text("path")).startsWith("/a?");
            assertThat(r.struct("kind").text("version")).isEqualTo("v1");
            assertThat(r.struct("requestKind").text("version")).isEqualTo("v2");
            assertThat(r.struct("resource").text("version")).isEqualTo("v1");
        });
        assertThat(stage.server.stored(Gvr.of("autoscaling/v2", "horizontalpodautoscalers"),
                new Key("default", "h")).orElseThrow().labels()).containsEntry("as", "autoscaling-v1");
    }

    @Test
    void seeWhatGoesAsAnOldObjectAndCannotChangeIt() throws Exception {
        stage.create();
        stage.hooks.at("/a", r -> allowed());
        stage.mutating("m", stage.webhook("a.x.io", "/a"));
        stage.hooks.at("/a", r -> patch(add("/data/x", "1")));
        ObjectServer server = stage.server;
        assertThat(server.delete(Stage.CONFIGMAPS, Stage.KEY)).startsWith("500").contains(
                "attempted to modify the object, which is not supported for this operation");
        Struct asked = stage.hooks.asked.remove();
        assertThat(asked.text("operation")).isEqualTo("DELETE");
        assertThat(asked.get("object")).isEqualTo(Null.NULL);
        assertThat(asked.struct("oldObject").struct("metadata").text("name")).isEqualTo("c");
        stage.hooks.at("/a", r -> allowed());
        assertThat(server.delete(Stage.CONFIGMAPS, Stage.KEY)).isEqualTo("200");
    }

    @Test
    void changeWhatTheirMatchConditionsDoNotSkip() throws Exception {
        stage.hooks.at("/m", r -> patch(add("/data/b", "2")));
        stage.mutating("m", stage.webhook("m.x.io", "/m").with("matchConditions",
                Seq.of(Struct.of("name", "skip", "expression", "!('skip' in object.metadata.labels)"))));
        assertThat(stage.create(Struct.of("a", "1"))).isEqualTo("200");
        assertThat(stage.stored().tree().struct("data").text("b")).isEqualTo("2");
        assertThat(stage.send("PUT", "/api/v1/namespaces/default/configmaps/c",
                Stage.configMap(Struct.of("skip", "me")))).isEqualTo("200");
        assertThat(stage.stored().tree().struct("data").has("b")).isFalse();
    }
}
