package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiaccess.AnonymousAuth;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Audit;
import io.k3j.apiserverapi.Authorizer.Decision;
import io.k3j.apiserverapi.Authorizer.Verdict;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiwatches.ViewKeeper;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.WriteOptions;
import io.k3j.codec.Json;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.flowcontrol.Seats;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What of a request is told to an audit, and what a request does that cannot be recorded.
class AuditingTest {
    private static final String MAP = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"},"
            + "\"data\":{\"k\":\"v\"}}";
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private final TestServer server = new TestServer(new MemoryDatastore(),
            new Core.Policy(Set.of(), Set.of(), Set.of(), AnonymousAuth.NOWHERE, false, Seats.READS + Seats.WRITES,
                    true));
    private final AuditRecorder recorder = new AuditRecorder();

    private void records(Audit.Level level, String... omitted) {
        recorder.level(level, omitted);
        server.contributions.audits().add(recorder, Map.of());
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void aRequestIsRecordedWhenItComesAndWhenItIsAnswered() throws Exception {
        records(Audit.Level.METADATA);
        server.serve(new TestExchange("GET", MAPS + "?limit=5", new byte[0]).with("audit-id", "mine")
                .with("user-agent", "kubectl/v1").with("x-forwarded-for", "10.0.0.1, nonsense")
                .with("x-real-ip", "10.0.0.2"));
        Struct received = recorder.next();
        assertThat(Json.text(received)).isEqualTo("{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\","
                + "\"level\":\"Metadata\",\"auditID\":\"mine\",\"stage\":\"RequestReceived\","
                + "\"requestURI\":\"/api/v1/namespaces/default/configmaps?limit=5\",\"verb\":\"list\","
                + "\"user\":{\"username\":\"admin\",\"groups\":[\"system:masters\",\"system:authenticated\"]},"
                + "\"sourceIPs\":[\"10.0.0.1\",\"10.0.0.2\"],\"userAgent\":\"kubectl/v1\","
                + "\"objectRef\":{\"resource\":\"configmaps\",\"namespace\":\"default\",\"apiVersion\":\"v1\"},"
                + "\"requestReceivedTimestamp\":\"2026-01-02T03:04:05.678000Z\","
                + "\"stageTimestamp\":\"2026-01-02T03:04:05.678000Z\"}");
        Struct complete = recorder.next();
        assertThat(complete.text("stage")).isEqualTo("ResponseComplete");
        assertThat(Json.text(complete.struct("responseStatus"))).isEqualTo("{\"metadata\":{},\"code\":200}");
        assertThat(Json.text(complete.struct("annotations"))).isEqualTo(
                "{\"authorization.k8s.io/decision\":\"allow\",\"authorization.k8s.io/reason\":\"\"}");
        assertThat(recorder.events).isEmpty();
    }

    @Test
    void bodiesAreRecordedAsFarAsTheLevelGoes() throws Exception {
        records(Audit.Level.METADATA, "RequestReceived");
        server.call("POST", MAPS, MAP);
        Struct metadata = recorder.next();
        assertThat(metadata.has("requestObject")).isFalse();
        assertThat(metadata.struct("objectRef").text("name")).isEqualTo("a");
        assertThat(metadata.struct("responseStatus").whole("code", 0)).isEqualTo(201);
        recorder.level(Audit.Level.REQUEST, "RequestReceived");
        server.call("PUT", MAPS + "/a", MAP);
        Struct request = recorder.next();
        assertThat(request.struct("requestObject").struct("data").text("k")).isEqualTo("v");
        assertThat(request.has("responseObject")).isFalse();
        recorder.level(Audit.Level.REQUEST_RESPONSE, "RequestReceived");
        server.call("GET", MAPS + "/a", "");
        assertThat(recorder.next().struct("responseObject").struct("data").text("k")).isEqualTo("v");
        server.call("GET", MAPS, "");
        assertThat(recorder.next().struct("responseObject").seq("items").struct(0).struct("data").text("k"))
                .isEqualTo("v");
    }

    @Test
    void aPatchIsRecordedAsItWasSent() throws Exception {
        records(Audit.Level.NONE);
        server.call("POST", MAPS, MAP);
        records(Audit.Level.REQUEST, "RequestReceived");
        server.serve(new TestExchange("PATCH", MAPS + "/a", "{\"data\":{\"k\":\"w\"}}".getBytes(StandardCharsets.UTF_8))
                .with("content-type", "application/merge-patch+json"));
        assertThat(Json.text(recorder.next().struct("requestObject"))).isEqualTo("{\"data\":{\"k\":\"w\"}}");
    }

    @Test
    void managedFieldsAreLeftOutWhereTheRuleSaysSo() throws Exception {
        server.contributions.audits().add(recorder, Map.of());
        recorder.rule = new Audit.Rule(Audit.Level.REQUEST_RESPONSE, Set.of("RequestReceived"), true);
        server.call("POST", MAPS, MAP);
        Struct written = recorder.next().struct("responseObject").struct("metadata");
        assertThat(written.text("name")).isEqualTo("a");
        assertThat(written.has("managedFields")).isFalse();
        server.call("GET", MAPS, "");
        assertThat(recorder.next().struct("responseObject").seq("items").struct(0).struct("metadata")
                .has("managedFields")).isFalse();
    }

    @Test
    void aRefusalIsRecordedWithItsStatusAndTheDecision() throws Exception {
        server.contributions.authorizers().add((caller, what) -> new Decision(Verdict.NO_OPINION, "no rules"),
                Map.of());
        records(Audit.Level.METADATA, "RequestReceived");
        server.serve(new TestExchange("GET", MAPS, new byte[0]).with("authorization", "Bearer mallory"));
        Struct event = recorder.next();
        Struct status = event.struct("responseStatus");
        assertThat(status.names()).containsExactly("metadata", "status", "message", "reason", "details", "code");
        assertThat(status.text("reason")).isEqualTo("Forbidden");
        assertThat(status.whole("code", 0)).isEqualTo(403);
        assertThat(event.struct("annotations").texts()).containsEntry("authorization.k8s.io/decision", "forbid")
                .containsEntry("authorization.k8s.io/reason", "no rules");
    }

    @Test
    void whoActsAsSomebodyElseIsRecordedUnderBothNames() throws Exception {
        records(Audit.Level.METADATA, "RequestReceived");
        server.serve(new TestExchange("GET", MAPS, new byte[0]).with("impersonate-user", "jane"));
        Struct event = recorder.next();
        assertThat(event.struct("user").text("username")).isEqualTo("admin");
        assertThat(event.struct("impersonatedUser").text("username")).isEqualTo("jane");
        assertThat(Json.text(event.struct("authenticationMetadata")))
                .isEqualTo("{\"impersonationConstraint\":\"impersonate:user-info\"}");
    }

    @Test
    void aWatchIsRecordedWhenItBeginsToAnswerAndWhenItEnds() throws Exception {
        records(Audit.Level.METADATA);
        TestExchange watch = server.get(MAPS + "?watch=true");
        assertThat(recorder.next().text("stage")).isEqualTo("RequestReceived");
        Struct started = recorder.next();
        assertThat(started.text("stage")).isEqualTo("ResponseStarted");
        assertThat(started.struct("responseStatus").whole("code", 0)).isEqualTo(200);
        assertThat(recorder.events).isEmpty();
        watch.leave();
        assertThat(recorder.next().text("stage")).isEqualTo("ResponseComplete");
    }

    @Test
    void whatFailsUnexpectedlyIsRecordedAsPanic() throws Exception {
        server.contributions.authorizers().add((caller, what) -> {
            throw new IllegalStateException("broken");
        }, Map.of());
        records(Audit.Level.METADATA, "RequestReceived");
        server.serve(new TestExchange("GET", MAPS, new byte[0]).with("authorization", "Bearer jane"));
        Struct event = recorder.next();
        assertThat(event.text("stage")).isEqualTo("Panic");
        assertThat(event.struct("responseStatus").text("message")).startsWith("APIServer panic'd: ")
                .contains("broken");
        assertThat(recorder.events).isEmpty();
    }

    @Test
    void whatPlugInsAnnotateIsInTheEvent() throws Exception {
        server.contributions.admissions().add(new Admission() {
            @Override
            public String name() {
                return "Annotates";
            }

            @Override
            public boolean handles(Write write) {
                return true;
            }

            @Override
            public void validate(Write write, Struct object) {
                write.context().annotate("example.com/key", "first");
                write.context().annotate("example.com/key", "second");
            }
        }, Map.of());
        records(Audit.Level.METADATA, "RequestReceived");
        server.call("POST", MAPS, MAP);
        assertThat(recorder.next().struct("annotations").text("example.com/key")).isEqualTo("first");
    }

    /// A webhook that the server waits for, by its clock.
    private final class Slow implements Admission {
        @Override
        public String name() {
            return "ValidatingAdmissionWebhook";
        }

        @Override
        public boolean handles(Write write) {
            return true;
        }

        @Override
        public boolean remote() {
            return true;
        }

        @Override
        public void validate(Write write, Struct object) {
            server.now = server.now.plusMillis(501);
        }
    }

    @Test
    void whereARequestWasThatTookLongIsTold() throws Exception {
        server.contributions.admissions().add(new Slow(), Map.of());
        records(Audit.Level.METADATA, "RequestReceived");
        server.call("POST", MAPS, MAP);
        String prefix = "apiserver.latency.k8s.io/";
        assertThat(recorder.next().struct("annotations").texts()).containsEntry(prefix + "total", "501ms")
                .containsKeys(prefix + "authentication", prefix + "validating-webhook", prefix + "etcd",
                        prefix + "serialize-response-object")
                .doesNotContainKeys(prefix + "mutating-webhook", prefix + "impersonation", prefix + "apf-queue-wait");
        server.call("GET", MAPS, "");
        assertThat(recorder.next().struct("annotations").texts()).doesNotContainKey(prefix + "total");
    }

    @Test
    void theReleaseWithWhichAKindGoesIsTold() throws Exception {
        server.contributions.kinds().put(new TestKinds.Hooks() {
            @Override
            public String deprecated(Gvk kind) {
                return kind.kind().equals("ConfigMap") ? "v1 ConfigMap is deprecated in v1.1+, unavailable in v1.99+"
                        : "";
            }
        }, Map.of("service.ranking", 9));
        records(Audit.Level.METADATA, "RequestReceived");
        server.call("GET", MAPS, "");
        assertThat(recorder.next().struct("annotations").texts()).containsEntry("k8s.io/deprecated", "true")
                .containsEntry("k8s.io/removed-release", "1.99");
    }

    @Test
    void aRequestThatMustBeRecordedAndCannotBeIsNotDone() throws Exception {
        records(Audit.Level.METADATA);
        recorder.answer = Audit.Taken.FAILED;
        TestExchange refused = server.call("POST", MAPS, MAP);
        assertThat(refused.status()).isEqualTo(500);
        assertThat(refused.text()).contains("failed to store audit event");
        recorder.answer = Audit.Taken.TAKEN;
        assertThat(server.call("GET", MAPS + "/a", "").status()).isEqualTo(404);
    }

    @Test
    void nothingIsDoneWhileNobodyRecordsWhatIsToBeRecorded() throws IOException {
        assertThat(server.call("POST", MAPS, MAP).status()).isEqualTo(503);
        records(Audit.Level.METADATA);
        assertThat(server.call("GET", MAPS + "/a", "").status()).isEqualTo(404);
    }

    @Test
    void anEventGoesToTheSuccessorOfOneThatHasClosed() throws Exception {
        AuditRecorder closed = new AuditRecorder();
        closed.level(Audit.Level.METADATA);
        closed.answer = Audit.Taken.CLOSED;
        server.contributions.audits().add(closed, Map.of());
        records(Audit.Level.METADATA);
        assertThat(server.call("GET", MAPS, "").status()).isEqualTo(200);
        assertThat(List.of(recorder.next().text("stage"), recorder.next().text("stage")))
                .containsExactly("RequestReceived", "ResponseComplete");
    }

    @Test
    void componentsOfThisProcessAreRecordedAsOverHttp() throws Exception {
        records(Audit.Level.REQUEST_RESPONSE, "RequestReceived");
        Caller controller = Caller.of("system:serviceaccount:kube-system:job-controller", List.of("system:masters"));
        ApiClient client = new AuditedClient(
                new LocalClient(server.server.local(), user -> controller, controller, new ViewKeeper()),
                server.server.local());
        client.create(new Gvr("", "v1", "configmaps"),
                Obj.of(Json.object(MAP.getBytes(StandardCharsets.UTF_8)).withAt("default", "metadata", "namespace")),
                WriteOptions.PLAIN);
        Struct created = recorder.next();
        assertThat(created.text("requestURI")).isEqualTo(MAPS);
        assertThat(created.struct("user").text("username")).isEqualTo(controller.user());
        assertThat(created.struct("objectRef").text("name")).isEqualTo("a");
        assertThat(created.struct("responseStatus").whole("code", 0)).isEqualTo(201);
        assertThat(created.struct("responseObject").struct("data").text("k")).isEqualTo("v");
        assertThat(created.struct("annotations").text("authorization.k8s.io/decision")).isEqualTo("allow");
        client.find(new Gvr("", "v1", "configmaps"), new Key("default", "missing"));
        assertThat(recorder.next().struct("responseStatus").whole("code", 0)).isEqualTo(404);
    }

    @Test
    void anAnswerBeyondTheBoundIsLeftOutAndTheEventSaysSo() throws Exception {
        String large = MAP.replace("\"v\"", "\"" + "x".repeat(900_000) + "\"");
        records(Audit.Level.NONE);
        for (int i = 0; i < 4; i++) {
            assertThat(server.call("POST", MAPS, large.replace("\"a\"", "\"a" + i + "\"")).status()).isEqualTo(201);
        }
        records(Audit.Level.REQUEST_RESPONSE, "RequestReceived");
        assertThat(server.get(MAPS).status()).isEqualTo(200);
        Struct event = recorder.next();
        assertThat(event.has("responseObject")).isFalse();
        assertThat(event.struct("annotations").text("audit.k8s.io/truncated")).isEqualTo("true");
    }
}
