package io.k3j.agentitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.AgentProcess;
import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.MachineNet;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.GrpcHealth;
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
import java.util.concurrent.atomic.AtomicReference;
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
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final Path PAGE = Path.of("../../docs/ingress.md");
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
        apply(IngressScene.POD);
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
        List<String> words = new ArrayList<>(List.of("curl", "-si", "--max-time", "30"));
        for (String host : List.of("shop", "who", "vault", "health")) {
            words.addAll(List.of("--resolve", host + ".example.test:80:" + address, "--resolve",
                    host + ".example.test:443:" + address));
        }
        words.addAll(List.of(more));
        return Launch.of(words.toArray(String[]::new)).run(LIMIT).text();
    }

    private String awaitCurl(String text, String address, String... more) throws IOException, InterruptedException {
        AtomicReference<String> answer = new AtomicReference<>("");
        Waiting.until("\"" + text + "\" from " + address, LIMIT, () -> {
            answer.set(curl(address, more));
            return answer.get().contains(text);
        }, () -> answer + "\n" + server.story() + kubectlQuietly("get ingress,service,endpointslices -A"));
        return answer.get();
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
        return certificate(name, "shop.example.test", "shop-tls");
    }

    private Path certificate(String name, String host, String secret) throws IOException, InterruptedException {
        Path file = IngressScene.certificate(machine.dir(), name, host);
        Outcome stored = server.k3s("kubectl create secret tls " + secret + " --cert=" + file + " --key="
                + IngressScene.key(file) + " --dry-run=client -o yaml > " + machine.dir() + "/secret.yaml && "
                + Server.command() + " kubectl apply -f " + machine.dir() + "/secret.yaml");
        assertThat(stored.code()).as(stored.text()).isZero();
        return file;
    }

    @Test
    @Order(1)
    void answersAtEachNodeAndThePodSeesWhoAsksAServer() throws IOException, InterruptedException {
        awaitCurl("hello", SERVER, "http://shop.example.test/");
        awaitCurl("hello", AGENT, "http://shop.example.test/");
        String asked = awaitCurl("GET /a?b HTTP/1.1;", SERVER, "http://who.example.test/a?b");
        assertThat(asked).as(kubectlQuietly("logs shop")).contains("x-forwarded-for: " + OUTSIDE + ";",
                "x-forwarded-proto: http;", "x-forwarded-host: who.example.test;");
        awaitCurl("404 page not found", SERVER, "http://" + SERVER + "/");
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
        // whoever it asks there takes one connection after the other
        awaitCurl("x-forwarded-proto: https;", SERVER, "-k", "https://who.example.test/");
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
    @Order(4)
    void podsThatWantTlsAreAskedWhenTheirServiceSaysWhoIsBelieved() throws IOException, InterruptedException {
        Path file = certificate("vault", "vault.default.svc", "vault-tls");
        try (ChildProcess vault = Launch.of("openssl", "s_server", "-accept", OUTSIDE + ":9443", "-cert",
                file.toString(), "-key", IngressScene.key(file).toString(), "-www").start()) {
            apply(IngressScene.outside("vault", OUTSIDE, 9443,
                    "traefik.ingress.kubernetes.io/service.serversscheme: https"));
            awaitCurl("wants TLS", SERVER, "http://vault.example.test/");
            await("get events --field-selector involvedObject.name=vault", "UntrustedBackend");
            assertThat(kubectl("annotate service vault ingress.k3j.io/tls-ca=vault-tls").code()).isZero();
            awaitCurl("s_server", SERVER, "http://vault.example.test/");
            assertThat(kubectl("annotate service vault ingress.k3j.io/tls-server-name=other.test").code()).isZero();
            awaitCurl("certificate that is believed", SERVER, "http://vault.example.test/");
            assertThat(vault.running()).isTrue();
        }
    }

    @Test
    @Order(4)
    void grpcPassesWithItsTrailersOverBothEntryPoints() throws IOException, InterruptedException {
        try (GrpcHealth health = new GrpcHealth()) {
            apply(IngressScene.outside("health", OUTSIDE, health.port(),
                    "traefik.ingress.kubernetes.io/service.serversscheme: h2c"));
            Path body = Files.write(machine.dir().resolve("grpc"), new byte[5]);
            List<String> call = List.of("--http2-prior-knowledge", "-k", "-H", "content-type: application/grpc", "-H",
                    "te: trailers", "--data-binary", "@" + body);
            for (String scheme : List.of("http", "https")) {
                List<String> words = new ArrayList<>(call);
                words.add(scheme + "://health.example.test/grpc.health.v1.Health/Check");
                awaitCurl("grpc-status: 0", SERVER, words.toArray(String[]::new));
                assertThat(curl(SERVER, words.toArray(String[]::new))).startsWith("HTTP/2 200")
                        .contains("content-type: application/grpc").containsSubsequence("\b\u0001", "grpc-status: 0");
            }
        }
    }

    @Test
    @Order(4)
    void aServiceOfTypeExternalNameIsToldByAnEvent() throws IOException, InterruptedException {
        assertThat(kubectl("create service externalname away --external-name=example.com --tcp=80:80").code())
                .isZero();
        assertThat(kubectl("create ingress away --rule='away.example.test/*=away:80'").code()).isZero();
        await("get events --field-selector involvedObject.name=away", "ExternalNameService");
        awaitCurl(" 502 ", SERVER, "-H", "Host: away.example.test", "http://" + SERVER + "/");
    }

    @Test
    @Order(5)
    void swapsUnderLoadLoseNoRequest() throws IOException, InterruptedException {
        String jar = new RebuiltJars(Files.createDirectories(machine.dir().resolve("rebuilt")))
                .rebuilt("io.k3j.ingress").toString();
        try (IngressLoad load = IngressLoad.on(SERVER)) {
            for (int i = 0; i < 2; i++) {
                assertThat(server.console("swap", jar).code()).isZero();
                load.goesOn(server::story);
                assertThat(server.console("back", "ingress").code()).isZero();
                load.goesOn(server::story);
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
    @Order(6)
    void valuesOfAHelmChartConfigAreDoneOrNamed() throws IOException, InterruptedException {
        apply(IngressScene.VALUES);
        awaitCurl("location: https://who.example.test/a", SERVER, "-H", "Host: who.example.test",
                "http://" + SERVER + ":8000/a");
        await("get events -n kube-system", "UnsupportedValues");
        assertThat(kubectl("delete helmchartconfig traefik -n kube-system").code()).isZero();
        awaitCurl("hello", SERVER, "http://shop.example.test/");
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
