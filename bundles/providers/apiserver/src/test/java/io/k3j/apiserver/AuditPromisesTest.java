package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiaccess.AnonymousAuth;
import io.k3j.apiaccess.Auditing;
import io.k3j.apirequests.Request;
import io.k3j.apiserverapi.Audit;
import io.k3j.apiserverapi.Authenticator.BadCredential;
import io.k3j.apiserverapi.Authorizer.Decision;
import io.k3j.apiserverapi.Authorizer.Verdict;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiwatches.ViewKeeper;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.codec.Json;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.flowcontrol.Seats;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// That recording changes nothing but what is recorded, and that nothing goes unrecorded, whoever tries.
class AuditPromisesTest {
    private static final String MAP = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\","
            + "\"namespace\":\"default\"},\"data\":{\"k\":\"v\"}}";
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final Gvr CONFIG_MAPS = new Gvr("", "v1", "configmaps");
    private static final long MOMENT_MILLIS = 300;
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

    private ApiClient client(String user, String group) {
        Caller caller = Caller.of(user, List.of(group));
        return new AuditedClient(new LocalClient(server.server.local(), _ -> caller, caller, new ViewKeeper()),
                server.server.local());
    }

    /// As the node authorizer: a kubelet may list what is its node's, and says so by a selector.
    @ParameterizedTest
    @EnumSource(value = Audit.Level.class, names = {"NONE", "METADATA"})
    void theSelectorOfAListIsPartOfWhatIsAuthorized(Audit.Level level) throws Exception {
        server.contributions.authorizers().add((_, what) -> what.fields().requirements().isEmpty()
                ? new Decision(Verdict.NO_OPINION, "can only list with a field selector")
                : new Decision(Verdict.ALLOW, ""), Map.of());
        records(level, "RequestReceived");
        ApiClient kubelet = client("system:node:n", "system:nodes");
        assertThat(kubelet.list(CONFIG_MAPS, Query.in("default").where("metadata.name", "a"))
                .items()).isEmpty();
        assertThatThrownBy(() -> kubelet.list(CONFIG_MAPS, Query.in("default"))).isInstanceOf(ApiFault.class);
        if (level == Audit.Level.METADATA) {
            Struct allowed = recorder.next();
            assertThat(allowed.struct("annotations").text("authorization.k8s.io/decision")).isEqualTo("allow");
            assertThat(allowed.struct("objectRef").text("name")).isEqualTo("a");
            assertThat(recorder.next().struct("responseStatus").whole("code", 0)).isEqualTo(403);
        }
        assertThat(recorder.events).isEmpty();
    }

    /// As upstream's order of filters: recorded, then queued, then carried out.
    @Test
    void whatFlowControlRefusesIsRecordedBeforeItWaitsAndAsRefused() throws Exception {
        server.everybody();
        TakenSeats taken = new TakenSeats(server);
        taken.reject();
        try {
            taken.take(false, taken.all(), i -> "user-" + i);
            records(Audit.Level.METADATA);
            TestExchange refused = server
                    .serve(new TestExchange("GET", MAPS, new byte[0]).with("authorization", "Bearer jane"));
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.answered("x-kubernetes-pf-flowschema-uid")).isEqualTo("people");
            assertThat(recorder.next().text("stage")).isEqualTo("RequestReceived");
            Struct event = recorder.next();
            assertThat(event.text("stage")).isEqualTo("ResponseComplete");
            assertThat(event.struct("user").text("username")).isEqualTo("jane");
            assertThat(event.struct("responseStatus").whole("code", 0)).isEqualTo(429);
        } finally {
            taken.close();
        }
    }

    @Test
    void whatComponentsDeleteIsRecordedWithTheirOptions() throws Exception {
        records(Audit.Level.REQUEST, "RequestReceived");
        ApiClient client = client("system:controller", "system:masters");
        client.create(CONFIG_MAPS, Obj.of(Json.object(MAP.getBytes(StandardCharsets.UTF_8))), WriteOptions.PLAIN);
        client.delete(CONFIG_MAPS, new Key("default", "a"), DeleteOptions.NOW);
        assertThat(recorder.next().text("requestURI")).isEqualTo(MAPS);
        Struct deleted = recorder.next();
        assertThat(deleted.text("requestURI")).isEqualTo(MAPS + "/a");
        assertThat(Json.text(deleted.struct("requestObject")))
                .isEqualTo("{\"kind\":\"DeleteOptions\",\"apiVersion\":\"v1\",\"gracePeriodSeconds\":0}");
    }

    @Test
    void whatIsCreatedBelowAnObjectIsRecordedUnderItsName() throws Exception {
        records(Audit.Level.METADATA, "RequestReceived");
        ApiClient client = client("system:controller", "system:masters");
        try {
            client.create(CONFIG_MAPS, Obj.of(Json.object(MAP.getBytes(StandardCharsets.UTF_8))),
                    new WriteOptions("eviction", "", false, false));
        } catch (RuntimeException refused) {
            // there is no such subresource
        }
        assertThat(recorder.next().text("requestURI")).isEqualTo(MAPS + "/a/eviction");
    }

    @Test
    void aFrontProxyIsOneAlsoWhereRequestsAreRecorded() throws Exception {
        records(Audit.Level.METADATA);
        List<X509Certificate> proxy = List
                .of(CertificateAuthority.selfSigned("p", Keys.elliptic(), Instant.now(), new Random(1)).certificate());
        List<List<X509Certificate>> shown = new ArrayList<>();
        server.contributions.authenticators().add(c -> {
            shown.add(c.proxied().certificates());
            return Optional.empty();
        }, Map.of("service.ranking", 10));
        server.serve(new TestExchange("GET", MAPS, new byte[0]) {
            @Override
            public List<X509Certificate> frontProxyCertificates() {
                return proxy;
            }
        });
        assertThat(shown).containsExactly(proxy);
    }

    @Test
    void noAnswerIsGivenBeforeItIsRecorded() throws Exception {
        records(Audit.Level.METADATA, "RequestReceived");
        List<Integer> recorded = new ArrayList<>();
        server.serve(new TestExchange("POST", MAPS, MAP.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public void respond(int code, Map<String, String> with, byte[]... parts) throws IOException {
                recorded.add(recorder.events.size());
                super.respond(code, with, parts);
            }
        });
        assertThat(recorded).containsExactly(1);
        assertThat(recorder.next().struct("responseStatus").whole("code", 0)).isEqualTo(201);
    }

    @Test
    void aServerThatStopsWaitsForTheEndsOfItsWatches() throws Exception {
        records(Audit.Level.METADATA, "RequestReceived", "ResponseStarted");
        TestExchange watch = server.get(MAPS + "?watch=true");
        CountDownLatch taking = new CountDownLatch(1);
        CountDownLatch slow = new CountDownLatch(1);
        recorder.before = () -> {
            taking.countDown();
            try {
                slow.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> end = threads.submit(() -> server.server.drainWithin(60_000));
            assertThat(taking.await(1, TimeUnit.MINUTES)).isTrue();
            assertThatThrownBy(() -> end.get(MOMENT_MILLIS, TimeUnit.MILLISECONDS))
                    .isInstanceOf(TimeoutException.class);
            slow.countDown();
            end.get(1, TimeUnit.MINUTES);
        }
        assertThat(watch.ended()).isTrue();
        assertThat(recorder.events).hasSize(1);
    }

    @Test
    void theOptionsOfADeletionNameNoObject() throws Exception {
        records(Audit.Level.NONE);
        server.call("POST", MAPS, MAP);
        records(Audit.Level.REQUEST, "RequestReceived");
        server.call("DELETE", MAPS + "/a",
                "{\"kind\":\"DeleteOptions\",\"metadata\":{\"uid\":\"another\",\"resourceVersion\":\"7\"}}");
        Struct event = recorder.next();
        assertThat(Json.text(event.struct("objectRef"))).isEqualTo("{\"resource\":\"configmaps\",\"namespace\":"
                + "\"default\",\"name\":\"a\",\"apiVersion\":\"v1\"}");
        assertThat(event.struct("requestObject").struct("metadata").text("uid")).isEqualTo("another");
    }

    @Test
    void aThreadThatWasToldToEndIsRecordedAsWell() throws Exception {
        records(Audit.Level.METADATA);
        Thread.currentThread().interrupt();
        Audit.Taken taken = server.server.local().auditing().take(Struct.of("stage", "RequestReceived"));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(taken).isEqualTo(Audit.Taken.TAKEN);
        assertThat(recorder.events).hasSize(1);
    }

    @Test
    void theEndOfARequestIsKeptForTheSuccessor() throws Exception {
        Auditing auditing = server.server.local().auditing();
        Thread.currentThread().interrupt();
        // nobody is there, and an interrupted thread does not wait for anybody
        assertThat(auditing.take(Struct.of("stage", "RequestReceived"))).isEqualTo(Audit.Taken.FAILED);
        assertThat(auditing.take(Struct.of("stage", "ResponseComplete"))).isEqualTo(Audit.Taken.TAKEN);
        assertThat(Thread.interrupted()).isTrue();
        records(Audit.Level.METADATA);
        auditing.take(Struct.of("stage", "Panic"));
        assertThat(List.of(recorder.next().text("stage"), recorder.next().text("stage")))
                .containsExactly("Panic", "ResponseComplete");
        assertThat(auditing.lost()).isZero();
    }

    @Test
    void aRefusalOfAnUnknownCallerIsOneEvent() throws Exception {
        server.contributions.authenticators().add(_ -> {
            throw new BadCredential("expired");
        }, Map.of("service.ranking", 5));
        records(Audit.Level.METADATA);
        assertThat(server.serve(new TestExchange("GET", MAPS, new byte[0]).with("authorization", "Bearer x")).status())
                .isEqualTo(401);
        Struct event = recorder.next();
        assertThat(event.text("stage")).isEqualTo("ResponseStarted");
        assertThat(event.struct("responseStatus").whole("code", 0)).isEqualTo(401);
        assertThat(recorder.events).isEmpty();
    }

    @Test
    void whoIsUnknownCannotFillTheLog() {
        records(Audit.Level.METADATA);
        Auditing frozen = new Auditing(server.contributions, Instant::now, () -> 0);
        int recorded = 0;
        for (int i = 0; i < 150; i++) {
            Request request = new Request(frozen.seen(new TestExchange("GET", MAPS, new byte[0])));
            frozen.unauthenticated(request);
            recorded += request.audit().enabled() ? 1 : 0;
        }
        assertThat(recorded).isEqualTo(100);
        assertThat(frozen.passedOver()).isEqualTo(50);
    }

    @Test
    void whatTheClientNamesTheRequestIsBounded() throws Exception {
        records(Audit.Level.METADATA);
        server.serve(new TestExchange("GET", MAPS, new byte[0]).with("audit-id", "i".repeat(60_000))
                .with("x-forwarded-for", "10.0.0.1,".repeat(5_000) + "10.0.0.2"));
        Struct event = recorder.next();
        assertThat(event.text("auditID")).hasSize(1_024 + "...TRUNCATED".length());
        assertThat(event.seq("sourceIPs").size()).isEqualTo(100);
    }

    @Test
    void anErrorIsNoEarlyEndOfTheConnection() throws Exception {
        server.contributions.authorizers().add((_, _) -> {
            throw new StackOverflowError();
        }, Map.of());
        records(Audit.Level.METADATA, "RequestReceived");
        assertThatThrownBy(() -> server.serve(new TestExchange("GET", MAPS, new byte[0])
                .with("authorization", "Bearer jane"))).isInstanceOf(StackOverflowError.class);
        assertThat(recorder.next().text("stage")).isEqualTo("Panic");
    }
}
