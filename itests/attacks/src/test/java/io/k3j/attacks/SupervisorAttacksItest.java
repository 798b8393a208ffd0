package io.k3j.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitprocess.Api;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Somebody holds the agent token, as every node does, and is none.
@NeedsMachine
@NeedsPackages("openssl")
@ExtendWith(Victim.Here.class)
class SupervisorAttacksItest {
    private static final Duration SLOWLY = Duration.ofSeconds(180);
    /// More than the ten seats that signing has.
    private static final int SLOW = 15;
    private static String password = "";

    @BeforeAll
    static void begin(Victim victim) throws IOException, InterruptedException {
        password = victim.text("sed 's/.*://' /var/lib/rancher/k3s/server/node-token");
        victim.text(
                "cd " + victim.dir() + " && openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
                        + " -keyout agent.key -subj /CN=x -outform DER -out agent.csr 2>/dev/null");
    }

    @AfterEach
    void goesOn(Victim victim) throws IOException, InterruptedException {
        victim.goesOn();
    }

    /// Asks for a certificate, as an agent does.
    /// @param headers of curl
    /// @return what is answered, and the status behind it
    private static String signed(Victim victim, String what, String headers) throws IOException, InterruptedException {
        return victim.text("cd " + victim.dir() + " && curl -sk -m 100 -w '%{http_code}' -u node:" + password + " "
                + headers + " --data-binary @agent.csr https://127.0.0.1:6443/v1-k3s/" + what + ".crt");
    }

    /// N9: the identity of a network, of no node.
    @Test
    void anIdentityOfNoNodeRewritesNoNode(Victim victim) throws IOException, InterruptedException {
        String certificate = signed(victim, "client-k3s-controller", "");
        assertThat(certificate).contains("BEGIN CERTIFICATE").endsWith("200");
        String file = victim.dir() + "/unbound.crt";
        victim.text("cat > " + file + " <<'END'\n" + certificate.substring(0, certificate.length() - 3) + "\nEND");
        victim.until("kubectl get node " + victim.node() + " -o jsonpath='{.metadata.annotations}'", "k3j.io/network");
        String patch = "curl -sk -m 100 --cert " + file + " --key " + victim.dir() + "/agent.key -X PATCH -w"
                + " '%%{http_code}' -H 'Content-Type: application/merge-patch+json'"
                + " https://127.0.0.1:6443/api/v1/nodes/" + victim.node() + "%s -d '%s'";
        for (String metadata : List.of("\"annotations\": {\"flannel.alpha.coreos.com/public-ip\": \"192.0.2.66\"}",
                "\"labels\": {\"stolen\": \"1\"}")) {
            assertThat(victim.text(patch.formatted("", "{\"metadata\": {" + metadata + "}}")))
                    .contains("can only be updated by the network of node").endsWith("403");
        }
        assertThat(victim.text(patch.formatted("/status", "{\"status\": {\"conditions\": [{\"type\":"
                + " \"NetworkUnavailable\", \"status\": \"True\"}]}}"))).endsWith("403");
    }

    /// N16: certificates of servers, in the names and addresses of others.
    @Test
    void noCertificateBearsANameOfTheServer(Victim victim) throws IOException, InterruptedException {
        for (String name : List.of("kubernetes.default.svc", "kubernetes", "localhost")) {
            assertThat(signed(victim, "serving-kubelet", "-H 'k3s-Node-Name: " + name
                    + "' -H 'k3s-Node-Password: x'")).as(name).contains("--node-name").endsWith("400");
        }
        String own = signed(victim, "serving-kubelet", "-H 'k3s-Node-Name: mallory' -H 'k3s-Node-Password: x' -H"
                + " 'k3s-Node-IP: " + victim.address() + ",10.43.0.1,198.51.100.4'");
        assertThat(own).endsWith("200");
        assertThat(victim.text("openssl x509 -noout -text <<'END'\n" + own.substring(0, own.length() - 3) + "\nEND"))
                .contains("198.51.100.4").doesNotContain(victim.address() + ",", victim.address() + "\n", "10.43.0.1");
    }

    /// N16: what nodes are called is what the cluster's DNS answers, but for names of others.
    @Test
    void aNodeThatIsCalledLikeARegistryIsNotItsAddress(Victim victim) throws IOException, InterruptedException {
        for (String name : List.of("registry-1.docker.io", "plain")) {
            victim.apply("apiVersion: v1\nkind: Node\nmetadata: {name: " + name + "}\n");
            victim.text("kubectl patch node " + name + " --subresource=status --type=merge -p '{\"status\":"
                    + " {\"addresses\": [{\"type\": \"InternalIP\", \"address\": \"192.0.2.66\"}]}}'");
        }
        String hosts = "kubectl -n kube-system get configmap coredns -o jsonpath={.data.NodeHosts}";
        victim.until(hosts, "192.0.2.66 plain");
        assertThat(victim.text(hosts)).doesNotContain("registry-1.docker.io");
        victim.text("kubectl delete node plain registry-1.docker.io");
    }

    /// N17: requests whose bodies do not come.
    @Test
    void bodiesThatDoNotComeKeepNoAgentOut(Victim victim) throws IOException, InterruptedException {
        String basic = "Basic " + Base64.getEncoder().encodeToString(
                ("node:" + password).getBytes(StandardCharsets.UTF_8));
        CountDownLatch wanted = new CountDownLatch(SLOW);
        try (Api outside = victim.outside()) {
            for (int i = 0; i < SLOW; i++) {
                outside.client().sendAsync(
                        HttpRequest.newBuilder(outside.at("/v1-k3s/client-kube-proxy.crt"))
                                .version(HttpClient.Version.HTTP_1_1).expectContinue(true).timeout(SLOWLY)
                                .header("Authorization", basic).POST(new Slow(wanted)).build(),
                        HttpResponse.BodyHandlers.discarding());
            }
            assertThat(wanted.await(SLOWLY.toSeconds(), TimeUnit.SECONDS))
                    .as("%s bodies not waited for", wanted.getCount()).isTrue();
            assertThat(signed(victim, "client-kube-proxy", "")).contains("BEGIN CERTIFICATE").endsWith("200");
        }
    }
}
