package io.k3j.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clients.PodClient.Forwarded;
import io.k3j.clients.PodClient.Ran;
import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The Java clients read logs, run commands and forward ports, from outside of the machine the pod runs on.
@NeedsMachine
class PodClientsItest {
    private static final int PORT = 9000;
    private static final int BYTES = 10 << 20;
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: talker, namespace: default}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - name: talker
                image: k3j.io/busybox:1
                command: [sh, -c, "echo begun; exec nc -ll -p 9000 -e cat"]
            """;

    private static Machine machine;
    private static Server server;
    private static final List<PodClient> CLIENTS = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        machine = Machine.on();
        server = Server.start(machine);
        server.ready();
        Files.writeString(machine.dir().resolve("pod.yaml"), POD);
        assertThat(server.k3s("kubectl apply -f " + machine.dir().resolve("pod.yaml")).text()).contains("talker");
        server.await("running pod", "kubectl get pod talker --no-headers", "1/1");
        // it runs before its command has come so far
        server.await("its log", "kubectl logs talker", "begun");
        server.await("its port", "kubectl exec talker -- sh -c 'cat /proc/net/tcp*'", ":%04X ".formatted(PORT));
        Path kubeconfig = machine.dir().resolve("outside.yaml");
        Files.writeString(kubeconfig, Files.readString(machine.dir().resolve("etc/rancher/k3s/k3s.yaml"))
                .replace("127.0.0.1", machine.address()));
        CLIENTS.add(new Fabric8Pods(kubeconfig));
        CLIENTS.add(new OfficialPods(kubeconfig));
    }

    @AfterAll
    static void stop() {
        CLIENTS.forEach(PodClient::close);
        if (machine != null) {
            machine.close();
        }
    }

    static List<PodClient> clients() {
        return CLIENTS;
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("clients")
    void readsTheLog(PodClient client) throws Exception {
        assertThat(client.log()).isEqualTo("begun\n");
        if (client instanceof OfficialPods official) {
            assertThat(official.firstLine()).isEqualTo("begun");
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("clients")
    void runsCommands(PodClient client) throws Exception {
        // a command that waits for input cannot end before the client has opened its streams
        assertThat(client.exec("line\n".getBytes(StandardCharsets.UTF_8), "sh", "-c",
                "read word; echo got $word; echo err >&2; exit 3")).isEqualTo(new Ran(3, "got line\n", "err\n"));
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("clients")
    void forwardsTenMebibytesEachWay(PodClient client) throws Exception {
        byte[] sent = new byte[BYTES];
        new Random(client.toString().hashCode()).nextBytes(sent);
        try (Forwarded forwarded = client.forward(PORT)) {
            CompletableFuture<String> back = CompletableFuture.supplyAsync(() -> hash(forwarded.from()));
            OutputStream to = forwarded.to();
            to.write(sent);
            to.flush();
            assertThat(back.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(hash(sent));
        }
    }

    /// As upstream's own tests ask.
    @ParameterizedTest
    @CsvSource({"log,binary.k8s.io,begun", "log,base64.binary.k8s.io,YmVndW4K",
            "exec?stdout=1&stderr=1&command=echo&command=hi,channel.k8s.io,'\u0001hi'",
            "exec?stdout=1&stderr=1&command=echo&command=hi,base64.channel.k8s.io,1aGkK"})
    void readsMessagesOfOlderWebSockets(String path, String protocol, String expected) throws Exception {
        OfficialPods official = (OfficialPods) CLIENTS.getLast();
        assertThat(String.join("", official.messages(path, protocol)).stripTrailing()).isEqualTo(expected);
    }

    private static String hash(InputStream in) {
        try {
            return hash(in.readNBytes(BYTES));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String hash(byte[] bytes) {
        try {
            return bytes.length + " " + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
