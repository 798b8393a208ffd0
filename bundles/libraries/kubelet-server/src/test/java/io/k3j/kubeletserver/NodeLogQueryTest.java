package io.k3j.kubeletserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiClient;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodefiles.FileRoots;
import io.k3j.testkit.ManualClock;
import io.k3j.testkitedge.FakeExchange;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// From a request to its answer. The journal is a script that prints its arguments.
class NodeLogQueryTest {
    @TempDir
    private Path node;
    private Path logs;
    private NodeLogAccess access = NodeLogAccess.QUERIES;
    private boolean debugging = true;
    private String allowed = "log";
    private Duration limit = Duration.ofMinutes(1);
    private long mostBytes = 1 << 20;
    private final ManualClock clock = new ManualClock();
    private final ApiClient api = (ApiClient) Proxy.newProxyInstance(ApiClient.class.getClassLoader(),
            new Class<?>[] {ApiClient.class}, (p, m, a) -> answer(((Struct) a[3]).struct("spec")));
    private final ContainerRuntime runtime = (ContainerRuntime) Proxy.newProxyInstance(
            ContainerRuntime.class.getClassLoader(), new Class<?>[] {ContainerRuntime.class}, (p, m, a) -> {
                throw new UnsupportedOperationException(m.getName());
            });

    private Struct answer(Struct spec) {
        return Struct.of("status", spec.has("token")
                ? Struct.of("authenticated", true, "user", Struct.of("username", "somebody"))
                : Struct.of("allowed", spec.struct("resourceAttributes").text("subresource").equals(allowed)));
    }

    private Object host(String method) {
        return switch (method) {
            case "nodeName" -> "n1";
            case "clock" -> clock;
            case "api" -> api;
            case "runtime" -> runtime;
            case "logDirectories" -> List.of(logs);
            default -> throw new UnsupportedOperationException(method);
        };
    }

    private FakeExchange get(String query) throws IOException {
        return get("", query);
    }

    private FakeExchange get(String below, String query) throws IOException {
        FakeExchange exchange = new FakeExchange("GET", "/logs/" + below + "?" + query).with("authorization",
                "Bearer good");
        serve(exchange);
        return exchange;
    }

    private void serve(FakeExchange exchange) throws IOException {
        KubeletHost host = (KubeletHost) Proxy.newProxyInstance(KubeletHost.class.getClassLoader(),
                new Class<?>[] {KubeletHost.class}, (p, m, a) -> host(m.getName()));
        SystemdJournal journal = new SystemdJournal(node.resolve("journalctl").toString(), limit, mostBytes);
        new KubeletServer(host, () -> "", new PortOptions(AccessLifetimes.UPSTREAM, access, debugging), journal)
                .serve(exchange);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /// @param entries what the script does when it is asked for entries
    private void journal(String entries) throws IOException {
        Path program = Files.writeString(node.resolve("journalctl"), "#!/bin/sh\n"
                + "if [ \"$1\" = --field ]; then echo k3s.service; echo foo-ssh.service; exit 0; fi\n" + entries
                + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }

    @BeforeEach
    void lay() throws IOException {
        logs = Files.createDirectories(node.resolve("log"));
        Files.writeString(logs.resolve("syslog"), "of the system");
        Files.writeString(logs.resolve("foo.log"), "of foo");
        Files.writeString(Files.createDirectories(logs.resolve("bar")).resolve("bar.log"), "of bar");
        Files.writeString(node.resolve("shadow"), "secret");
        Files.createSymbolicLink(logs.resolve("planted"), node.resolve("shadow"));
        journal("for a in \"$@\"; do echo \"<$a>\"; done");
    }

    @Test
    void entriesOfAServiceAreThoseOfItsUnit() throws IOException {
        FakeExchange answer = get("query=k3s&sinceTime=2026-01-02T03:04:05%2B01:00&untilTime=2026-01-03T00:00:00Z"
                + "&tailLines=10&boot=-1&pattern=" + encoded("a b; --file=/x $(id)"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.answered()).containsEntry("content-type", "text/plain;charset=UTF-8");
        assertThat(answer.answer().lines()).containsExactly("<--utc>", "<--no-pager>", "<--output=short-precise>",
                "<--since=2026-01-02 02:04:05 UTC>", "<--until=2026-01-03 00:00:00 UTC>", "<--pager-end>",
                "<--lines=10>", "<--unit=k3s>", "<--grep=a b; --file=/x $(id)>", "<--boot=-1>");
    }

    @Test
    void aServiceWithoutAJournalHasAFileOfItsName() throws IOException {
        assertThat(get("query=syslog").answer()).isEqualTo("of the system");
        assertThat(get("query=foo").answer()).isEqualTo("of foo");
        assertThat(get("query=bar").answer()).isEqualTo("of bar");
        assertThat(get("query=none").answer()).isEqualTo("\nlog not found for none\n");
        assertThat(get("query=ssh").answer()).as("foo-ssh is another one").contains("log not found for ssh");
        assertThat(get("query=foo&tailLines=1").answer()).isEqualTo("\noptions present and query resolved to log files"
                + " for [foo]\ntry without specifying options\n");
        Files.delete(node.resolve("journalctl"));
        assertThat(get("query=foo").answer()).as("a node without systemd").isEqualTo("of foo");
    }

    @Test
    void aFileIsAskedForByItsPath() throws IOException {
        assertThat(get("query=/foo.log").answer()).isEqualTo("of foo");
        assertThat(get("query=bar/bar.log").answer()).isEqualTo("of bar");
        assertThat(get("query=/none").status()).isEqualTo(406);
        assertThat(get("query=/none").answer())
                .isEqualTo("query: Invalid value: [\"/none\"]: no such file or directory\n");
    }

    @Test
    void noPathAndNoLinkLeadsOut() throws IOException {
        for (String name : List.of("../shadow", "/../shadow", "/planted", "bar/../../shadow", "/bar", "..\\shadow",
                "/a\0b")) {
            FakeExchange answer = get("query=" + encoded(name));
            assertThat(answer.status()).as(name).isEqualTo(406);
            assertThat(answer.answer()).doesNotContain("secret");
        }
        assertThat(get("query=planted").answer()).isEqualTo("\nlog not found for planted\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"query=%20|400|query: Invalid value: [\" \"]: query cannot be empty",
            "query=a&sinceTime=now|400|sinceTime: Invalid value: \"now\": invalid time format",
            "query=a&tailLines=x|400|tailLines: Invalid value: \"x\": strconv.Atoi: parsing \"x\": invalid syntax",
            "query=a&tailLines=100001|406|tailLines: Invalid value: 100001: must be between 0 and 100000, inclusive",
            "query=a&boot=1|406|boot: Invalid value: 1: must be less than 1",
            "tailLines=1|406|query: Required value: cannot be empty with options",
            "query=--file%3D%2Fetc%2Fshadow&query=a|406|cannot specify a file and service",
            "query=--root%3Dx|406|query: Invalid value: \"--root=x\": input contains unsupported characters",
            "query=a*|406|input contains unsupported characters",
            "query=a&query=b&query=c&query=d&query=e|406|query: Too many: 5: must have at most 4 items",
            "query=/a&query=/b|406|cannot specify more than one file",
            "query=/foo.log&tailLines=1|406|cannot specify file with options",
            "query=a&pattern=%00|406|pattern: Invalid value: must have at most 1024 characters, and no NUL among them",
            "query=a&sinceTime=2026-01-02T00:00:00Z&untilTime=2026-01-01T00:00:00Z|406|must be after `sinceTime`"})
    void whatCannotBeAskedIsRefusedInUpstreamsWords(String query, int status, String words) throws IOException {
        FakeExchange answer = get(query);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.answer()).contains(words);
    }

    @Test
    void aPathGoesWithoutAQuery() throws IOException {
        assertThat(get("syslog", "query=k3s").status()).isEqualTo(406);
        assertThat(get("syslog", "query=k3s").answer()).isEqualTo("path not allowed in query mode\n");
        assertThat(get("syslog", "").answer()).isEqualTo("of the system");
    }

    @Test
    void aLongAnswerIsCutAndSaysSo() throws IOException {
        mostBytes = 1000;
        journal("while echo line; do :; done");
        String answer = get("query=k3s").answer();
        assertThat(answer.length()).isLessThan(1200);
        assertThat(answer).endsWith("\nlog truncated after 1000 bytes: ask for less by tailLines, sinceTime or"
                + " pattern\n");
    }

    @Test
    void aJournalThatHangsIsLeft() throws IOException {
        limit = Duration.ofSeconds(2);
        journal("exec sleep 600");
        assertThat(get("query=k3s").answer()).contains("log truncated after 2 seconds");
    }

    private void ask(NodeLogs of) throws IOException {
        of.serve(new FakeExchange("GET", "/logs/"), "", Parameters.of("query=k3s"));
    }

    @Test
    void onlySoManyServicesAreSearchedForAtOnce() throws IOException {
        FileRoots roots = new FileRoots(List.of(logs));
        SystemdJournal journal = new SystemdJournal(node.resolve("journalctl").toString(), limit, mostBytes);
        NodeLogs full = new NodeLogs(roots, access, journal, 0);
        assertThatThrownBy(() -> ask(full)).isInstanceOf(KubeletServer.Refusal.class)
                .hasMessage("this node answers 0 queries of its services' logs at once; try again\n");
        NodeLogs one = new NodeLogs(roots, access, journal, 1);
        ask(one);
        assertThatCode(() -> ask(one)).as("the next one").doesNotThrowAnyException();
    }

    @Test
    void withoutTheSwitchAQueryIsPassedOverAndWithoutTheHandlerThereIsNothing() throws IOException {
        access = NodeLogAccess.FILES;
        assertThat(get("query=k3s").answer()).contains("<a href=\"foo.log\">");
        access = NodeLogAccess.NONE;
        assertThat(get("query=k3s").status()).isEqualTo(405);
        assertThat(get("syslog", "").answer()).isEqualTo("logs endpoint is disabled.\n");
    }

    @Test
    void whereNothingIsDebuggedNothingIsShown() throws IOException {
        debugging = false;
        assertThat(get("query=k3s").status()).isEqualTo(405);
        assertThat(get("syslog", "").answer()).isEqualTo("Debug endpoints are disabled.\n");
        allowed = "proxy";
        for (String path : List.of("exec/ns/p/c", "run/ns/p/c", "attach/ns/p/c", "portForward/ns/p",
                "containerLogs/ns/p/c", "runningpods")) {
            FakeExchange exchange = new FakeExchange("POST", "/" + path).with("authorization", "Bearer good");
            serve(exchange);
            assertThat(exchange.status()).as(path).isEqualTo(405);
            assertThat(exchange.answer()).as(path).isEqualTo("Debug endpoints are disabled.\n");
        }
    }

    @Test
    void isShownToNobodyElse() throws IOException {
        allowed = "proxy";
        assertThat(get("query=k3s").status()).isEqualTo(403);
    }
}
