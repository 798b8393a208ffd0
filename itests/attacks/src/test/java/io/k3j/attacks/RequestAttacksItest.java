package io.k3j.attacks;

import static io.k3j.attacks.Attacker.let;
import static io.k3j.attacks.Attacker.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.NeedsMachine;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Requests that are meant to end the API server, to keep others out of it, or to be taken for its own.
@NeedsMachine
@ExtendWith(Victim.Here.class)
class RequestAttacksItest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String SLICES = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";
    private static final Account WRITER = Account.of("writer", "create,patch configmaps");
    private static final Account NEIGHBOUR = Account.of("neighbour", "create configmaps");
    private static final Account GUIDE = Account.of("guide", "create endpointslices.discovery.k8s.io",
            "create services", "get services/proxy", "get pods/proxy", "patch pods/status");
    private static final Account SPLITTER = Account.of("splitter", "get nodes/proxy", "get pods/proxy");
    private static final String DOUBLING = """
            , {"op": "add", "path": "/b", "value": {}}, {"op": "copy", "from": "/a", "path": "/b/x"}, \
            {"op": "copy", "from": "/a", "path": "/b/y"}, {"op": "move", "from": "/b", "path": "/a"}""";
    /// More than the 200 seats there are for writes, and some that may get lost on the way.
    private static final int HELD = 205;
    private static final int SLOW = 220;
    private static final Duration SLOWLY = Duration.ofSeconds(180);
    private static final int MEGABYTE = 1 << 20;
    private static final int MOST_WARNED = 8 << 10;
    private static final String PODS = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, namespace: default}
            spec:
              terminationGracePeriodSeconds: 0
              containers: [{name: c, image: "k3j.io/busybox:1", command: [httpd, -f, -p, "8080", -h, /etc]}]
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: drifter, namespace: default}
            spec:
              schedulerName: nobody
              containers: [{name: c, image: "k3j.io/busybox:1"}]
            ---
            """;

    @BeforeAll
    static void begin(Victim victim) throws IOException, InterruptedException {
        victim.apply(PODS + Stream.of(WRITER, NEIGHBOUR, GUIDE, SPLITTER).map(Account::yaml)
                .collect(Collectors.joining()));
        // it listens a moment after it runs
        victim.until("kubectl get --raw /api/v1/namespaces/default/pods/web:8080/proxy/hostname && echo listens",
                "listens");
    }

    @AfterEach
    void goesOn(Victim victim) throws IOException, InterruptedException {
        victim.goesOn();
    }

    private static void saysLittle(HttpResponse<String> answer) {
        assertThat(answer.headers().allValues("Warning").stream().mapToInt(String::length).sum())
                .isLessThan(MOST_WARNED);
        assertThat(answer.body().length()).isLessThan(MEGABYTE);
    }

    /// H8: each duplicate told of with its path of half a megabyte.
    @Test
    void threeMegabytesOfDuplicatesUnderALongNameExhaustNothing(Victim victim) throws IOException,
            InterruptedException {
        String json = "{\"metadata\": {\"name\": \"strict\"}, \"" + "x".repeat(MEGABYTE / 2) + "\": {"
                + "\"a\":1,".repeat(2 * MEGABYTE / 6) + "\"a\":1}}";
        String yaml = "metadata: {name: warned}\n" + "x".repeat(1000) + ":\n" + " a: 1\n".repeat(MEGABYTE / 24);
        try (Attacker attacker = WRITER.attacks(victim)) {
            HttpResponse<String> strict = attacker.post(MAPS + "?fieldValidation=Strict", json);
            refused(strict, 400, "duplicate field");
            saysLittle(strict);
            HttpResponse<String> warned = attacker.send("POST", MAPS + "?fieldValidation=Warn", "application/yaml",
                    yaml);
            let(warned);
            saysLittle(warned);
            StringBuilder unknown = new StringBuilder("{\"metadata\": {\"name\": \"unknown\"}");
            for (int i = 0; unknown.length() < MEGABYTE; i++) {
                unknown.append(",\"f").append(i).append("\":1");
            }
            HttpResponse<String> many = attacker.post(MAPS + "?fieldValidation=Warn", unknown.append('}').toString());
            let(many);
            saysLittle(many);
        }
    }

    /// M-jsonpatch: forty doublings of a kilobyte.
    @Test
    void aPatchThatDoublesItsCopiesExhaustsNothing(Victim victim) throws IOException, InterruptedException {
        try (Attacker attacker = WRITER.attacks(victim)) {
            let(attacker.post(MAPS, "{\"metadata\": {\"name\": \"doubled\"}}"));
            let(attacker.send("PATCH", MAPS + "/doubled", "application/json-patch+json", doubled(1)));
            // as upstream, it does not say why
            refused(attacker.send("PATCH", MAPS + "/doubled", "application/json-patch+json", doubled(40)), 422,
                    "the server rejected our request due to an error in our request");
        }
    }

    private static String doubled(int times) {
        return "[{\"op\": \"add\", \"path\": \"/a\", \"value\": \"" + "x".repeat(1000) + "\"}"
                + DOUBLING.repeat(times) + "]";
    }

    /// H9: more writes than there are seats, all of which send nothing.
    @Test
    void clientsThatSendNothingKeepNobodyFromWriting(Victim victim) throws IOException, InterruptedException {
        CountDownLatch wanted = new CountDownLatch(HELD);
        try (Attacker neighbour = NEIGHBOUR.attacks(victim); Attacker attacker = WRITER.attacks(victim)) {
            for (int i = 0; i < SLOW; i++) {
                attacker.begin(
                        attacker.request(MAPS).version(HttpClient.Version.HTTP_1_1).expectContinue(true).timeout(SLOWLY)
                                .header("Content-Type", "application/json").POST(new Slow(wanted)));
            }
            assertThat(wanted.await(SLOWLY.toSeconds(), TimeUnit.SECONDS))
                    .as("%s bodies not waited for", wanted.getCount()).isTrue();
            let(neighbour.post(MAPS, "{\"metadata\": {\"name\": \"of-a-neighbour\"}}"));
            victim.goesOn();
        }
    }

    /// H10: a second request in the path of the first, which the API server's own certificate would make a command.
    @Test
    void aPathThatHoldsAnotherRequestIsOnePath(Victim victim) throws IOException, InterruptedException {
        String proxy = "/api/v1/nodes/" + victim.node() + "/proxy/healthz";
        String second = "%20HTTP/1.1%0d%0aHost:%20x%0d%0a%0d%0aPOST%20/run/default/web/c?cmd=touch%20/tmp/split";
        try (Attacker attacker = SPLITTER.attacks(victim)) {
            let(attacker.get(proxy));
            refused(attacker.get(proxy + second), 404, "404 page not found");
            refused(attacker.get(proxy + second.replace("?", "%3f")), 404, "404 page not found");
            refused(attacker.get("/api/v1/namespaces/default/pods/web:8080/proxy/hostname" + second), 404, "");
            for (String end : List.of("\n", "\r", "\0")) {
                assertThat(attacker.raw("GET " + proxy + end + "X: y HTTP/1.1\n")).startsWith("HTTP/1.1 400 ");
            }
        }
        assertThat(victim.text("kubectl exec web -- ls -a /tmp")).doesNotContain("split");
    }

    private static String slice(String name, String endpoint) {
        return "{\"metadata\": {\"name\": \"" + name + "\", \"labels\": {\"kubernetes.io/service-name\": \"lure\"}},"
                + " \"addressType\": \"IPv4\", \"ports\": [{\"name\": \"web\", \"port\": 10250}], \"endpoints\": [{"
                + endpoint + "}]}";
    }

    /// M-ssrf: EndpointSlices and states of pods that name the server itself, its segment, its node.
    @Test
    void noProxyIsLedToTheServerItself(Victim victim) throws IOException, InterruptedException {
        String pods = "/api/v1/namespaces/default/pods/";
        try (Attacker attacker = GUIDE.attacks(victim)) {
            let(attacker.post("/api/v1/namespaces/default/services", "{\"metadata\": {\"name\": \"lure\"}, \"spec\":"
                    + " {\"ports\": [{\"name\": \"web\", \"port\": 10250}]}}"));
            refused(attacker.post(SLICES, slice("loop", "\"addresses\": [\"127.0.0.1\"]")), 422,
                    "may not be in the loopback range");
            refused(attacker.post(SLICES, slice("link", "\"addresses\": [\"169.254.169.254\"]")), 422,
                    "may not be in the link-local range");
            let(attacker.post(SLICES, slice("node", "\"addresses\": [\"" + victim.address() + "\"]")));
            let(attacker.post(SLICES, slice("pod", "\"addresses\": [\"" + victim.address()
                    + "\"], \"targetRef\": {\"kind\": \"Pod\", \"name\": \"web\", \"namespace\": \"default\"}")));
            refused(attacker.get("/api/v1/namespaces/default/services/https:lure:web/proxy/pods"), 503,
                    "no endpoints available for service");
            let(attacker.get(pods + "web:8080/proxy/hostname"));
            for (String address : List.of("127.0.0.1", "169.254.169.254")) {
                let(attacker.merge(pods + "drifter/status", "{\"status\": {\"podIP\": \"" + address
                        + "\", \"podIPs\": [{\"ip\": \"" + address + "\"}]}}"));
                refused(attacker.get(pods + "https:drifter:10250/proxy/pods"), 400, "address not allowed");
            }
        }
    }
}
