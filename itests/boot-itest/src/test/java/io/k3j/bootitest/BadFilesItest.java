package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Files a server needs are another user's, closed to it, or damaged: it says which in one sentence, and touches none.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@EnabledIf(value = "root", disabledReason = "needs root: files of several users are made")
class BadFilesItest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String NOBODY = "65534";
    /// A server's directory as one run has left it.
    private Path ran;
    private Path dir;

    static boolean root() {
        return "root".equals(System.getProperty("user.name"));
    }

    @BeforeAll
    void runOnce(@TempDir Path temporary) throws IOException, InterruptedException {
        dir = temporary;
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
        bash("cp -a " + K3sProcess.distribution() + " k3s", dir); // a checkout may be where nobody gets to
        ran = Files.createDirectory(dir.resolve("ran"));
        try (K3sProcess server = K3sProcess.server(ran, "--disable-agent", "--bind-address", "127.0.0.1", "--token",
                "of-the-cluster")) {
            server.await("kubeconfig", LIMIT, () -> Files.exists(ran.resolve("k3s.yaml")));
            server.await("served API", LIMIT, new Commands(ran)::served);
            assertThat(server.stop()).isZero();
        }
    }

    private static String bash(String script, Path place) throws IOException, InterruptedException {
        return Commands.must(Commands.run(List.of("bash", "-c", "set -e; cd \"$1\"; " + script, "bash",
                place.toString())));
    }

    /// A copy of that directory, owned by nobody.
    private Path copy(String name) throws IOException, InterruptedException {
        Path copy = dir.resolve(name);
        bash("cp -a ran " + copy + "; chown -R " + NOBODY + ":" + NOBODY + " " + copy, dir);
        return copy;
    }

    private Outcome start(Path home, String... flags) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY,
                "--clear-groups", "timeout", "240", dir.resolve("k3s/bin/k3s").toString(), "server",
                "--data-dir", home.resolve("data").toString(), "--write-kubeconfig",
                home.resolve("k3s.yaml").toString(), "--disable-agent", "--bind-address", "127.0.0.1",
                "--https-listen-port", "0"));
        line.addAll(List.of(flags));
        return Commands.run(line);
    }

    private static Map<String, String> tree(Path home) throws IOException {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.filter(Files::isRegularFile).filter(BadFilesItest::state).toList()) {
                tree.put(home.relativize(file).toString(),
                        Files.getLastModifiedTime(file) + " " + Files.getAttribute(file, "unix:mode") + " "
                                + Files.size(file));
            }
        }
        return tree;
    }

    /// Not what the framework keeps for its next start, locks, and what names the directory the copy was made from.
    private static boolean state(Path file) {
        return !file.toString().contains("/data/bundles/") && !file.toString().endsWith(".lock")
                && !file.toString().contains("/cred/") || file.endsWith("passwd");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "closed configuration | touch config.yaml; chmod 0 config.yaml | --config=HOME/config.yaml | cannot read configuration file HOME/config.yaml",
            "damaged configuration | printf 'debug: true\\ntls-san: [a\\nb: c\\n' > config.yaml | --config=HOME/config.yaml | configuration file HOME/config.yaml is not valid YAML: line 3, column 2",
            "wrong value in it | printf '\\ndebug: maybe\\n' > config.yaml | --config=HOME/config.yaml | invalid value \"maybe\" for flag --debug (HOME/config.yaml:2)",
            "closed token file | touch token; chmod 0 token | --token-file=HOME/token | cannot read HOME/token given by --token-file",
            "another's data directory | chown -R 0 data | | data directory HOME/data",
            "another's kubeconfig | chown 0:0 . k3s.yaml; chmod 600 k3s.yaml; chmod 755 . | | cannot read the kubeconfig HOME/k3s.yaml",
            "no place for a kubeconfig | rm k3s.yaml; chown 0:0 .; chmod 755 . | | cannot write the kubeconfig HOME/k3s.yaml",
            "closed key | chown 0 data/server/tls/client-ca.key | | HOME/data/server/tls/client-ca.key: access denied",
            "closed database | chown 0 data/server/db/state.db; chmod 600 data/server/db/state.db | | HOME/data/server/db/state.db"})
    void areToldInOneSentence(String what, String before, String flag, String told) throws Exception {
        Path home = copy(what.replaceAll("\\W", "-"));
        bash(before, home);
        Map<String, String> tree = tree(home);
        long begun = System.nanoTime();
        Outcome result = start(home,
                flag == null ? new String[0] : new String[] {flag.replace("HOME", home.toString())});
        System.out.println("[bad files] " + what + ": " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)
                + " ms");
        assertThat(result.code()).as(result.text()).isEqualTo(1);
        assertThat(result.text()).contains(told.replace("HOME", home.toString())).doesNotContain("\tat ");
        assertThat(result.text().lines().filter(line -> line.startsWith("k3s: "))).as(result.text()).hasSize(1);
        assertThat(tree(home)).as(result.text()).isEqualTo(tree);
    }
}
