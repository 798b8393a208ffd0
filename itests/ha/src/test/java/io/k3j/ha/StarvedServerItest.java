package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Api;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A server that gets no more descriptors or threads serves whom it knows, waits without effort, and is itself again
/// as soon as there are some.
@NeedsMachine
@Tag("full")
@Tag("kill")
class StarvedServerItest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration STARVED = Duration.ofSeconds(10);
    private static final Promise ANSWER = Promise.of(1_000);
    private static final Promise KNOWN = Promise.of(5_000);
    private static final int IDLE = 100;
    private static final int WRITES = 200;
    private static final int LATE = 999;
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String JSON = "application/json";
    private static final String POD = "kubectl run after-%s --image=k3j.io/busybox:1 --command -- sleep 3600";
    private static final List<String> DOORS = List.of("exec 3<>/dev/tcp/10.43.0.10/53; sleep 30",
            "exec 3<>/dev/tcp/127.0.0.1/10250; sleep 30", Server.command() + " bundle ls");
    private static final String[] SELDOM = {"/openapi/v2", "/openapi/v3", "/openapi/v3/apis/apps/v1", "/metrics",
            "/apis", "/readyz?verbose", "/api/v1/nodes/NODE/proxy/stats/summary", "/api/v1/nodes/NODE/proxy/metrics",
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", "/apis/metrics.k8s.io/v1beta1/nodes",
            "/apis/certificates.k8s.io/v1/certificatesigningrequests",
            "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies"};

    @ParameterizedTest
    @EnumSource
    void servesWhomItKnowsAndComesBack(Scarcity scarcity) throws Exception {
        try (Machine machine = Machine.on()) {
            Server server = Server.start(machine).ready();
            try (Api known = machine.api(); Api late = machine.api()) {
                assertThat(known.get("/version", JSON).statusCode()).isEqualTo(200);
                scarcity.begin(machine);
                try (IdleClients idle = IdleClients.of(known, IDLE)) {
                    Waiting.until(scarcity + " used up", LIMIT, () -> scarcity.felt(machine), server::story);
                    waits(scarcity, machine);
                    System.out.println("[ha] " + scarcity + " used up, answered: " + idle.answered());
                    writes(known);
                    seldom(known, machine.name());
                    long relief = System.nanoTime();
                    scarcity.end(machine);
                    assertThat(late.get("/version", JSON).statusCode()).isEqualTo(200);
                    ANSWER.since("first answer after " + scarcity + " came back", relief);
                    idle.served();
                    assertThat(idle.answered()).isEqualTo(IDLE);
                }
                assertThat(seldom(known, machine.name())).allSatisfy((path, code) -> assertThat(code).isLessThan(500));
            }
            itself(scarcity, server, machine);
        }
    }

    /// With others at each of its doors it does nothing, again and again.
    private static void waits(Scarcity scarcity, Machine machine) throws Exception {
        for (String door : DOORS) {
            assertThat(machine.run(LIMIT, "(" + door + ") > /dev/null 2>&1 &").code()).isZero();
        }
        long from = System.nanoTime();
        long worked = Scarcity.worked(machine);
        long end = from + STARVED.toNanos();
        Waiting.until("end of the famine", LIMIT, () -> System.nanoTime() > end, () -> "");
        long millis = (System.nanoTime() - from) / 1_000_000;
        long percent = (Scarcity.worked(machine) - worked) * 100 / millis;
        System.out.println("[ha] processor time with " + scarcity + " used up: " + percent + " %");
        assertThat(percent).isLessThan(20);
    }

    private static void writes(Api known) throws Exception {
        long start = System.nanoTime();
        for (int n = 0; n < WRITES; n++) {
            byte[] map = ("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"m" + n + "\"}}")
                    .getBytes(StandardCharsets.UTF_8);
            assertThat(known.send("POST", MAPS, JSON, map).statusCode()).isEqualTo(201);
            assertThat(known.get(MAPS + "/m" + n, JSON).statusCode()).isEqualTo(200);
        }
        KNOWN.since(WRITES + " writes and reads over a connection from before", start);
    }

    /// What is asked seldom: its code has not run before.
    private static Map<String, Integer> seldom(Api known, String node) throws Exception {
        Map<String, Integer> codes = new LinkedHashMap<>();
        for (String path : SELDOM) {
            try {
                codes.put(path, known.get(path.replace("NODE", node), JSON).statusCode());
            } catch (HttpTimeoutException late) {
                codes.put(path, LATE);
            }
        }
        System.out.println("[ha] " + codes);
        return codes;
    }

    private static void itself(Scarcity scarcity, Server server, Machine machine) throws Exception {
        String word = scarcity.name().toLowerCase(Locale.ROOT);
        assertThat(server.k3s(POD.formatted(word)).text()).contains("created");
        server.await("running pod", "kubectl get pod after-" + word + " --no-headers", "Running");
        server.await("exec", "kubectl exec after-" + word + " -- echo here", "here");
        server.await("console", "bundle ls", "ACTIVE");
        assertThat(Files.readAllLines(machine.dir().resolve("server.txt")))
                .noneMatch(line -> line.contains("NoClassDefFoundError") || line.contains("OutOfMemoryError"));
    }
}
