package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.Api;
import io.k3j.testkitprocess.K3sProcess;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The kinds of plug-ins that `docs/plugins.md` begins from by `new-plugin` and [PluginPageItest] does not run: made,
/// built with the tests that come with them, plugged in, asked, and their objects taken away.
@Tag("full")
@Tag("swap")
class PluginKindsItest {
    private static final String PODS = "/api/v1/namespaces/default/pods";
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final String TOKEN = "apikey.robot.open-sesame";
    private static final String KEY = """
            apiVersion: keys.acme.com/v1
            kind: ApiKey
            metadata: {name: robot}
            spec: {user: jane, sha256: d7ecdf25eaf3deba0f2628771dbdd22d4138ab6cf38f91ed02a2ca0dec7c8ab7}
            """;
    private static final String GRANT = """
            apiVersion: access.acme.com/v1
            kind: AccessGrant
            metadata: {name: tonight}
            spec: {user: jane, verbs: [list], resources: [pods], namespaces: [default], until: '2999-01-01T00:00:00Z'}
            """;
    @TempDir
    private Path home;
    private Terminal terminal;

    private void must(String block) throws IOException, InterruptedException {
        Commands.must(terminal.type(home, block));
    }

    private void make(String kind, String name, String directory) throws IOException, InterruptedException {
        must("$release/share/examples/new-plugin " + kind + " " + name + " " + directory + "\ncd " + directory
                + "\nmvn -q package -Dk3j.release=$release");
    }

    private void plugIn(K3sProcess server, String directory) throws IOException, InterruptedException {
        must("k3s kubectl apply -f " + directory + "/src/main/kubernetes/install.yaml\n"
                + "install -d -m 755 /var/lib/rancher/k3s/plugins\n"
                + "install -m 644 " + directory + "/target/" + directory + "-1.0.0.jar"
                + " /var/lib/rancher/k3s/plugins/" + directory + ".jar");
        server.awaitOutput("Plugged in plugin=" + directory + ".jar", Terminal.LIMIT);
    }

    private void apply(String object) throws IOException, InterruptedException {
        must("k3s kubectl apply -f - <<'END'\n" + object + "END");
    }

    private static void areGone(K3sProcess server) throws InterruptedException {
        Waiting.until("no plug-in", server, () -> server.console("component", "ls").lines().stream()
                .noneMatch(line -> line.contains("com.acme.")));
    }

    private void awaitSaid(K3sProcess server, String block, String text) throws InterruptedException {
        Waiting.until(text, server, () -> {
            assertThat(Commands.must(terminal.type(home, block))).contains(text);
            return true;
        });
    }

    /// Taken away for good: strangers are strangers again, and who may write writes.
    private void areNotMissed(K3sProcess server, Api api) throws IOException, InterruptedException {
        must("rm /var/lib/rancher/k3s/plugins/acme-keys.jar /var/lib/rancher/k3s/plugins/acme-grants.jar");
        areGone(server);
        awaitAnswer(server, api, 401, "Unauthorized");
        must("k3s kubectl create configmap written");
    }

    private static void awaitAnswer(K3sProcess server, Api api, int code, String text) throws InterruptedException {
        Waiting.until("answer " + code, server, () -> {
            HttpResponse<String> answer = api.client().send(HttpRequest.newBuilder(api.at(PODS)).timeout(ANSWER)
                    .header("Authorization", "Bearer " + TOKEN).build(), BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(code);
            assertThat(answer.body()).contains(text);
            return true;
        });
    }

    @Test
    void anAuthenticatorAndAnAuthorizerDecideByTheirObjects() throws Exception {
        terminal = Terminal.in(home);
        make("authenticator", "com.acme.keyring", "acme-keys");
        make("authorizer", "com.acme.breakglass", "acme-grants");
        try (K3sProcess server = K3sProcess.server(home, "--disable-agent", "--bind-address", "127.0.0.1")) {
            Commands commands = new Commands(home);
            server.await("the API", Terminal.LIMIT, commands::served);
            plugIn(server, "acme-keys");
            String agreed = JoinAnswers.of(server);
            plugIn(server, "acme-grants");
            assertThat(JoinAnswers.of(server)).as("what who joins is told").isEqualTo(agreed);
            try (Api api = Api.anonymous(home.resolve("k3s.yaml"), commands.server())) {
                awaitAnswer(server, api, 401, "Unauthorized");
                apply(KEY);
                awaitAnswer(server, api, 403, "jane");
                apply(GRANT);
                awaitAnswer(server, api, 200, "PodList");
                must("k3s kubectl delete accessgrant tonight");
                awaitAnswer(server, api, 403, "jane");
                must("k3s kubectl delete apikey robot");
                awaitAnswer(server, api, 401, "Unauthorized");
                areNotMissed(server, api);
            }
            assertThat(server.stop()).isZero();
        }
    }

    /// What anybody is answered at the path of the endpoint, or by the API server in its place.
    private void awaitText(K3sProcess server, int code, String text) throws IOException, InterruptedException {
        try (Api api = Api.of(home.resolve("k3s.yaml"))) {
            Waiting.until("answer " + code, server, () -> {
                HttpResponse<String> answer = api.get("/.well-known/security.txt", Api.JSON);
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(code);
                assertThat(answer.body()).contains(text);
                return true;
            });
        }
    }

    /// What the gate decides is shown by its own test, and that it is asked by the kubelet's: here no node runs.
    @Test
    void metricsWordsAnEndpointAndAGateComeAndGoWithTheirPlugIns() throws Exception {
        terminal = Terminal.in(home);
        make("metrics", "com.acme.quotause", "acme-quotas");
        make("command", "com.acme.podimages", "acme-images");
        make("node-component", "com.acme.startorder", "acme-order");
        make("endpoint", "com.acme.securitytxt", "acme-text");
        try (K3sProcess server = K3sProcess.server(home, "--disable-agent", "--bind-address", "127.0.0.1")) {
            server.await("the API", Terminal.LIMIT, new Commands(home)::served);
            String agreed = JoinAnswers.of(server);
            plugIn(server, "acme-quotas");
            plugIn(server, "acme-images");
            plugIn(server, "acme-order");
            plugIn(server, "acme-text");
            assertThat(JoinAnswers.of(server)).as("what who joins is told").isEqualTo(agreed);
            must("k3s kubectl apply -f acme-quotas/src/main/kubernetes/quota.yaml");
            awaitSaid(server, "k3s kubectl get --raw /metrics",
                    "resourcequota_hard{namespace=\"default\",resourcequota=\"few\",resource=\"services\"} 10");
            must("k3s kubectl apply -f acme-order/src/main/kubernetes/pod.yaml");
            awaitSaid(server, "k3s component shell -- images:used", "1  docker.io/library/nginx:alpine");
            awaitSaid(server, "k3s component shell -- images:pods docker.io/library/nginx:alpine", "default/web");
            must("k3s kubectl apply -f acme-text/src/main/kubernetes/text.yaml");
            awaitText(server, 200, "Contact: mailto:security@acme.com");
            must("rm /var/lib/rancher/k3s/plugins/acme-*.jar");
            areGone(server);
            awaitText(server, 404, "");
            // a plug-in is no longer listed before its bundle stops
            Waiting.until("no metrics of it", server, () -> !Commands.must(terminal.type(home,
                    "k3s kubectl get --raw /metrics")).contains("resourcequota_hard{"));
            Waiting.until("no words of it", server,
                    () -> terminal.type(home, "k3s component shell -- images:used").code() != 0);
            assertThat(server.stop()).isZero();
        }
    }

    @Test
    void anApiGroupIsServedAndGoesWithItsPlugIn() throws Exception {
        terminal = Terminal.in(home);
        make("api-group", "com.acme.namespaceuse", "acme-use");
        try (K3sProcess server = K3sProcess.server(home, "--disable-agent", "--bind-address", "127.0.0.1")) {
            server.await("the API", Terminal.LIMIT, new Commands(home)::served);
            plugIn(server, "acme-use");
            awaitSaid(server, "k3s kubectl get --raw /apis/use.acme.com/v1/namespaceuses/kube-system",
                    "\"kind\":\"NamespaceUse\"");
            awaitSaid(server, "k3s kubectl get nsuse", "kube-system");
            must("rm /var/lib/rancher/k3s/plugins/acme-use.jar");
            areGone(server);
            must("k3s kubectl create configmap written");
            assertThat(server.stop()).isZero();
        }
    }

    /// Made and built with their tests only: a pod network would write where other clusters of this machine look, and
    /// the others are run by [PluginPageItest] as they are.
    @Test
    void theOtherKindsAreMade() throws Exception {
        terminal = Terminal.in(home);
        make("cni", "com.acme.nodebridge", "acme-bridge");
        make("load-balancer", "com.acme.addresspool", "acme-pool");
        make("operator", "com.acme.shared", "acme-operator");
        for (String made : new String[] {"acme-bridge", "acme-pool", "acme-operator"}) {
            assertThat(home.resolve(made + "/target/" + made + "-1.0.0.jar")).isRegularFile();
        }
    }
}
