package io.k3j.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.NodeDialer;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AvailabilityCheckTest {
    private Stage stage;

    @BeforeEach
    void begin(@TempDir Path tls) throws Exception {
        stage = new Stage(tls);
    }

    @AfterEach
    void end() throws Exception {
        stage.close();
    }

    private void says(String status, String reason, String message) {
        Struct c = stage.check();
        assertThat(c.text("reason")).isEqualTo(reason);
        assertThat(c.text("status")).isEqualTo(status);
        assertThat(c.text("message")).isEqualTo(message);
    }

    @Test
    void aServerThatAnswersDiscoveryIsAvailable() throws Exception {
        stage.available();
        says("True", "Passed", "all checks passed");
        // a slow answer has a second question beside it
        assertThat(stage.backend.heads).isNotEmpty().first().asString()
                .startsWith("GET /apis/things.example.com/v1 HTTP/1.1\r\n")
                .contains("X-Remote-User: system:kube-aggregator\r\n", "X-Remote-Group: system:masters\r\n");
        assertThat(stage.backend.dialled).contains("node-1 10.42.1.5:8443");
    }

    @Test
    void whatIsNotAvailableIsCountedWhenItBecomesSo() throws Exception {
        stage.available();
        String name = "{name=\"" + Stage.KEY.name() + "\"";
        String gauge = "\naggregator_unavailable_apiservice" + name + "} ";
        assertThat(stage.parts.checks.metrics().text()).contains(gauge + "0\n");
        stage.slice(false, "https");
        stage.check();
        stage.check();
        assertThat(stage.parts.checks.metrics().text()).contains(gauge + "1\n",
                "aggregator_unavailable_apiservice_total" + name + ",reason=\"MissingEndpoints\"} 1\n");
    }

    @Test
    void eachMissingPartHasUpstreamsReason() {
        stage.slice(false, "https");
        says("False", "MissingEndpoints",
                "endpointslices for service/api in \"default\" have no addresses with port name \"https\"");
        stage.slice(true, "other");
        says("False", "MissingEndpoints",
                "endpointslices for service/api in \"default\" have no addresses with port name \"https\"");
        stage.api.delete(Stage.SLICES, Stage.SLICE, DeleteOptions.PLAIN);
        says("False", "EndpointsNotFound", "cannot find endpointslices for service/api in \"default\"");
        Obj service = stage.api.get(Stage.SERVICES, Stage.SERVICE);
        stage.api.update(Stage.SERVICES, service.with(List.of(Struct.of("name", "x", "port", 80)), "spec", "ports"),
                WriteOptions.PLAIN);
        says("False", "ServicePortError", "service/api in \"default\" is not listening on port 443");
        stage.api.delete(Stage.SERVICES, Stage.SERVICE, DeleteOptions.PLAIN);
        says("False", "ServiceNotFound", "service/api in \"default\" is not present");
    }

    @Test
    void aServerThatRefusesOrTalksNonsenseIsNotAvailable() throws Exception {
        stage.available();
        stage.backend.says("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        says("False", "FailedDiscoveryCheck", "failing or missing response from https://api.default.svc:443"
                + "/apis/things.example.com/v1: bad status from https://api.default.svc:443"
                + "/apis/things.example.com/v1: 403");
        for (String nonsense : List.of("hello", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n")) {
            stage.backend.says(nonsense);
            assertThat(stage.check().text("reason")).as(nonsense).isEqualTo("FailedDiscoveryCheck");
        }
    }

    @Test
    void discoveryHasWhatTheServerToldAndSaysWhenThatIsOld() throws Exception {
        assertThat(stage.parts.table.versions()).singleElement()
                .satisfies(v -> assertThat(v.discovery().text("freshness")).isEqualTo("Stale"));
        stage.available();
        Struct known = stage.parts.table.versions().getFirst().discovery();
        assertThat(known.text("freshness")).isEqualTo("Current");
        Struct thing = known.seq("resources").struct(0);
        assertThat(thing.text("resource")).isEqualTo("things");
        assertThat(thing.text("scope")).isEqualTo("Namespaced");
        assertThat(thing.struct("responseKind"))
                .isEqualTo(Struct.of("group", "things.example.com", "version", "v1", "kind", "Thing"));
        assertThat(thing.seq("subresources").struct(0).text("subresource")).isEqualTo("status");
        stage.backend.says("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
        stage.check();
        Struct stale = stage.parts.table.versions().getFirst().discovery();
        assertThat(stale.text("freshness")).isEqualTo("Stale");
        assertThat(stale.seq("resources")).isEqualTo(known.seq("resources"));
        stage.api.delete(ApiService.RESOURCE, Stage.KEY, DeleteOptions.PLAIN);
        stage.api.deliver();
        assertThat(stage.parts.table.versions()).isEmpty();
        assertThat(stage.parts.table.aggregates("things.example.com", "v1")).isFalse();
    }

    @Test
    void anotherServersOpinionMakesNoCheckDue() throws Exception {
        stage.available();
        Obj there = stage.api.get(ApiService.RESOURCE, Stage.KEY);
        stage.api.update(ApiService.RESOURCE, there.with(Struct.of("conditions", Seq.of(Struct.of("type", "Available",
                "status", "False", "reason", "FailedDiscoveryCheck"))), "status"), WriteOptions.STATUS);
        stage.api.deliver();
        assertThat(stage.parts.table.versions().getFirst().discovery().text("freshness")).isEqualTo("Stale");
        while (stage.parts.availability.step()) {
            stage.api.deliver();
        }
        assertThat(stage.backend.heads).isEmpty();
        assertThat(stage.condition().text("status")).isEqualTo("False");
        stage.clock.advance(AvailabilityCheck.AGAIN);
        while (stage.parts.availability.step()) {
            stage.api.deliver();
        }
        assertThat(stage.condition().text("status")).isEqualTo("True");
    }

    @Test
    void aCheckThatIsCutByTheStopWritesNothing() throws Exception {
        stage.available();
        CountDownLatch asked = new CountDownLatch(1);
        stage.backend.script = (in, out) -> {
            asked.countDown();
            in.read();
        };
        Thread check = Thread.ofVirtual().start(stage::check);
        asked.await();
        stage.parts.checks.close();
        check.join();
        assertThat(stage.condition().text("reason")).isEqualTo("Passed");
    }

    @Test
    void oneWithoutAServiceIsLocal() {
        Key local = Key.of("v1.apps");
        stage.api.create(ApiService.RESOURCE, Obj.of(Struct.of("apiVersion", "apiregistration.k8s.io/v1", "kind",
                "APIService", "metadata", Struct.of("name", local.name()), "spec",
                Struct.of("group", "apps", "version", "v1", "groupPriorityMinimum", 1, "versionPriority", 1))),
                WriteOptions.PLAIN);
        stage.api.deliver();
        while (stage.parts.availability.step()) {
            stage.api.deliver();
        }
        Seq conditions = stage.api.get(ApiService.RESOURCE, local).status().seq("conditions");
        assertThat(conditions.find("type", "Available").text("reason")).isEqualTo("Local");
        assertThat(conditions.find("type", "Available").text("message"))
                .isEqualTo("Local APIServices are always available");
        assertThat(stage.parts.table.aggregates("apps", "v1")).isFalse();
    }

    /// A replica whose machine has gone answers neither yes nor no.
    @Test
    void oneDeadReplicaTakesNoApiAway() throws Exception {
        stage.slice(true, "https", "10.42.1.5", "10.42.2.6");
        CountDownLatch never = new CountDownLatch(1);
        NodeDialer alive = stage.backend.dialer();
        stage.parts.backends.dialer(new NodeDialer() {
            @Override
            public ByteDuplex dial(String node, String host, int port) throws IOException {
                try {
                    if (stage.backend.dialled.isEmpty()) {
                        stage.backend.dialled.add("dead " + host);
                        never.await();
                    }
                } catch (InterruptedException ended) {
                    stage.backend.dialled.add("ended");
                    throw new IOException(ended);
                }
                return alive.dial(node, host, port);
            }

            @Override
            public ByteDuplex dialKubelet(String node, String host, int port) throws IOException {
                throw new IOException("no kubelet here");
            }
        });
        stage.available();
        says("True", "Passed", "all checks passed");
        assertThat(stage.backend.dialled).contains("ended").first().asString().startsWith("dead 10.42.");
        assertThat(stage.backend.dialled.stream().filter(d -> d.startsWith("node-1")).findFirst().orElseThrow())
                .as("the next one").doesNotContain(stage.backend.dialled.getFirst().substring("dead ".length()));
    }

    @Test
    void aServerThatFailsOnceIsAskedAgainAtOnce() throws Exception {
        Backend.Script[] next = {(in, out) -> Backend.say(out, "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")};
        stage.available();
        Backend.Script good = stage.backend.script;
        stage.backend.script = (in, out) -> {
            Backend.Script now = next[0];
            next[0] = good;
            now.run(in, out);
        };
        says("True", "Passed", "all checks passed");
        assertThat(stage.backend.heads).hasSizeGreaterThanOrEqualTo(2);
    }

    /// Two servers may find the same and say it in other words.
    @Test
    void theSameOutcomeInOtherWordsIsNotWrittenAgain() throws Exception {
        stage.available();
        stage.backend.says("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
        Struct own = stage.check();
        assertThat(own.text("reason")).isEqualTo("FailedDiscoveryCheck");
        Obj there = stage.api.get(ApiService.RESOURCE, Stage.KEY);
        stage.api.update(ApiService.RESOURCE, there.with(Struct.of("conditions", Seq.of(own.with("message", "else"))),
                "status"), WriteOptions.STATUS);
        stage.api.deliver();
        assertThat(stage.check().text("message")).isEqualTo("else");
        stage.backend.says("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
        assertThat(stage.check().text("message")).as("what is new here").endsWith("403");
    }
}
