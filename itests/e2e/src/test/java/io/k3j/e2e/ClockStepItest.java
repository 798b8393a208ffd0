package io.k3j.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Api;
import io.k3j.testkitprocess.Outcome;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The clock of a machine with a server, its node and pods is set an hour ahead, and back.
@NeedsMachine
@NeedsPackages("gcc")
class ClockStepItest {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    /// Longer than a node may be silent (40 s, looked at every 5 s), so that whoever counts by the clock evicts.
    private static final long WATCHED_NANOS = Duration.ofSeconds(50).toNanos();
    private static final String DEPLOYMENT = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: sleepers, namespace: %1$s}
            spec:
              replicas: 2
              selector: {matchLabels: {app: sleeper}}
              template:
                metadata: {labels: {app: sleeper}}
                spec:
                  containers: [{name: a, image: "k3j.io/busybox:1", command: [sleep, "7200"]}]
            """;
    private static final String PODS = "get pods -l app=sleeper -o jsonpath='{range .items[*]}{.metadata.name} "
            + "{.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount};{end}'";
    /// Who leads, and how often that has changed.
    private static final String LEADERS = "get leases -n kube-system -o jsonpath='{range .items[*]}{.metadata.name} "
            + "{.spec.holderIdentity} {.spec.leaseTransitions};{end}'";
    private static final String RENEWED = "get leases -n kube-node-lease -o "
            + "jsonpath='{.items[0].metadata.resourceVersion}'";

    private Machine machine;
    private SteppedClock clock;
    private Server server;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        machine = Machine.on();
        clock = SteppedClock.on(machine);
        server = Server.start(machine, clock.environment()).ready();
        deployed("default");
    }

    @AfterEach
    void stop() {
        if (machine != null) {
            machine.close();
        }
    }

    @Test
    void nobodyIsEvictedNoLeaseIsMissedAndNoQueueStands() throws IOException, InterruptedException {
        String pods = kubectl(PODS);
        String leaders = kubectl(LEADERS);
        goesOn("ahead", Duration.ofHours(1));
        goesOn("back", Duration.ZERO);
        assertThat(kubectl(PODS)).as("pods and their containers").isEqualTo(pods);
        assertThat(kubectl(LEADERS)).as("leaders").isEqualTo(leaders);
    }

    private void goesOn(String step, Duration ahead) throws IOException, InterruptedException {
        clock.step(ahead);
        long begin = System.nanoTime();
        String renewed = kubectl(RENEWED);
        Instant before = Instant.now();
        Instant created = queuesGoOn(step);
        assertThat(created).as("the server's clock").isBetween(before.plus(ahead).minusSeconds(60),
                Instant.now().plus(ahead).plusSeconds(60));
        try (Api api = machine.api()) {
            while (System.nanoTime() - begin < WATCHED_NANOS) {
                assertThat(node(api)).as("the node, clock %s, %s", step, server.tail()).isEqualTo("True []");
                Waiting.pause();
            }
        }
        assertThat(kubectl(RENEWED)).as("the node's lease, clock %s", step).isNotEqualTo(renewed);
    }

    /// Whether it is ready, and its taints. Asked without a command: hundreds of them would take a core from who is
    /// watched.
    private static String node(Api api) throws IOException, InterruptedException {
        HttpResponse<String> nodes = api.get("/api/v1/nodes", Api.JSON);
        assertThat(nodes.statusCode()).as(nodes.body()).isEqualTo(200);
        Struct node = Json.object(nodes.body().getBytes(StandardCharsets.UTF_8)).seq("items").structs().getFirst();
        return node.struct("status").seq("conditions").find("type", "Ready").text("status") + " "
                + node.struct("spec").seq("taints").structs();
    }

    /// What is wanted after the step is done after it, by scheduler, kubelet and controllers.
    /// @return when the server says that it was
    private Instant queuesGoOn(String step) throws IOException, InterruptedException {
        Files.writeString(machine.dir().resolve("space.yaml"),
                "{apiVersion: v1, kind: Namespace, metadata: {name: " + step + "}}");
        kubectl("apply -f " + machine.dir().resolve("space.yaml"));
        deployed(step);
        Instant created = Instant
                .parse(kubectl("get namespace " + step + " -o jsonpath='{.metadata.creationTimestamp}'"));
        kubectl("delete namespace " + step + " --wait=false");
        Waiting.until("end of the namespace", LIMIT, () -> !kubectl("get namespaces").contains(step), server::story);
        return created;
    }

    private void deployed(String namespace) throws IOException, InterruptedException {
        Files.writeString(machine.dir().resolve("deployment.yaml"), DEPLOYMENT.formatted(namespace));
        kubectl("apply -f " + machine.dir().resolve("deployment.yaml"));
        String available = "get deployment sleepers -o jsonpath='{.status.availableReplicas}' -n " + namespace;
        Waiting.until("available pods in " + namespace, LIMIT, () -> kubectl(available).equals("2"), server::story);
    }

    private String kubectl(String words) throws IOException, InterruptedException {
        Outcome outcome = server.k3s("kubectl " + words);
        assertThat(outcome.code()).as("%s%n%s%n%s", words, outcome.text(), server.tail()).isZero();
        return outcome.text().strip();
    }
}
