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
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Policies between real pods of a server with nothing but defaults; `docs/network-policy.md`.
@NeedsMachine
@Tag("data")
class NetworkPolicyItest {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final Path PAGE = Path.of("../../docs/network-policy.md");
    private static final String TABLE = "nft list table inet k3s-network-policy";
    private static final int SWAPS = 10;
    private static Machine machine;
    private static Server server;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        machine = Machine.on();
        server = Server.start(machine).ready();
        for (String name : List.of("shop", "open")) {
            apply(namespace(name));
            // pods of a namespace are refused until it has one
            server.await("account of " + name, "kubectl get serviceaccount default -n " + name, "default");
        }
        apply("""
                {"apiVersion":"v1","kind":"List","items":[
                %s,%s,%s]}""".formatted(policy("shop", "deny", ""), pod("shop", "db", "5432"),
                pod("open", "client", "80")));
        apply(pod("shop", "web", "80"));
        for (String pod : List.of("shop db", "shop web", "open client")) {
            running(pod.split(" ")[0], pod.split(" ")[1]);
        }
    }

    @AfterAll
    static void stop() {
        if (machine != null) {
            machine.close();
        }
    }

    private static String namespace(String name) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"" + name + "\"}}";
    }

    private static String policy(String namespace, String name, String more) {
        return "{\"apiVersion\":\"networking.k8s.io/v1\",\"kind\":\"NetworkPolicy\",\"metadata\":{\"namespace\":\""
                + namespace + "\",\"name\":\"" + name + "\"},\"spec\":{\"podSelector\":{},\"policyTypes\":[\"Ingress\"]"
                + more + "}}";
    }

    private static String pod(String namespace, String name, String port) {
        return """
                {"apiVersion":"v1","kind":"Pod","metadata":{"namespace":"%s","name":"%s","labels":{"app":"%2$s"}},\
                "spec":{"terminationGracePeriodSeconds":0,"containers":[{"name":"a","image":"k3j.io/busybox:1",\
                "command":["sh","-c","mkdir /w; echo hello > /w/index.html; httpd -f -p %s -h /w"],\
                "ports":[{"name":"http","containerPort":%3$s}],"readinessProbe":{"tcpSocket":{"port":%3$s},"periodSeconds":1}}]}}"""
                .formatted(namespace, name, port);
    }

    private static void apply(String json) throws IOException, InterruptedException {
        Path file = Files.writeString(machine.dir().resolve("object.json"), json);
        Outcome outcome = server.k3s("kubectl apply -f " + file);
        assertThat(outcome.code()).as(outcome.text()).isZero();
        assertThat(outcome.text()).doesNotContain("not enforced");
    }

    private static void running(String namespace, String name) throws IOException, InterruptedException {
        server.await(name + " ready", "kubectl get pod -n " + namespace + " " + name + " --no-headers", "1/1");
    }

    private static String address(String namespace, String name) throws IOException, InterruptedException {
        return server.k3s("kubectl get pod -n " + namespace + " " + name + " -o jsonpath={.status.podIP}").text()
                .strip();
    }

    /// Whether a pod gets an answer from an address.
    private static boolean reaches(String namespace, String pod, String target) throws IOException,
            InterruptedException {
        return server.k3s("kubectl exec -n " + namespace + " " + pod + " -- timeout 2 wget -q -O - http://" + target)
                .text().contains("hello");
    }

    /// The way that no policy closes.
    private static void answers() throws IOException, InterruptedException {
        String client = address("open", "client");
        Waiting.until("the way from web to client", LIMIT, () -> reaches("shop", "web", client), server::story);
    }

    @Test
    void anIsolatedNamespaceIsReachedByItsNodeAndByWhomAPolicyNames() throws IOException, InterruptedException {
        String db = address("shop", "db");
        assertThat(reaches("open", "client", db + ":5432")).isFalse();
        assertThat(reaches("shop", "web", db + ":5432")).isFalse();
        answers();
        apply(policy("shop", "db", ",\"ingress\":[{\"from\":[{\"podSelector\":{\"matchLabels\":{\"app\":\"web\"}}}],"
                + "\"ports\":[{\"port\":\"http\"}]}]"));
        Waiting.until("the way from web to db", LIMIT, () -> reaches("shop", "web", db + ":5432"), server::story);
        assertThat(reaches("open", "client", db + ":5432")).isFalse();
        assertThat(checked("shop/web shop/db 5432/tcp")).startsWith("allowed").contains("allowed by shop/db");
        assertThat(checked("open/client shop/db http")).startsWith("denied").contains("shop/deny");
        assertThat(server.k3s("kubectl delete networkpolicy -n shop db").code()).isZero();
        Waiting.until("no way from web to db", LIMIT, () -> !reaches("shop", "web", db + ":5432"), server::story);
    }

    private static String checked(String words) throws IOException, InterruptedException {
        return server.k3s("check-policy " + words).text();
    }

    @Test
    void aPodThatStartsIsNeverOpen() throws IOException, InterruptedException {
        // asks whatever address comes next as fast as it can, and writes down who has answered
        String last = address("open", "client");
        String range = last.substring(0, last.lastIndexOf('.') + 1);
        apply(prober(range));
        running("open", "prober");
        for (int i = 0; i < 3; i++) {
            apply(pod("shop", "new" + i, "80"));
            running("shop", "new" + i);
        }
        String met = server.k3s("kubectl exec -n open prober -- cat /tmp/met").text();
        assertThat(met).as("the prober does meet who is open").contains(last);
        for (int i = 0; i < 3; i++) {
            assertThat(met.lines()).doesNotContain(address("shop", "new" + i));
        }
        assertThat(server.k3s("kubectl delete pod -n open prober").code()).isZero();
    }

    private static String prober(String range) {
        return """
                {"apiVersion":"v1","kind":"Pod","metadata":{"namespace":"open","name":"prober"},"spec":\
                {"terminationGracePeriodSeconds":0,"containers":[{"name":"a","image":"k3j.io/busybox:1",\
                "command":["sh","-c","touch /tmp/met; while true; do \
                for i in 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do \
                timeout 1 nc -w 1 %s$i 80 </dev/null >/dev/null 2>&1 && echo %1$s$i >> /tmp/met & done; wait; done"],\
                "readinessProbe":{"exec":{"command":["test","-s","/tmp/met"]},"periodSeconds":1}}]}}"""
                .formatted(range);
    }

    @Test
    void rulesThatWereFlushedComeBack() throws IOException, InterruptedException {
        flush();
    }

    @Test
    @Tag("full")
    void rulesThatWereFlushedAreBackWithinASecond() throws IOException, InterruptedException {
        assertThat(flush()).as("tenths of a second").isLessThanOrEqualTo(10);
    }

    /// @return after how many tenths of a second they were there again
    private static int flush() throws IOException, InterruptedException {
        assertThat(machine.run(LIMIT, TABLE).text()).contains("chain ingress");
        Outcome outcome = machine.run(LIMIT, "nft flush ruleset; for i in $(seq 600); do sleep 0.1; " + TABLE
                + " 2>/dev/null | grep -q 'chain ingress' && echo $i && break; done");
        assertThat(outcome.text().strip()).as(server::story).containsOnlyDigits();
        System.out.println("rules back after " + outcome.text().strip() + " tenths of a second");
        assertThat(reaches("open", "client", address("shop", "web"))).isFalse();
        return Integer.parseInt(outcome.text().strip());
    }

    @Test
    void aSwapUnderTrafficLetsNothingForbiddenThrough() throws IOException, InterruptedException {
        String web = address("shop", "web");
        String loop = "n=0; for i in $(seq 300); do timeout 1 nc -w 1 " + web
                + " 80 </dev/null >/dev/null 2>&1 && echo open; n=$((n+1)); done; echo tried $n";
        Path out = machine.dir().resolve("traffic.txt");
        machine.run(LIMIT, "(KUBECONFIG=" + Server.KUBECONFIG + " " + Server.command()
                + " kubectl exec -n open client -- sh -c '" + loop + "' > " + out
                + " 2>&1 &) </dev/null >/dev/null 2>&1");
        for (int i = 0; i < SWAPS; i++) {
            Outcome stop = server.k3s("bundle stop network-policy");
            assertThat(stop.code()).as(stop.text()).isZero();
            assertThat(machine.run(LIMIT, TABLE).text()).contains("chain ingress");
            assertThat(server.k3s("bundle start network-policy").code()).isZero();
        }
        Waiting.until("end of traffic", LIMIT.multipliedBy(4),
                () -> Files.exists(out) && Files.readString(out).contains("tried"),
                server::story);
        assertThat(Files.readString(out)).doesNotContain("open");
        answers();
    }

    @Test
    void theCommandsOfThePageSucceed() throws IOException, InterruptedException {
        List<String> commands = Files.readString(PAGE).split("```")[1].lines()
                .filter(line -> line.startsWith("kubectl ") || line.startsWith("nft ") || line.startsWith("k3s "))
                .toList();
        assertThat(commands).hasSizeGreaterThan(4);
        for (String command : commands) {
            Waiting.until(command, LIMIT, () -> (command.startsWith("nft ")
                    ? machine.run(LIMIT, command)
                    : server.k3s(command.startsWith("k3s ") ? command.substring(4) : command)).code() == 0,
                    server::story);
        }
    }
}
