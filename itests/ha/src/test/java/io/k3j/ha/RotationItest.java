package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.Launch;
import io.k3j.testmachine.NeedsPackages;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Certificates are rotated under traffic while a watch, an exec and the tunnel to an agent, through which the exec
/// runs, are open: all three go on, new connections see new certificates, and no call is answered as it is not when
/// nothing is rotated. A machine that stalls makes calls late with no rotation; such are told from others, and are few.
@NeedsMachine
@NeedsPackages({"etcd-server", "openssl"})
class RotationItest {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final long SOME = 200;
    /// So many calls may be late: a tenth of those that are asked for.
    private static final int LATE = 60;
    private static final String TLS = "/var/lib/rancher/k3s/server/tls/";
    private static final String WATCH = "curl -sSN --cacert " + TLS + "server-ca.crt --cert " + TLS
            + "client-admin.crt --key " + TLS
            + "client-admin.key 'https://127.0.0.1:6443/api/v1/namespaces/default/configmaps?watch=1'";
    private static final String MAP = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: %s}
            """;
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: echo}
            spec:
              nodeName: %s
              terminationGracePeriodSeconds: 1
              containers:
              - {name: echo, image: "k3j.io/busybox:1", command: [sleep, "100000"]}
            """;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path kept;

    /// A command that goes on; what it prints comes line by line.
    private static final class Open implements AutoCloseable {
        private final ChildProcess process;
        private final Writer input;
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

        Open(Host host, String line) throws IOException {
            process = Launch.of(host.machine().inside(List.of("bash", "-c", "cd /root; export PATH="
                    + host.machine().dir().resolve("bin") + ":$PATH HOME=/root; exec " + line))).interactive()
                    .gracePeriod(Duration.ZERO).start();
            input = process.writer();
            Thread.ofVirtual().name("ha-open").start(this::read);
        }

        private void read() {
            try (BufferedReader output = process.reader()) {
                output.lines().forEach(lines::add);
            } catch (IOException ended) {
                lines.add("ended: " + ended);
            }
        }

        void say(String line) throws IOException {
            input.write(line + "\n");
            input.flush();
        }

        /// Waits for a line that holds `text`.
        void hears(String text) throws InterruptedException {
            StringBuilder heard = new StringBuilder();
            for (String line = ""; line != null; line = lines.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                heard.append(line).append('\n');
                if (line.contains(text)) {
                    return;
                }
            }
            throw new AssertionError("never heard " + text + " but\n" + heard);
        }

        @Override
        public void close() {
            process.close();
        }
    }

    private static String serial(Host host, String address) throws IOException, InterruptedException {
        return host.must("openssl s_client -connect " + address
                + " </dev/null 2>/dev/null | openssl x509 -noout -serial");
    }

    private static void apply(Host host, String manifest) throws IOException, InterruptedException {
        Path file = Files.writeString(host.machine().dir().resolve("object.yaml"), manifest);
        host.must("k3s kubectl apply -f " + file);
    }

    @Test
    void connectionsGoOnOverARotationAndNewOnesSeeTheNewCertificates() throws Exception {
        try (Cluster cluster = Cluster.on()) {
            Host server = cluster.server(
                    host -> host.start("k3s server --token s3cret --node-ip " + host.machine().address()));
            Host agent = cluster.agent(host -> host.start("k3s agent --token s3cret --server https://"
                    + server.machine().address() + ":6443 --node-ip " + host.machine().address()));
            apply(server, POD.formatted(agent.name()));
            Waiting.until("running pod", LIMIT,
                    () -> server.run("k3s kubectl get pod echo --no-headers").text().contains(" Running "),
                    cluster::story);
            try (ClusterWorkload traffic = ClusterWorkload.on(cluster);
                    Open watch = new Open(server, WATCH);
                    Open exec = new Open(server, "k3s kubectl exec -i echo -- cat")) {
                apply(server, MAP.formatted("before"));
                watch.hears("\"name\":\"before\"");
                exec.say("one");
                exec.hears("one");
                traffic.progress(SOME);
                String port = serial(server, "127.0.0.1:6443");
                String kubelet = serial(server, "127.0.0.1:10250");
                String admin = server.must("cat /etc/rancher/k3s/k3s.yaml");
                String files = server.must("cat " + TLS + "client-kube-apiserver.crt");
                assertThat(server.must("k3s certificate rotate"))
                        .contains("rotated certificates in the running server");
                assertThat(serial(server, "127.0.0.1:6443")).isNotEqualTo(port);
                assertThat(serial(server, "127.0.0.1:10250")).isNotEqualTo(kubelet);
                assertThat(server.must("cat /etc/rancher/k3s/k3s.yaml")).isNotEqualTo(admin);
                assertThat(server.must("cat " + TLS + "client-kube-apiserver.crt"))
                        .isNotEqualTo(files);
                traffic.progress(SOME);
                exec.say("two");
                exec.hears("two");
                apply(server, MAP.formatted("after"));
                watch.hears("\"name\":\"after\"");
                // a new exec goes with the new client certificate through the old tunnel
                assertThat(server.must("k3s kubectl exec echo -- hostname")).contains("echo");
                exec.say("three");
                exec.hears("three");
                traffic.progress(SOME);
                wasNotRefused(traffic.refusals());
                traffic.judge(kept);
            }
        }
    }

    /// No connection failed, nobody was unknown or unauthorized, and nothing but lateness kept the datastore from it.
    private static void wasNotRefused(Refusals refusals) {
        Map<Boolean, List<Refusals.Refusal>> heard = refusals.all().stream()
                .collect(Collectors.partitioningBy(Refusals.Refusal::late));
        assertThat(heard.get(false)).as(() -> Refusals.summary(heard.get(false))).isEmpty();
        assertThat(heard.get(true)).as(() -> Refusals.summary(heard.get(true))).hasSizeLessThan(LATE);
    }
}
