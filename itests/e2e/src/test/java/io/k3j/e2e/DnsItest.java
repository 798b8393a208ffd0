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
import org.junit.jupiter.api.Test;

/// A pod resolves names by a Corefile that somebody has extended; `docs/dns.md`.
@NeedsMachine
class DnsItest {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final Path PAGE = Path.of("../../docs/dns.md");
    /// BusyBox' `nslookup` asks a name with a dot as it is, and one without only below the search domains.
    private static final String METRICS = "curl -sf http://10.43.0.10:9153/metrics";
    private static final String POD = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"%s"},"spec":{"restartPolicy":"Never","containers":\
            [{"name":"a","image":"k3j.io/busybox:1","command":["sh","-c","for n in %s; do until nslookup $n; do \
            sleep 1; done; done"]}]}}""";

    @Test
    void aPodResolvesNamesThroughTheCustomCorefile() throws IOException, InterruptedException {
        try (Machine machine = Machine.on()) {
            Server server = Server.start(machine).ready();
            server.await("NodeHosts", "kubectl get configmap coredns -n kube-system -o yaml", " " + machine.name());
            String page = Files.readString(PAGE);
            apply(server, machine, page.split("```yaml\n")[1].split("```")[0]);
            resolves(server, machine, "first", "kubernetes.default.svc.cluster.local api.example.test"
                    + " db.corp.example " + machine.name() + ".");
            commands(server, machine, page);

            apply(server, machine, "{apiVersion: v1, kind: ConfigMap, metadata: {name: coredns-custom, namespace:"
                    + " kube-system}, data: {bad.override: \"whoami\\n\"}}");
            server.await("an Event", "kubectl get events -n kube-system --field-selector"
                    + " involvedObject.kind=ConfigMap", "plug-in whoami is not there");
            resolves(server, machine, "second", "kubernetes.default.svc.cluster.local api.example.test");

            assertThat(server.k3s("kubectl delete configmap coredns-custom -n kube-system").code()).isZero();
            assertThat(server.k3s("kubectl logs first").text()).contains("10.1.2.3");
            String metrics = machine.run(LIMIT, METRICS).text();
            assertThat(metrics).contains("coredns_dns_requests_total", "coredns_reload_failed_total 1");
        }
    }

    private static void resolves(Server server, Machine machine, String pod, String names)
            throws IOException, InterruptedException {
        apply(server, machine, POD.formatted(pod, names));
        Waiting.until(pod + " to resolve " + names, LIMIT,
                () -> server.k3s("kubectl get pod " + pod + " --no-headers").text().contains("Completed"),
                server::story);
    }

    private static void apply(Server server, Machine machine, String text) throws IOException, InterruptedException {
        Path file = Files.writeString(machine.dir().resolve("object.yaml"), text);
        Outcome outcome = server.k3s("kubectl apply -f " + file);
        assertThat(outcome.code()).as(outcome.text()).isZero();
    }

    private static void commands(Server server, Machine machine, String page)
            throws IOException, InterruptedException {
        List<String> commands = page.split("```")[1].lines().skip(1).toList();
        assertThat(commands).hasSize(5).contains(METRICS);
        for (String command : commands) {
            Waiting.until(command, LIMIT, () -> (command.startsWith("kubectl ")
                    ? server.k3s(command)
                    : machine.run(LIMIT, command)).code() == 0, server::story);
        }
    }
}
