package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.ResourceKind.Strategy;
import io.k3j.apiserverapi.Write;
import io.k3j.codec.Json;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What hooks and admission add to an object belongs to nobody, so that no apply takes it away again.
class OwnershipTest {
    private static final Strategy STRATEGY = new Strategy(true, false, false, true, true);
    private final TestServer server = new TestServer();

    /// Kinds with a field that the server fills in, as upstream's strategies and plug-ins do, and that cannot change
    /// from then on.
    enum Filled {
        CLAIM("v1", "persistentvolumeclaims", "PersistentVolumeClaim", "{\"accessModes\":[\"ReadWriteOnce\"]}",
                "local-path", "spec", "storageClassName"), JOB("batch/v1", "jobs", "Job",
                        "{\"template\":{\"spec\":{\"restartPolicy\":\"Never\",\"containers\":[{\"name\":\"c\"}]}}}",
                        Struct.of("matchLabels", Struct.of("batch.kubernetes.io/controller-uid", "u")), "spec",
                        "selector"), POD("v1", "pods", "Pod", "{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}",
                                Seq.of(Struct.of("name", "kube-api-access", "emptyDir", Struct.EMPTY)), "spec",
                                "volumes"), SERVICE("v1", "services", "Service",
                                        "{\"ports\":[{\"port\":80,\"protocol\":\"TCP\"}]}",
                                        "10.43.0.7", "spec", "clusterIP"), DEPLOYMENT("apps/v1", "deployments",
                                                "Deployment",
                                                "{\"selector\":{\"matchLabels\":{\"a\":\"b\"}},\"template\":{\"metadata\":{\"labels\":{\"a\":\"b\"}},"
                                                        + "\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}}",
                                                "gold", "spec", "template", "spec", "priorityClassName");

        final String version;
        final String plural;
        final String kind;
        final String spec;
        final Object value;
        final String[] path;

        Filled(String version, String plural, String kind, String spec, Object value, String... path) {
            this.version = version;
            this.plural = plural;
            this.kind = kind;
            this.spec = spec;
            this.value = value;
            this.path = path;
        }

        static Filled of(Write write) {
            return List.of(values()).stream().filter(f -> f.kind.equals(write.kind().gvk().kind())).findFirst()
                    .orElseThrow();
        }

        ResourceKind resource() {
            return TestKinds.kind(version, plural, kind, "/registry/" + plural + "/", List.of(), STRATEGY);
        }

        String collection() {
            return (version.equals("v1") ? "/api/" : "/apis/") + version + "/namespaces/a/" + plural;
        }

        Struct filled(Struct object) {
            return object.at(path) == null ? object.withAt(value, path) : object;
        }

        /// The members of `fieldsV1` on the way to the field.
        String[] owned() {
            List<String> names = new ArrayList<>();
            List.of(path).forEach(p -> names.add("f:" + p));
            return names.toArray(String[]::new);
        }
    }

    private static final class Rules extends TestKinds.Hooks {
        @Override
        public Struct prepared(Write write, Struct object) {
            Filled f = Filled.of(write);
            return f == Filled.JOB || f == Filled.SERVICE ? create(write) ? f.filled(object) : object : object;
        }

        @Override
        public List<FieldProblem> problems(Write write, Struct object) {
            Filled f = Filled.of(write);
            return create(write) || Objects.equals(f.value, object.at(f.path)) ? List.of()
                    : List.of(FieldProblem.invalid(String.join(".", f.path), "", "field is immutable"));
        }

        private static boolean create(Write write) {
            return write.operation() == Write.Operation.CREATE;
        }
    }

    private static final class Defaulting implements Admission {
        @Override
        public String name() {
            return "Defaulting";
        }

        @Override
        public boolean handles(Write write) {
            return write.operation() == Write.Operation.CREATE;
        }

        @Override
        public Struct admit(Write write, Struct object) {
            return Filled.of(write).filled(object);
        }
    }

    @BeforeEach
    void serveTheKinds() {
        List<ResourceKind> more = List.of(Filled.CLAIM.resource(), Filled.JOB.resource(), Filled.SERVICE.resource());
        server.contributions.kinds().put((KindCatalog) () -> more, Map.of());
        server.contributions.kinds().put(new Rules(), Map.of("service.ranking", 9));
        server.contributions.admissions().add(new Defaulting(), Map.of(Admission.ORDER, 1));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private static String document(Filled f, String annotations) {
        return "{\"apiVersion\":\"" + f.version + "\",\"kind\":\"" + f.kind
                + "\",\"metadata\":{\"name\":\"x\",\"annotations\":" + annotations + "},\"spec\":" + f.spec + "}";
    }

    private Struct posted(Filled f) throws IOException {
        TestExchange x = server.call("POST", f.collection() + "?fieldManager=kubectl-client-side-apply",
                document(f, "{\"kubectl.kubernetes.io/last-applied-configuration\":\"{}\"}"));
        assertThat(x.status()).as(x.text()).isEqualTo(201);
        return Json.object(x.bytes());
    }

    private Struct patched(Filled f, String type, String body) throws IOException {
        TestExchange x = server.serve(new TestExchange("PATCH", f.collection() + "/x?fieldManager=kubectl",
                body.getBytes(StandardCharsets.UTF_8)).with("content-type", "application/" + type));
        assertThat(x.status()).as(x.text()).isEqualTo(200);
        return Json.object(x.bytes());
    }

    private static List<Struct> managers(Struct object) {
        return object.struct("metadata").seq("managedFields").structs();
    }

    @ParameterizedTest
    @EnumSource
    void whatTheServerFillsInIsNobodys(Filled f) throws IOException {
        Struct made = posted(f);
        assertThat(made.at(f.path)).isEqualTo(f.value);
        assertThat(managers(made)).singleElement().satisfies(
                m -> assertThat(m.struct("fieldsV1").at(f.owned())).as(m.toString()).isNull());
    }

    /// What `kubectl apply --server-side` sends for an object that `kubectl apply` has made: an apply, the JSON patch
    /// of client-go's `csaupgrade` that makes one entry of two, and the apply again.
    @ParameterizedTest
    @EnumSource
    void anObjectMovesFromClientSideToServerSideApply(Filled f) throws IOException {
        posted(f);
        String wanted = document(f, "{}");
        Struct first = patched(f, "apply-patch+yaml", wanted);
        Struct plain = managers(first).stream().filter(m -> m.text("operation").equals("Update")).findFirst()
                .orElseThrow();
        Struct all = plain.with("manager", "kubectl").with("operation", "Apply");
        patched(f, "json-patch+json", "[{\"op\":\"replace\",\"path\":\"/metadata/managedFields\",\"value\":["
                + Json.text(all) + "]},{\"op\":\"replace\",\"path\":\"/metadata/resourceVersion\",\"value\":\""
                + first.struct("metadata").text("resourceVersion") + "\"}]");
        Struct last = patched(f, "apply-patch+yaml", wanted);
        assertThat(last.at(f.path)).isEqualTo(f.value);
        assertThat(managers(last)).extracting(m -> m.text("operation")).containsExactly("Apply");
        assertThat(last.struct("metadata").struct("annotations").isEmpty()).isTrue();
    }

    @Test
    void aWriteThatIsPutBackChangesNoOwner() throws IOException {
        Struct made = posted(Filled.SERVICE);
        server.contributions.admissions().add(new Admission() {
            @Override
            public String name() {
                return "Putting back";
            }

            @Override
            public boolean handles(Write write) {
                return write.operation() == Write.Operation.UPDATE;
            }

            @Override
            public Struct admit(Write write, Struct object) {
                return object.withAt(made.at("spec", "ports"), "spec", "ports");
            }
        }, Map.of(Admission.ORDER, 2));
        Struct after = patched(Filled.SERVICE, "merge-patch+json", "{\"spec\":{\"ports\":[{\"port\":81}]}}");
        assertThat(Obj.stored(after, 0)).isEqualTo(Obj.stored(made, 0));
    }
}
