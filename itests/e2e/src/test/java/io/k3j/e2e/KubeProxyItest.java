package io.k3j.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A Service with a node port of a server, with arguments of kube-proxy; the commands are those of
/// `docs/kube-proxy.md`.
@NeedsMachine
@Tag("kill")
class KubeProxyItest {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final Duration COMMAND = Duration.ofSeconds(120);
    private static final Path PAGE = Path.of("../../docs/kube-proxy.md");
    private static final int METRICS = 11_249;
    private static final String OBJECTS = """
            {"apiVersion":"v1","kind":"List","items":[
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","labels":{"app":"web"}},"spec":{\
            "terminationGracePeriodSeconds":0,"containers":[{"name":"a","image":"k3j.io/busybox:1","command":["sh","-c",\
            "echo served > /tmp/index.html; exec httpd -f -p 8080 -h /tmp"]}]}},
            {"apiVersion":"v1","kind":"Service","metadata":{"name":"web"},"spec":{"type":"NodePort",\
            "clusterIP":"10.43.0.80","selector":{"app":"web"},\
            "ports":[{"port":80,"targetPort":8080,"nodePort":30080}]}}]}""";
    private static Machine machine;
    private static Server server;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        machine = Machine.on();
        server = Server.start(machine, "--kube-proxy-arg=metrics-bind-address=0.0.0.0:" + METRICS,
                "--kube-proxy-arg=nodeport-addresses=primary").ready();
        Files.writeString(machine.dir().resolve("web.json"), OBJECTS);
        assertThat(server.k3s("kubectl apply -f " + machine.dir().resolve("web.json")).code()).isZero();
        Waiting.until("the Service", LIMIT, KubeProxyItest::serves, server::story);
    }

    @AfterAll
    static void stop() {
        if (machine != null) {
            machine.close();
        }
    }

    private static String get(String url) throws IOException, InterruptedException {
        return machine.run(COMMAND, "curl -s -m 2 " + url).text();
    }

    private static boolean serves() throws IOException, InterruptedException {
        return get("http://10.43.0.80").contains("served");
    }

    @Test
    void theNodePortAnswersOnTheNodesAddress() throws IOException, InterruptedException {
        Waiting.until("an answer of the node port", LIMIT,
                () -> get("http://" + machine.address() + ":30080").contains("served"), server::story);
    }

    @Test
    void rulesThatAreFlushedComeBack() throws IOException, InterruptedException {
        flushedUntilBack();
        Waiting.until("the Service", LIMIT, KubeProxyItest::serves, server::story);
        Waiting.until("the rules of the pod network", LIMIT, () -> machine
                .run(COMMAND, "nft list table ip flannel-ipv4").text().contains("ip daddr 127.0.0.0/8 drop"),
                server::story);
    }

    @Test
    @Tag("full")
    void rulesThatAreFlushedAreBackWithinASecond() throws IOException, InterruptedException {
        assertThat(flushedUntilBack()).isLessThan(Duration.ofSeconds(1));
    }

    private Duration flushedUntilBack() throws IOException, InterruptedException {
        assertThat(machine.run(COMMAND, "nft flush ruleset").code()).isZero();
        long flushed = System.nanoTime();
        Waiting.until("the rules", Duration.ofSeconds(120), () -> machine
                .run(COMMAND, "nft list map ip kube-proxy service-ips").text().contains("10.43.0.80 . tcp . 80"),
                server::story);
        return Duration.ofNanos(System.nanoTime() - flushed);
    }

    @Test
    void theCommandsOfThePageSucceed() throws IOException, InterruptedException {
        List<String> commands = Arrays.stream(Files.readString(PAGE).split("```sh\n")).skip(1)
                .flatMap(block -> block.substring(0, block.indexOf("```")).lines()).toList();
        assertThat(commands).hasSizeGreaterThan(6);
        StringBuilder said = new StringBuilder();
        for (String command : commands) {
            Outcome outcome = machine.run(COMMAND, command.replace("10249", Integer.toString(METRICS)));
            assertThat(outcome.code()).as(command + "\n" + outcome.text()).isZero();
            said.append(outcome.text());
        }
        assertThat(said).contains("10.43.0.80 . tcp . 80", "nodeEligible", "nftables",
                "kubeproxy_sync_proxy_rules_last_timestamp_seconds");
    }

    @Test
    void anArgumentThatIsNoneIsRefusedByName() throws IOException, InterruptedException {
        assertThat(machine.run(COMMAND, Server.command() + " server --kube-proxy-arg=ipvs-scheduler=rr").text())
                .contains("kube-proxy-arg", "ipvs-scheduler");
    }
}
