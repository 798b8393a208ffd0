package io.k3j.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Somebody who reaches port 10250, with nothing, too little, or just enough.
@NeedsMachine
@NeedsPackages("openssl")
@ExtendWith(Victim.Here.class)
class KubeletPortAttacksItest {
    private static final Account SCRAPER = Account.of("scraper", "get nodes/metrics");
    private static final Account VIEWER = Account.of("viewer", "get nodes/proxy");
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: target}
            spec:
              terminationGracePeriodSeconds: 0
              containers: [{name: c, image: "k3j.io/busybox:1", command: [sleep, "3600"]}]
            """;
    private static final String UPGRADE = "-H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version:"
            + " 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' -H 'Sec-WebSocket-Protocol: v4.channel.k8s.io' ";
    private static final String EXEC = "/exec/default/target/c?command=id&output=1";
    private static final String RUN = "/run/default/target/c?cmd=id";

    @BeforeAll
    static void begin(Victim victim) throws IOException, InterruptedException {
        victim.apply(SCRAPER.yaml() + VIEWER.yaml() + POD);
        victim.until("kubectl get pod target", "Running");
    }

    private static String status(Victim victim, String account, String request) throws IOException,
            InterruptedException {
        String token = account.isEmpty() ? ""
                : "-H \"Authorization: Bearer $(kubectl create token " + account + ")\" ";
        return victim.text("curl -sk -m 100 -o /dev/null -w '%{http_code}' " + token + request.replace("KUBELET",
                "https://127.0.0.1:10250")).strip();
    }

    @Test
    void nobodyIsLetInWithoutACredential(Victim victim) throws IOException, InterruptedException {
        for (String path : new String[] {"/metrics", "/pods", "/healthz", RUN, EXEC}) {
            assertThat(status(victim, "", "'KUBELET" + path + "'")).as(path).isEqualTo("401");
            assertThat(status(victim, "", "-H 'Authorization: Bearer nonsense' 'KUBELET" + path + "'"))
                    .isEqualTo("401");
        }
    }

    @Test
    void aScraperReadsMetricsAndNothingElse(Victim victim) throws IOException, InterruptedException {
        assertThat(status(victim, SCRAPER.name(), "KUBELET/metrics")).isEqualTo("200");
        assertThat(status(victim, SCRAPER.name(), "KUBELET/metrics/resource")).isEqualTo("200");
        for (String path : new String[] {"/pods", "/stats/summary", "/configz", "/containerLogs/default/target/c", RUN,
                EXEC}) {
            assertThat(status(victim, SCRAPER.name(), "'KUBELET" + path + "'")).as(path).isEqualTo("403");
        }
        assertThat(status(victim, SCRAPER.name(), "-X POST 'KUBELET" + RUN + "'")).isEqualTo("403");
    }

    @Test
    void whoMayOnlyGetANodesProxyRunsNothing(Victim victim) throws IOException, InterruptedException {
        assertThat(status(victim, VIEWER.name(), "KUBELET/pods")).isEqualTo("200");
        assertThat(status(victim, VIEWER.name(), "'KUBELET" + RUN + "'")).isEqualTo("403");
        assertThat(status(victim, VIEWER.name(), "-X POST 'KUBELET" + RUN + "'")).isEqualTo("403");
        assertThat(status(victim, VIEWER.name(), UPGRADE + "'KUBELET" + EXEC + "'")).isEqualTo("403");
        String through = "'https://127.0.0.1:6443/api/v1/nodes/" + victim.node() + "/proxy";
        assertThat(status(victim, VIEWER.name(), through + "/healthz'")).isEqualTo("200");
        assertThat(status(victim, VIEWER.name(), through + RUN + "'")).isEqualTo("405");
        assertThat(status(victim, VIEWER.name(), UPGRADE + "--http1.1 " + through + EXEC + "'")).isEqualTo("405");
        assertThat(
                status(victim, VIEWER.name(), UPGRADE + "--http1.1 " + through + EXEC.replace("exec", "%65xec") + "'"))
                .isEqualTo("405");
        assertThat(status(victim, VIEWER.name(), "-X POST " + through + RUN + "'")).isEqualTo("403");
    }

    /// Has the authority of clients sign a certificate.
    /// @return its path and its key's, without `.crt` and `.key`
    private static String certificate(Victim victim, String name, String subject) throws IOException,
            InterruptedException {
        String ca = "/var/lib/rancher/k3s/server/tls/client-ca";
        String path = victim.dir().resolve(name).toString();
        victim.text("openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout " + path
                + ".key -subj " + subject + " -out " + path + ".csr && openssl x509 -req -in " + path + ".csr -CA " + ca
                + ".crt -CAkey " + ca + ".key -days 1 -out " + path + ".crt");
        return path;
    }

    @Test
    void aNodesCertificateOpensNothing(Victim victim) throws IOException, InterruptedException {
        String other = certificate(victim, "other", "/O=system:nodes/CN=system:node:other");
        for (String stolen : List.of(other, "/var/lib/rancher/k3s/agent/client-kubelet")) {
            String with = "--cert " + stolen + ".crt --key " + stolen + ".key ";
            assertThat(status(victim, "", with + "KUBELET/pods")).as(stolen).isEqualTo("403");
            assertThat(status(victim, "", with + "-X POST 'KUBELET" + RUN + "'")).as(stolen).isEqualTo("403");
        }
    }

    @Test
    void aNodeThatGivesTheServersAddressBorrowsNoRights(Victim victim) throws IOException, InterruptedException {
        String address = victim.text("kubectl get node " + victim.node()
                + " -o jsonpath={.status.addresses[0].address}");
        victim.apply("apiVersion: v1\nkind: Node\nmetadata: {name: liar, labels:"
                + " {node-role.kubernetes.io/control-plane: 'true'}}\n");
        String status = """
                {"status": {"addresses": [{"type": "InternalIP", "address": "%s"}],
                 "daemonEndpoints": {"kubeletEndpoint": {"Port": 6443}}}}""".formatted(address);
        victim.text("kubectl patch node liar --subresource=status --type=merge -p '" + status + "'");
        assertThat(status(victim, VIEWER.name(), "https://127.0.0.1:6443/api/v1/nodes/liar/proxy/api/v1/secrets"))
                .isEqualTo("503");
        victim.text("kubectl delete node liar");
    }

    @Test
    void theApiServersCertificateForKubeletsIsGoodForThemOnly(Victim victim) throws IOException, InterruptedException {
        String api = certificate(victim, "api", "/CN=kube-apiserver");
        String with = "--cert " + api + ".crt --key " + api + ".key ";
        assertThat(status(victim, "", with + "KUBELET/pods")).isEqualTo("200");
        assertThat(status(victim, "", with + "https://127.0.0.1:6443/api/v1/nodes")).isEqualTo("401");
    }

    @Test
    void theAdminStillRunsCommands(Victim victim) throws IOException, InterruptedException {
        assertThat(victim.text("kubectl exec target -- echo fine")).isEqualTo("fine");
        assertThat(victim.text("kubectl create --raw '/api/v1/nodes/" + victim.node() + "/proxy/run/default/target/c?"
                + "cmd=id' -f /dev/null")).contains("uid=0");
    }
}
