package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.testkithttps.HttpsPort;
import io.k3j.testkitprocess.K3sProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The audit log of a running server and its webhook, of what kubectl does; and what a server says of a policy that is
/// wrong.
class AuditItest {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final String POLICY = """
            apiVersion: audit.k8s.io/v1
            kind: Policy
            rules:
            - level: Request
              verbs: [create]
              resources: [{resources: [configmaps]}]
            - level: Metadata
            """;
    @TempDir
    private Path home;

    private K3sProcess server(String policy) throws IOException {
        Path file = Files.writeString(home.resolve("audit.yaml"), policy);
        return server(List.of("--kube-apiserver-arg=audit-policy-file=" + file,
                "--kube-apiserver-arg=audit-log-path=" + log()));
    }

    private K3sProcess server(List<String> more) throws IOException {
        List<String> flags = new ArrayList<>(List.of("--disable-agent", "--bind-address", "127.0.0.1"));
        flags.addAll(more);
        return K3sProcess.server(home, flags.toArray(String[]::new));
    }

    /// The commands of `docs/audit.md` below a text, with what lies in a server's directory in this test's.
    private String commandsOfThePage(String below) throws IOException {
        String page = Files.readString(Path.of("../../docs/audit.md"));
        int from = page.indexOf("```bash\n", page.indexOf(below)) + "```bash\n".length();
        return page.substring(from, page.indexOf("```", from)).replace("/var/lib/rancher/k3s/server", home.toString());
    }

    private Path log() {
        return home.resolve("logs/audit.log");
    }

    private List<String> lines(String... parts) throws IOException {
        try (Stream<String> lines = Files.lines(log())) {
            return lines.filter(line -> Stream.of(parts).allMatch(line::contains)).toList();
        }
    }

    @Test
    void hasALineOfWhatWasAnsweredWhateverHappensNext() throws Exception {
        Commands commands = new Commands(home);
        try (K3sProcess server = server(POLICY)) {
            server.await("the API", LIMIT, commands::served);
            commands.kubectl("create", "secret", "generic", "kept", "--from-literal=password=hunter2");
            assertThatThrownBy(() -> commands.kubectl("get", "pods", "--as=jane", "--as-group=guests"))
                    .hasMessageContaining("User \"jane\" cannot list resource \"pods\"");
            commands.kubectl("create", "configmap", "told", "--from-literal=color=red");
            ProcessHandle.of(server.pid()).orElseThrow().destroyForcibly();
        }
        assertThat(lines("\"verb\":\"create\"", "\"name\":\"told\"", "ResponseComplete")).singleElement().asString()
                .contains("\"level\":\"Request\"", "\"requestObject\":{", "\"color\":\"red\"", "\"code\":201",
                        "\"username\":\"system:admin\"", "\"userAgent\":\"kubectl")
                .doesNotContain("responseObject");
        assertThat(lines("\"verb\":\"create\"", "\"name\":\"kept\"", "ResponseComplete")).singleElement().asString()
                .contains("\"level\":\"Metadata\"", "\"code\":201");
        assertThat(lines("aHVudGVyMg")).isEmpty(); // hunter2
        assertThat(lines("\"resource\":\"pods\"", "jane", "ResponseComplete")).singleElement().asString()
                .contains(
                        "\"impersonatedUser\":{\"username\":\"jane\",\"groups\":[\"guests\",\"system:authenticated\"]",
                        "\"authorization.k8s.io/decision\":\"forbid\"", "\"code\":403");
    }

    /// Runs what stands before the start of the server.
    /// @return its flags
    private static List<String> begun(String commands) throws Exception {
        int start = commands.indexOf("k3s server \\\n");
        Commands.must(Commands.run(List.of("bash", "-ec", commands.substring(0, start))));
        return commands.substring(start).replace("\\", "").lines().skip(1).map(String::strip).toList();
    }

    @Test
    void beginsWithTheCommandsOfThePage() throws Exception {
        List<String> flags = begun(commandsOfThePage("# Audit"));
        assertThat(flags).hasSize(5);
        Commands shell = new Commands(home);
        try (K3sProcess server = server(flags)) {
            server.await("the API", LIMIT, shell::served);
            shell.kubectl("create", "configmap", "told", "--from-literal=color=red");
        }
        assertThat(lines("\"verb\":\"create\"", "\"name\":\"told\"", "ResponseComplete")).singleElement().asString()
                .contains("\"level\":\"Metadata\"").doesNotContain("requestObject");
        assertThat(Files.getPosixFilePermissions(log())).containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ,
                PosixFilePermission.OWNER_WRITE);
    }

    @Test
    void sendsToAWebhookWithTheCommandsOfThePage() throws Exception {
        List<String> lists = new CopyOnWriteArrayList<>();
        try (HttpsPort collector = new HttpsPort("collector").at("/events", exchange -> {
            String asker = exchange.getRequestHeaders().getFirst("Authorization");
            lists.add(asker + " " + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        }).started()) {
            Files.writeString(home.resolve("audit.yaml"), POLICY);
            Files.writeString(home.resolve("collector-ca.pem"), collector.authorities());
            Files.writeString(home.resolve("collector-token"), "of-a-file");
            List<String> flags = begun(commandsOfThePage("## A webhook").replace(":8443/",
                    ":" + collector.number() + "/"));
            assertThat(flags).hasSize(3);
            Commands shell = new Commands(home);
            try (K3sProcess server = server(flags)) {
                server.await("the API", LIMIT, shell::served);
                shell.kubectl("create", "configmap", "told", "--from-literal=color=red");
                server.await("the event", LIMIT, () -> lists.stream().anyMatch(AuditItest::tells));
            }
        }
        assertThat(lists).allMatch(list -> list.startsWith(
                "Bearer of-a-file {\"kind\":\"EventList\",\"apiVersion\":\"audit.k8s.io/v1\""));
        assertThat(log()).doesNotExist();
    }

    private static boolean tells(String list) {
        return list.contains("\"name\":\"told\"") && list.contains("\"color\":\"red\"");
    }

    @Test
    void isNotBegunByAWrongPolicy() throws Exception {
        try (K3sProcess server = server(POLICY.replace("level: Metadata", "level: Everything"))) {
            assertThat(server.awaitEnd(LIMIT)).isEqualTo(1);
            assertThat(server.output().lines().filter(line -> line.startsWith("k3s: "))).as(server.output())
                    .singleElement().asString().contains(home.resolve("audit.yaml").toString(), "Everything");
        }
        assertThat(log()).doesNotExist();
    }
}
