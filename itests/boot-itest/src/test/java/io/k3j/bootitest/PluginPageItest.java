package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Figure;
import io.k3j.testkitprocess.Api;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `docs/plugins.md`, command by command: from nothing to a plug-in that runs, is replaced and taken away. It is
/// built by a Maven that has no repository of this tree's, but that of the distribution. Prints how long that takes, for
/// the table of figures.
@Tag("figures")
class PluginPageItest {
    private static final Duration LIMIT = Terminal.LIMIT;
    private static final int ISSUE = 14;
    private static final double RUNNING_SECONDS = 120;
    private static final double LIVE_SECONDS = 3;
    private static final double NANOS = 1e9;
    private static final String BEGIN = "```sh\n";
    private static final String CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";
    private static final byte[] CONFIG_MAP = """
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "p"}}
            """.getBytes(StandardCharsets.UTF_8);
    /// Parts of the names of the threads that the example on fabric8 has while it runs.
    private static final String[] OPERATOR_THREADS = {"\"shared-config\"", "SelectorManager", "ClosingConnections-"};
    @TempDir
    private Path home;
    private Terminal terminal;
    private Path where;

    @BeforeEach
    void install() throws IOException {
        terminal = Terminal.in(home);
    }

    /// The commands of the page, in its order.
    private static List<String> blocks() throws IOException {
        String page = Files.readString(Path.of("../../docs/plugins.md"));
        List<String> blocks = new ArrayList<>();
        for (int from = page.indexOf(BEGIN); from >= 0; from = page.indexOf(BEGIN, from + 1)) {
            int begin = from + BEGIN.length();
            blocks.add(page.substring(begin, page.indexOf("```", begin)));
        }
        return blocks;
    }

    private Outcome shell(String block) throws IOException, InterruptedException {
        return terminal.type(where, block);
    }

    private String must(String block) throws IOException, InterruptedException {
        return Commands.must(shell(block));
    }

    private void shows(K3sProcess server, String block, String text) throws InterruptedException {
        server.await(text, LIMIT, () -> succeeds(block, text));
    }

    private boolean succeeds(String block, String text) {
        try {
            return must(block).contains(text);
        } catch (IOException | AssertionError notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean says(K3sProcess server, String command, String part) {
        try {
            return server.console(command.split(" ")).lines().stream().anyMatch(line -> line.contains(part));
        } catch (IOException notYet) {
            return false;
        }
    }

    /// What becomes of a ConfigMap without labels, which is not kept.
    private static String tried(Api api) {
        try {
            return api.send("POST", CONFIG_MAPS + "?dryRun=All", Api.JSON, CONFIG_MAP).body();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static void awaitTried(K3sProcess server, Api api, String answer) throws InterruptedException {
        server.await(answer, LIMIT, () -> tried(api).contains(answer));
    }

    private static boolean passes(String answer) {
        return answer.contains("\"kind\":\"ConfigMap\"");
    }

    @Test
    void everyCommandDoesWhatThePageSays() throws Exception {
        Iterator<String> blocks = blocks().iterator();
        where = home;
        long begun = System.nanoTime();
        must(blocks.next());
        double built = seconds(begun);
        where = home.resolve("acme-labels");
        cameFromTheDistributionOnly();
        try (K3sProcess server = K3sProcess.server(home, "--disable-agent", "--bind-address", "127.0.0.1")) {
            server.await("the API", LIMIT, new Commands(home)::served);
            begun = System.nanoTime();
            must(blocks.next());
            must(blocks.next());
            server.awaitOutput("Plugged in plugin=acme-labels.jar component=com.acme.labels version=1.0.0", LIMIT);
            new Figure(ISSUE, "first plug-in, from the example until it runs, Maven's repository empty at first",
                    built + seconds(begun), "s").alone();
            assertThat(must(blocks.next())).contains("name       com.acme.labels", "state      ENABLED",
                    "decided    plugins");
            assertThat(must(blocks.next())).contains("Bundle-SymbolicName = com.acme.labels");
            String agreed = JoinAnswers.of(server);
            try (Api api = Api.of(home.resolve("k3s.yaml"))) {
                decides(server, api, blocks);
            }
            assertThat(JoinAnswers.of(server)).as("what who joins is told, without a plug-in").isEqualTo(agreed);
            begun = System.nanoTime();
            must(blocks.next());
            where = home.resolve("acme-notices");
            shows(server, blocks.next(), "text: hello");
            new Figure(ISSUE, "the same for a controller, until it has done its work, Maven's repository filled",
                    seconds(begun), "s").atMost(RUNNING_SECONDS);
            must(blocks.next());
            where = home.resolve("address-pool");
            shows(server, blocks.next(), "ip: 192.0.2.10");
            must(blocks.next());
            where = home.resolve("shared-config");
            shows(server, blocks.next(), "url: http://proxy.example.com:3128");
            assertThat(JoinAnswers.of(server)).as("beside the other examples").isEqualTo(agreed);
            leavesNothing(server);
            assertThat(server.stop()).isZero();
        }
        assertThat(blocks).as("blocks that are not run").isExhausted();
    }

    private void decides(K3sProcess server, Api api, Iterator<String> blocks) throws Exception {
        must(blocks.next());
        awaitTried(server, api, "demands the labels");
        String create = blocks.next();
        Outcome refused = shell(create);
        assertThat(refused.code()).isNotZero();
        assertThat(refused.text())
                .contains("configmaps \"settings\" is forbidden: policy owned demands the labels team");
        must(blocks.next());
        server.await("a warning only", LIMIT, () -> passes(tried(api)));
        assertThat(must(create)).contains("configmap/settings created");
        must("k3s kubectl apply -f src/main/kubernetes/policy.yaml");
        awaitTried(server, api, "demands the labels");
        long saved = System.nanoTime();
        must(blocks.next());
        double built = seconds(saved);
        isReplaced(server, api, blocks.next());
        new Figure(ISSUE, "a file of a plug-in saved until the new version decides", seconds(saved), "s")
                .atMost(LIVE_SECONDS);
        new Figure(ISSUE, "Maven's part of it, without tests", built, "s").alone();
        must(blocks.next());
        server.await("no plug-in", LIMIT, () -> !says(server, "component ls", "com.acme.labels"));
        server.await("nobody who refuses", LIMIT, () -> passes(tried(api)));
        assertThat(api.send("POST", CONFIG_MAPS, Api.JSON, CONFIG_MAP).statusCode())
                .as("a write that nobody is missed for").isEqualTo(201);
    }

    /// Beside writes that follow each other without a pause.
    private void isReplaced(K3sProcess server, Api api, String block) throws Exception {
        List<String> passed = new CopyOnWriteArrayList<>();
        AtomicBoolean done = new AtomicBoolean();
        Thread writer = Thread.ofVirtual().start(() -> {
            while (!done.get()) {
                String said = tried(api);
                if (passes(said)) {
                    passed.add(said);
                }
            }
        });
        must(block);
        awaitTried(server, api, "wants the labels");
        done.set(true);
        assertThat(writer.join(LIMIT)).isTrue();
        assertThat(passed).as("writes that neither version has seen").isEmpty();
    }

    private static double seconds(long begun) {
        return (System.nanoTime() - begun) / NANOS;
    }

    /// The threads of a library that is not ours end with its plug-in.
    private static void leavesNothing(K3sProcess server) throws Exception {
        assertThat(threads(server)).contains(OPERATOR_THREADS);
        assertThat(server.console("component", "disable", "com.example.sharedconfig").code()).isZero();
        server.await("the end of its threads", LIMIT,
                () -> Stream.of(OPERATOR_THREADS).noneMatch(threads(server)::contains));
    }

    private static String threads(K3sProcess server) {
        try {
            return server.jcmd("Thread.print");
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /// Of K3j there was nothing else to be had.
    private void cameFromTheDistributionOnly() throws IOException {
        try (Stream<Path> files = Files.walk(home.resolve("repository/io/k3j"))) {
            List<Path> origins = files.filter(file -> file.endsWith("_remote.repositories")).toList();
            assertThat(origins).isNotEmpty().allSatisfy(file -> assertThat(Files.readAllLines(file))
                    .filteredOn(line -> !line.startsWith("#")).isNotEmpty().allMatch(line -> line.endsWith(">k3j=")));
        }
    }
}
