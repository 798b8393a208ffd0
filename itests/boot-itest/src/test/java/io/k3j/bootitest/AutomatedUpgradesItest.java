package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.Api;
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Launch;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The Plans of `docs/automated-upgrades.md` in a running server, and the step `prepare` of the one for agents, which
/// asks by the account of a Job; the test does what the controller does to a Plan and to nodes.
class AutomatedUpgradesItest {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final String PLAN = "/apis/upgrade.cattle.io/v1/namespaces/system-upgrade/plans/server-plan";
    private static final String MERGE = "application/merge-patch+json";
    /// What the controller's own manifest has, as far as a Job of it needs that.
    private static final String MANIFEST = """
            apiVersion: v1
            kind: Namespace
            metadata: {name: system-upgrade}
            ---
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: system-upgrade, namespace: system-upgrade}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: system-upgrade-controller}
            rules:
            - {apiGroups: [""], resources: [nodes], verbs: [get, list, watch]}
            - {apiGroups: [upgrade.cattle.io], resources: [plans], verbs: [get, list, watch]}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: system-upgrade}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: system-upgrade-controller}
            subjects:
            - {kind: ServiceAccount, name: system-upgrade, namespace: system-upgrade}
            ---
            apiVersion: v1
            kind: Node
            metadata:
              name: server-1
              labels: {node-role.kubernetes.io/control-plane: "true"}
            ---
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: plans.upgrade.cattle.io}
            spec:
              group: upgrade.cattle.io
              names: {kind: Plan, plural: plans, singular: plan}
              scope: Namespaced
              versions:
              - name: v1
                served: true
                storage: true
                subresources: {status: {}}
                schema:
                  openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}
            """;
    @TempDir
    private Path home;

    @Test
    void agentsWaitForTheServersByTheAccountOfAJob() throws Exception {
        Commands commands = new Commands(home);
        try (K3sProcess server = K3sProcess.server(home, "--disable-agent", "--bind-address", "127.0.0.1")) {
            server.await("the API", LIMIT, commands::served);
            commands.kubectl("apply", "-f", Files.writeString(home.resolve("manifest.yaml"), MANIFEST).toString());
            Path plans = Files.writeString(home.resolve("plans.yaml"), plans());
            Waiting.until("the Plans of the page", () -> commands.kubectl("apply", "-f", plans.toString())
                    .contains("agent-plan"));
            try (Api api = Api.of(home.resolve("k3s.yaml"), commands.server());
                    ChildProcess prepare = prepare(account(api), commands.server())) {
                waits(prepare, "Plan server-plan is for no version yet and not for 0.2.0");
                status(api, "{\"latestVersion\":\"0.2.0\",\"latestHash\":\"abc\",\"applying\":[\"server-1\"]}");
                waits(prepare, "Plan server-plan is being applied to server-1");
                patch(api, "/api/v1/nodes/server-1",
                        "{\"metadata\":{\"labels\":{\"plan.upgrade.cattle.io/server-plan\":\"abc\"}}}");
                status(api, "{\"applying\":null}");
                assertThat(prepare.awaitEnd(LIMIT)).as(prepare.output()).isZero();
                assertThat(prepare.output()).contains("Plan server-plan has been applied to the servers");
            }
        }
    }

    /// The one block of the page that is YAML.
    private static String plans() throws IOException {
        List<String> blocks = Arrays.stream(Files.readString(Path.of("../../docs/automated-upgrades.md")).split("```"))
                .filter(b -> b.startsWith("yaml\n")).map(b -> b.substring("yaml\n".length())).toList();
        assertThat(blocks).hasSize(1);
        return blocks.getFirst();
    }

    /// The directory that the kubelet would mount.
    private Path account(Api api) throws IOException, InterruptedException {
        String answer = sent(api.send("POST", "/api/v1/namespaces/system-upgrade/serviceaccounts/system-upgrade/token",
                Api.JSON, "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenRequest\",\"spec\":{}}"
                        .getBytes(StandardCharsets.UTF_8)));
        Matcher token = Pattern.compile("\"token\":\"([^\"]+)\"").matcher(answer);
        assertThat(token.find()).isTrue();
        Path directory = Files.createDirectory(home.resolve("account"));
        Files.writeString(directory.resolve("token"), token.group(1));
        Files.writeString(directory.resolve("namespace"), "system-upgrade");
        String authority = Files.readString(home.resolve("k3s.yaml")).lines().map(String::strip)
                .filter(line -> line.startsWith("certificate-authority-data: ")).findFirst().orElseThrow();
        Files.write(directory.resolve("ca.crt"), Base64.getDecoder().decode(authority.substring(
                "certificate-authority-data: ".length())));
        return directory;
    }

    private ChildProcess prepare(Path account, String server) throws IOException {
        URI address = URI.create(server);
        Launch launch = K3sProcess.k3s("upgrade", "--await-plan", "server-plan", "--service-account",
                account.toString());
        return launch.environment("KUBERNETES_SERVICE_HOST", address.getHost())
                .environment("KUBERNETES_SERVICE_PORT", Integer.toString(address.getPort()))
                .environment("SYSTEM_UPGRADE_PLAN_LATEST_VERSION", "0.2.0").output(home.resolve("prepare.txt")).start();
    }

    private static void waits(ChildProcess prepare, String why) throws InterruptedException {
        Waiting.until(why, prepare, () -> prepare.output().contains("waiting: " + why));
    }

    private static void status(Api api, String status) throws IOException, InterruptedException {
        patch(api, PLAN + "/status", "{\"status\":" + status + "}");
    }

    private static void patch(Api api, String path, String body) throws IOException, InterruptedException {
        sent(api.send("PATCH", path, MERGE, body.getBytes(StandardCharsets.UTF_8)));
    }

    private static String sent(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
        return answer.body();
    }
}
