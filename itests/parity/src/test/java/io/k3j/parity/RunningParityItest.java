package io.k3j.parity;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.pki.ClusterAccess;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.ConsoleAnswer;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.RebuiltJars;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// One running server tells those who join it the same, byte for byte, while its components are disabled, decided about
/// for the cluster, stopped and replaced, and beside a plug-in that would speak for it. Who joins is let in with the
/// same words of `--disable` only.
@Tag("ha")
class RunningParityItest {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final String WORDS = "coredns,runtimes";
    private static final String SUPERVISOR = "io.k3j.supervisor";
    /// One of each sort: with a critical flag of its own, with a service, with packaged objects, without anything.
    private static final List<String> SOME = List.of("helm-controller", "metrics-server", "local-storage", "servicelb");
    /// Of these, which is decided about for the cluster as well.
    private static final String DECIDED = "servicelb";

    @TempDir
    static Path dir;

    private static K3sProcess server;
    private static RebuiltJars jars;
    private static ClusterAccess access;
    private static ClusterAccess agent;
    private static Joiner joiner;
    private static String agreed;
    private static String configuration;

    /// A change that is made and taken back by commands of the console.
    private record Change(String name, List<String> there, List<String> back) {
        static Change of(String command, String there, String back, String name, String... more) {
            return new Change(String.join(" ", command, there, name, String.join(" ", more)).strip(),
                    words(command, there, name, more), words(command, back, name, more));
        }

        private static List<String> words(String command, String what, String name, String... more) {
            List<String> words = new ArrayList<>(List.of(command, what, name));
            words.removeIf(String::isEmpty);
            words.addAll(List.of(more));
            return words;
        }
    }

    @BeforeAll
    static void start() throws Exception {
        jars = new RebuiltJars(Files.createDirectories(dir.resolve("rebuilt")));
        server = K3sProcess.server(dir, "--disable-agent", "--bind-address", "127.0.0.1", "--token",
                ParityMatrix.TOKEN, "--disable", WORDS);
        server.awaitOutput("Component healthy component=console", LIMIT);
        Waiting.until("bundles all active and healthy", server, RunningParityItest::healthy);
        String config = Files.readString(dir.resolve("k3s.yaml"));
        int at = config.indexOf("server: ") + "server: ".length();
        String address = config.substring(at, config.indexOf('\n', at)).strip();
        access = ClusterAccess.of(address, ParityMatrix.TOKEN, "server");
        agent = ClusterAccess.of(address, ParityMatrix.TOKEN, "node");
        joiner = new Joiner(dir.resolve("joiner"), address, ParityMatrix.TOKEN);
        agreed = told(access, "/v1-k3s/server-config");
        configuration = told(agent, "/v1-k3s/config");
    }

    private static boolean healthy() throws IOException {
        return server.console("ls").lines().stream().skip(1).map(row -> row.split("\\s+"))
                .allMatch(columns -> columns[2].equals("ACTIVE") && columns[3].equals("OK"));
    }

    @AfterAll
    static void stop() {
        Stream.of(access, agent).filter(Objects::nonNull).forEach(ClusterAccess::close);
        if (server != null) {
            server.close();
        }
    }

    /// The answer to who joins; where nobody answers for a moment he asks again.
    private static String told(ClusterAccess access, String path) throws InterruptedException {
        AtomicReference<ClusterAccess.Answer> last = new AtomicReference<>();
        Waiting.until(path, server, () -> {
            ClusterAccess.Answer answer = access.get(path);
            last.set(answer);
            return answer.status() != HttpURLConnection.HTTP_UNAVAILABLE;
        });
        assertThat(last.get().status()).as(last.get().text()).isEqualTo(HttpURLConnection.HTTP_OK);
        return last.get().text();
    }

    private static void same(String when) throws InterruptedException {
        assertThat(told(access, "/v1-k3s/server-config")).as(when).isEqualTo(agreed);
        assertThat(told(agent, "/v1-k3s/config")).as(when).isEqualTo(configuration);
    }

    /// By the comparison of a server that joins.
    private static void letsInWithTheSameWordsOnly(String when) throws InterruptedException {
        String told = told(access, "/v1-k3s/server-config");
        assertThat(joiner.refusal(told, "Runtimes, coredns")).as(when).contains("etcd disabled");
        assertThat(joiner.refusal(told, WORDS + ",servicelb")).as(when)
                .contains("critical configuration value mismatch between servers", "--disable ", WORDS)
                .doesNotContain("--cluster-domain", ParityMatrix.TOKEN);
        assertThat(joiner.directory()).doesNotExist();
    }

    private static void expectOk(List<String> words) throws IOException {
        ConsoleAnswer answer = server.console(words.toArray(String[]::new));
        assertThat(answer.code()).as(() -> words + " " + answer.lines() + "\n" + server.tail()).isZero();
    }

    /// Of the running process: those that run and are not refused.
    private static List<String> components() throws IOException {
        List<String> names = new ArrayList<>();
        for (String row : server.console("component", "ls").lines()) {
            String[] columns = row.split("\\s+");
            if (columns[1].equals("ENABLED") && (ParityMatrix.FULL || SOME.contains(columns[0]))
                    && server.console("component", "disable", columns[0], "--plan").code() == 0) {
                names.add(columns[0]);
            }
        }
        assertThat(names).containsAll(SOME);
        return names;
    }

    private static List<Change> changes() throws IOException {
        List<Change> all = new ArrayList<>();
        for (String name : components()) {
            all.add(Change.of("component", "disable", "enable", name));
            if (name.equals(DECIDED) || ParityMatrix.FULL
                    && server.console("component", "disable", name, "--cluster", "--plan").code() == 0) {
                all.add(Change.of("component", "disable", "enable", name, "--cluster"));
            }
        }
        all.add(Change.of("component", "enable", "disable", "runtimes"));
        all.add(Change.of("component", "enable", "disable", "runtimes", "--cluster"));
        all.add(Change.of("", "stop", "start", "cloud-controller"));
        all.add(new Change("swap scheduler", List.of("swap", jars.rebuilt("io.k3j.scheduler").toString()),
                List.of("back", "scheduler")));
        all.add(new Change("swap supervisor", List.of("swap", jars.rebuilt(SUPERVISOR).toString()),
                List.of("back", "supervisor")));
        return all;
    }

    @TestFactory
    List<DynamicTest> tellsTheSameWhateverRuns() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Change change : changes()) {
            tests.add(DynamicTest.dynamicTest(change.name(), () -> {
                expectOk(change.there());
                try {
                    same(change.name());
                    letsInWithTheSameWordsOnly(change.name());
                } finally {
                    expectOk(change.back());
                }
                same(change.name() + ", and back");
            }));
        }
        return tests;
    }

    /// Also after the supervisor was replaced beside it, which looks for its plan anew.
    @Test
    void aPlugInDoesNotSpeakForTheServers() throws Exception {
        Path jar = plugIn();
        Waiting.until("an answer of the plug-in", server,
                () -> access.get(Claiming.OWN).text().equals(Claiming.ANSWER));
        same("beside the plug-in");
        expectOk(List.of("swap", jars.rebuilt(SUPERVISOR).toString()));
        try {
            same("after a swap of the supervisor");
            letsInWithTheSameWordsOnly("beside the plug-in");
            assertThat(access.get("/ping").text()).isEqualTo("pong");
            assertThat(access.get("/db/info").text()).isNotEqualTo(Claiming.ANSWER);
        } finally {
            expectOk(List.of("back", "supervisor"));
            Files.delete(jar);
        }
        Waiting.until("the end of the plug-in", server,
                () -> !access.get(Claiming.OWN).text().equals(Claiming.ANSWER));
        same("after the plug-in");
    }

    /// Puts it into the directory of plug-ins.
    private static Path plugIn() throws IOException {
        Manifest manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue("Bundle-ManifestVersion", "2");
        headers.putValue("Bundle-SymbolicName", "com.acme.claiming");
        headers.putValue("Bundle-Version", "1.0.0");
        headers.putValue("Bundle-Activator", Claiming.class.getName());
        headers.putValue("Import-Package", "org.osgi.framework");
        headers.putValue("DynamicImport-Package", "io.k3j.*");
        Path plugins = Files.createDirectories(server.dataDir().resolve("plugins"));
        Files.setPosixFilePermissions(plugins, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path hidden = plugins.resolve(".claiming");
        String entry = Claiming.class.getName().replace('.', '/') + ".class";
        try (OutputStream file = Files.newOutputStream(hidden);
                JarOutputStream out = new JarOutputStream(file, manifest);
                InputStream code = Claiming.class.getClassLoader().getResourceAsStream(entry)) {
            out.putNextEntry(new JarEntry(entry));
            code.transferTo(out);
            out.closeEntry();
        }
        Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rw-r--r--"));
        return Files.move(hidden, plugins.resolve("claiming.jar"), StandardCopyOption.ATOMIC_MOVE);
    }
}
