package io.k3j.agentitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.AgentProcess;
import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.MachineNet;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import io.k3j.testkitprocess.RebuiltJars;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/// The Ingress of `docs/ingress.md` on a server, with its pod on an agent; the test is the world outside, `10.10.10.1`.
/// The tests are one story.
@NeedsMachine
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@NeedsPackages({"curl", "openssl"})
class IngressItest {
    private static final String TOKEN = "ingress";
    private static final String URL = "https://10.10.10.50:6443";
    private static final String SERVER = "10.10.10.50";
    private static final String AGENT = "10.10.10.101";
    private static final String OUTSIDE = "10.10.10.1";
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Path PAGE = Path.of("../../docs/ingress.md");
    /// Host `who` sends back what the pod is told; host `ws` changes the protocol and sends back what comes.
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: shop, labels: {app: shop}}
            spec:
              nodeName: agent-1
              terminationGracePeriodSeconds: 0
              containers:
              - name: main
                image: k3j.io/busybox:1
                command:
                - sh
                - -c
                - |
                  mkdir /w; echo hello > /w/index.html
                  cat > /who <<'X'
                  h=
                  while read l; do [ "$l" = "$(printf '\\r')" ] && break; h="$h${l%?};"; done
                  printf 'HTTP/1.1 200 OK\\r\\nConnection: close\\r\\n\\r\\n%s\\n' "$h"
                  X
                  cat > /ws <<'X'
                  while read l; do [ "$l" = "$(printf '\\r')" ] && break; done
                  printf 'HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n\\r\\n'
                  exec cat
                  X
                  (while true; do nc -l -p 8081 -e /bin/sh /ws; done) &
                  (while true; do nc -l -p 8082 -e /bin/sh /who; done) &
                  exec httpd -f -p 8080 -h /w
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: shop}
            spec:
              selector: {app: shop}
              ports:
              - {name: http, port: 80, targetPort: 8080}
              - {name: ws, port: 81, targetPort: 8081}
              - {name: who, port: 82, targetPort: 8082}
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: others}
            spec:
              rules:
              - host: ws.example.test
                http: {paths: [{path: /, pathType: Exact, backend: {service: {name: shop, port: {name: ws}}}}]}
              - host: who.example.test
                http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: shop, port: {number: 82}}}}]}
            """;
    private MachineNet net;
    private Machine machine;
    private Server server;
    private AgentProcess agent;
    private String page;

    @BeforeAll
    void switchOn() throws IOException, InterruptedException {
        page = Files.readString(PAGE);
        net = MachineNet.on();
        machine = net.server(1);
        Machine agentMachine = net.agent(1);
        server = Server.start(machine, "--token", TOKEN).ready();
        agent = AgentProcess.start(agentMachine, URL, TOKEN);
        agent.said("node Ready");
        apply(POD);
        apply(page.split("```yaml\n")[1].split("```")[0]);
        await("get pod shop --no-headers", "Running");
    }

    @AfterAll
    void switchOff() {
        if (net != null) {
            net.close();
        }
    }

    private Outcome kubectl(String words) throws IOException, InterruptedException {
        return server.k3s("kubectl " + words);
    }

    private void apply(String yaml) throws IOException, InterruptedException {
        Path file = Files.writeString(machine.dir().resolve("object.yaml"), yaml);
        Outcome outcome = kubectl("apply -f " + file);
        assertThat(outcome.code()).as(outcome.text()).isZero();
    }

    private void await(String words, String text) throws IOException, InterruptedException {
        Waiting.until("\"" + text + "\" from kubectl " + words, LIMIT, () -> kubectl(words).text().contains(text),
                () -> "agent:\n" + agent.tail() + "\nserver:\n" + server.story());
    }

    /// What curl says of a URL of `shop.example.test` at an address, with its head.
    private static String curl(String address, String... more) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("curl", "-si", "--max-time", "5"));
        for (String host : List.of("shop", "who")) {
            words.addAll(List.of("--resolve", host + ".example.test:80:" + address, "--resolve",
                    host + ".example.test:443:" + address));
        }
        words.addAll(List.of(more));
        return Launch.of(words.toArray(String[]::new)).run(LIMIT).text();
    }

    private void awaitCurl(String text, String address, String... more) throws IOException, InterruptedException {
        Waiting.until("\"" + text + "\" from " + address, LIMIT, () -> curl(address, more).contains(text),
                () -> server.story() + kubectlQuietly("get ingress,service,endpointslices -A"));
    }

    private String kubectlQuietly(String words) {
        try {
            return kubectl(words).text();
        } catch (IOException | InterruptedException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /// A new certificate for the host in the Secret, and its file.
    private Path certificate(String name) throws IOException, InterruptedException {
        Path file = machine.dir().resolve(name + ".crt");
        Path key = machine.dir().resolve(name + ".key");
        Outcome made = Launch.of("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-days", "2", "-subj", "/CN=" + name, "-addext", "subjectAltName=DNS:shop.example.test",
                "-out",
                file.toString(), "-keyout", key.toString()).run(LIMIT);
        assertThat(made.code()).as(made.text()).isZero();
        Outcome secret = server.k3s("kubectl create secret tls shop-tls --cert=" + file + " --key=" + key
                + " --dry-run=client -o yaml > " + machine.dir() + "/secret.yaml && " + Server.command()
                + " kubectl apply -f " + machine.dir() + "/secret.yaml");
        assertThat(secret.code()).as(secret.text()).isZero();
        return file;
    }

    @Test
    @Order(1)
    void answersAtEachNodeAndThePodSeesWhoAsksAServer() throws IOException, InterruptedException {
        awaitCurl("hello", SERVER, "http://shop.example.test/");
        awaitCurl("hello", AGENT, "http://shop.example.test/");
        assertThat(curl(SERVER, "http://who.example.test/a?b")).as(kubectlQuietly("logs shop")).contains(
                "GET /a?b HTTP/1.1;",
                "x-forwarded-for: " + OUTSIDE + ";", "x-forwarded-proto: http;",
                "x-forwarded-host: who.example.test;");
        assertThat(curl(SERVER, "http://" + SERVER + "/")).contains("404 page not found");
        await("get ingress shop -o jsonpath={.status.loadBalancer.ingress}", SERVER);
        assertThat(kubectl("get ingressclasses").text()).contains("traefik.io/ingress-controller");
    }

    @Test
    @Order(2)
    void servesTlsFromASecretAndTakesUpAnotherWithoutLosingAConnection() throws IOException, InterruptedException {
        Path first = certificate("first");
        awaitCurl("hello", SERVER, "--cacert", first.toString(), "https://shop.example.test/");
        assertThat(curl(SERVER, "--http2", "--cacert", first.toString(), "https://shop.example.test/"))
                .startsWith("HTTP/2 200");
        assertThat(curl(SERVER, "-k", "https://who.example.test/")).contains("x-forwarded-proto: https;");
        try (Socket socket = IngressLoad.websocket(SERVER)) {
            Path second = certificate("second");
            awaitCurl("hello", SERVER, "--cacert", second.toString(), "https://shop.example.test/");
            socket.getOutputStream().write("still here\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readNBytes(11), StandardCharsets.US_ASCII))
                    .isEqualTo("still here\n");
        }
    }

    @Test
    @Order(3)
    void aBrokenCertificateIsToldAndTheLastGoodOneServedOn() throws IOException, InterruptedException {
        Path good = certificate("good");
        awaitCurl("hello", SERVER, "--cacert", good.toString(), "https://shop.example.test/");
        assertThat(kubectl("patch secret shop-tls --type=merge -p '{\"data\":{\"tls.crt\":\"bm90aGluZw==\"}}'").code())
                .isZero();
        await("get events --field-selector involvedObject.kind=Ingress", "InvalidCertificate");
        assertThat(curl(SERVER, "--cacert", good.toString(), "https://shop.example.test/")).contains("hello");
    }

    @Test
    @Order(4)
    void anotherNamespaceDoesNotGetAHostThatIsNotShared() throws IOException, InterruptedException {
        assertThat(kubectl("create namespace thief").code()).isZero();
        assertThat(kubectl("annotate ingress shop ingress.k3j.io/share-hosts=").code()).isZero();
        assertThat(kubectl("create ingress steal -n thief --rule='shop.example.test/index.html*=evil:80'").code())
                .isZero();
        await("get events -n thief", "HostClaimed");
        assertThat(curl(SERVER, "http://shop.example.test/index.html")).contains("hello");
    }

    @Test
    @Order(5)
    void swapsUnderLoadLoseNoRequest() throws IOException, InterruptedException {
        String jar = new RebuiltJars(Files.createDirectories(machine.dir().resolve("rebuilt")))
                .rebuilt("io.k3j.ingress").toString();
        try (IngressLoad load = IngressLoad.on(SERVER)) {
            for (int i = 0; i < 2; i++) {
                assertThat(server.console("swap", jar).code()).isZero();
                assertThat(server.console("back", "ingress").code()).isZero();
            }
            assertThat(load.answered()).isGreaterThan(100);
        }
    }

    @Test
    @Order(6)
    void thePagesCommandsWork() throws IOException, InterruptedException {
        List<String> commands = page.split("```")[1].lines().filter(l -> l.startsWith("kubectl ")).toList();
        assertThat(commands).hasSize(5);
        for (String command : commands) {
            Outcome outcome = server.k3s(command.replace("NODE", "server-1"));
            assertThat(outcome.code()).as(command + "\n" + outcome.text()).isZero();
            assertThat(outcome.text().lines().filter(l -> l.startsWith("traefik_") || !command.contains("raw"))
                    .toList()).isNotEmpty();
        }
    }

    @Test
    @Order(7)
    void aHelmChartOfItsNameTakesItsPlace() throws IOException, InterruptedException {
        Path manifests = machine.dir().resolve("chart.yaml");
        Files.writeString(manifests, """
                apiVersion: helm.cattle.io/v1
                kind: HelmChart
                metadata: {name: traefik, namespace: kube-system}
                spec: {chart: "https://127.0.0.1:1/traefik.tgz"}
                """);
        assertThat(kubectl("apply -f " + manifests).code()).isZero();
        Waiting.until("the ingress to stand back", LIMIT,
                () -> !kubectl("get endpointslices -n kube-system").text().contains("traefik-server-1"),
                server::story);
        assertThat(kubectl("delete helmchart traefik -n kube-system --wait=false").code()).isZero();
        awaitCurl("hello", SERVER, "http://shop.example.test/");
    }

    @Test
    @Order(8)
    void disablingItTakesEverythingAway() throws IOException, InterruptedException {
        server.signal("TERM");
        server.ended(LIMIT);
        server = Server.start(machine, "--token", TOKEN, "--disable=traefik").ready();
        Waiting.until("everything to go", LIMIT,
                () -> !kubectl("get ingressclasses,service,endpointslices -A").text().contains("traefik")
                        && !kubectl("get ingress shop -o yaml").text().contains(SERVER),
                () -> server.story() + kubectlQuietly("get ingressclasses,service,endpointslices,ingress -A"));
    }
}
