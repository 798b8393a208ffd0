package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.Lister;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiwatches.ViewKeeper;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.codec.Json;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A group that another bundle serves: kinds that are not stored, and who shows their objects.
class UnstoredReadsTest {
    private static final Gvk KIND = Gvk.of("metrics.k8s.io/v1beta1", "PodMetrics");
    private static final Gvr PODS = Gvr.of("metrics.k8s.io/v1beta1", "pods");
    private static final String PATH = "/apis/metrics.k8s.io/v1beta1/";
    private final TestServer server = new TestServer();
    private final Shown lister = new Shown();
    private final KindCatalog catalog = () -> List.of(new ResourceKind(PODS, KIND,
            new ResourceKind.Names("", List.of(), List.of()), true, Set.of("get", "list"), List.of(),
            new ResourceKind.Storage("", KIND), TestKinds.SCHEMAS.shape(KIND).orElseThrow(),
            List.of(new ResourceKind.Column("Name", "string", "name", "", 0, "")),
            new ResourceKind.Strategy(false, false, false, false, false)));

    private static final class Shown implements Lister {
        @Override
        public Gvr resource() {
            return PODS;
        }

        @Override
        public Struct get(Key key) {
            if (!key.name().equals("a")) {
                throw ApiFault.notFound(PODS, key.name());
            }
            return object(key);
        }

        @Override
        public List<Struct> list(Query query) {
            return query.labels().matches(Map.of("app", "x")) ? List.of(object(new Key("n", "a"))) : List.of();
        }

        private static Struct object(Key key) {
            return Struct.of("apiVersion", "metrics.k8s.io/v1beta1", "kind", "PodMetrics", "metadata",
                    Struct.of("name", key.name(), "namespace", key.namespace()), "timestamp", "2026-01-01T00:00:00Z",
                    "window", "10s", "containers", List.of(
                            Struct.of("name", "c", "usage", Struct.of("cpu", "5m", "memory", "1Mi"))));
        }
    }

    private static final class Hooks implements KindHooks {
        @Override
        public String group() {
            return "metrics.k8s.io";
        }

        @Override
        public Struct defaulted(Gvk kind, Struct object) {
            return object;
        }

        @Override
        public List<Object> cells(Gvk kind, Obj object, Instant now) {
            return List.of(object.name());
        }
    }

    @BeforeEach
    void serve() {
        server.contributions.add(new Hooks(), List.of(KindHooks.class.getName()), Map.of());
        server.contributions.add(catalog, List.of(KindCatalog.class.getName()), Map.of());
        server.contributions.add(lister, List.of(Lister.class.getName()), Map.of());
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Struct get(String path) throws IOException {
        return Json.object(server.get(PATH + path).bytes());
    }

    @Test
    void showsOneObjectAndSaysWhenThereIsNone() throws IOException {
        Struct one = get("namespaces/n/pods/a");
        assertThat(one.text("kind")).isEqualTo("PodMetrics");
        assertThat(one.struct("metadata").has("resourceVersion")).isFalse();
        assertThat(get("namespaces/n/pods/b").text("reason")).isEqualTo("NotFound");
    }

    @Test
    void listsWithoutKindAndRevisionAsListsOfKubernetesAre() throws IOException {
        Struct list = get("pods?labelSelector=app%3Dx");
        assertThat(list.text("kind")).isEqualTo("PodMetricsList");
        assertThat(list.struct("metadata").isEmpty()).isTrue();
        Struct item = list.seq("items").struct(0);
        assertThat(item.struct("metadata")).isEqualTo(Struct.of("name", "a", "namespace", "n"));
        assertThat(item.has("kind")).isFalse();
        assertThat(get("pods?labelSelector=app%3Dy").seq("items").isEmpty()).isTrue();
    }

    @Test
    void refusesFieldsButNameAndNamespaceAndAnyWrite() throws IOException {
        assertThat(get("pods?fieldSelector=spec.nodeName%3Da").whole("code", 0)).isEqualTo(400);
        assertThat(get("pods?fieldSelector=metadata.name%3Da").text("kind")).isEqualTo("PodMetricsList");
        assertThat(Json.object(server.call("POST", PATH + "namespaces/n/pods", "{}").bytes()).whole("code", 0))
                .isEqualTo(405);
        assertThat(get("pods?watch=true").whole("code", 0)).isEqualTo(405);
    }

    @Test
    void componentsOfThisProcessListItToo() {
        Caller caller = Caller.of("system:controller", List.of("system:masters"));
        try (ViewKeeper views = new ViewKeeper()) {
            ApiClient api = new LocalClient(server.server.local(), user -> caller, caller, views);
            Query labelled = Query.in("n").labelled(Selector.parse("app=x"));
            assertThat(api.list(PODS, labelled).items()).singleElement().extracting(Obj::name).isEqualTo("a");
            server.contributions.remove(lister, List.of(Lister.class.getName()));
            assertThatThrownBy(() -> api.list(PODS, labelled)).hasMessageContaining("is away");
        }
    }

    @Test
    void isUnavailableAloneWhileItsBundleIsAway() throws IOException {
        server.contributions.remove(lister, List.of(Lister.class.getName()));
        assertThat(get("pods").whole("code", 0)).isEqualTo(503);
        server.contributions.remove(catalog, List.of(KindCatalog.class.getName()));
        assertThat(get("pods").whole("code", 0)).isEqualTo(503);
        assertThat(server.contributions.complete()).as("nobody else waits").isTrue();
        assertThat(server.get("/apis").text()).contains("metrics.k8s.io");
    }
}
