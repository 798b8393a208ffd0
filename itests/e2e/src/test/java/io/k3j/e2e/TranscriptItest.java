package io.k3j.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/// What a person with kubectl sees: each file of `transcripts/` is run with each real kubectl, in a namespace of
/// its own on one server: with the oldest and the newest that the machine has, under `-Pfull` with all of them.
/// `-Dk3j.transcript=NAME` and `-Dk3j.minor=33` run a part.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@NeedsMachine
@Tag("data")
class TranscriptItest {
    private static final int OLDEST = 27;

    private Machine machine;
    private Server server;

    @BeforeAll
    void start() throws IOException, InterruptedException {
        machine = Machine.on();
        server = Server.start(machine);
        try {
            server.ready();
        } catch (AssertionError e) {
            machine.failed();
            throw e;
        }
    }

    @AfterAll
    void stop() {
        if (machine != null) {
            machine.close();
        }
    }

    @TestFactory
    Stream<DynamicNode> looksAsWithUpstream() throws IOException, InterruptedException, URISyntaxException {
        List<Kubectl> found = Kubectl.found();
        found.forEach(kubectl -> System.out.println("kubectl " + kubectl.version() + " at " + kubectl.path()));
        System.out.println(found.size() + " real kubectl found");
        assertThat(found).as("a real kubectl ≥ 1." + OLDEST + " (a dispatcher does not count)")
                .anyMatch(kubectl -> kubectl.minor() >= OLDEST);
        Path directory = Path.of(Objects.requireNonNull(getClass().getResource("/transcripts")).toURI());
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files = all.filter(file -> file.toString().endsWith(".txt")).filter(TranscriptItest::wanted).sorted()
                    .toList();
        }
        return chosen(found.stream().filter(kubectl -> kubectl.minor() >= OLDEST).toList()).stream()
                .map(kubectl -> DynamicContainer.dynamicContainer("kubectl " + kubectl.version(), files.stream()
                        .map(file -> DynamicTest.dynamicTest(name(file), () -> check(kubectl, directory, file)))));
    }

    private static List<Kubectl> chosen(List<Kubectl> real) {
        Integer minor = Integer.getInteger("k3j.minor");
        if (minor != null) {
            return real.stream().filter(kubectl -> kubectl.minor() == minor).toList();
        }
        return Boolean.getBoolean("k3j.full") || real.size() < 3 ? real : List.of(real.getFirst(), real.getLast());
    }

    private void check(Kubectl kubectl, Path directory, Path file) throws IOException, InterruptedException {
        Transcript transcript = new Transcript(name(file), Step.parse(Files.readString(file), kubectl.minor()));
        try {
            transcript.run(machine, home(kubectl, directory), environment(kubectl));
            System.out.println("kubectl " + kubectl.version() + " " + name(file) + ": as with upstream");
        } catch (AssertionError e) {
            machine.failed();
            System.out.println("kubectl " + kubectl.version() + " " + e.getMessage());
            throw new AssertionError(e.getMessage() + "\n" + server.story());
        }
    }

    private Map<String, String> environment(Kubectl kubectl) {
        Path home = machine.dir().resolve(namespace(kubectl));
        return Map.of("HOME", home.toString(), "KUBECONFIG", home + "/config", "PATH",
                home + "/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "ns", namespace(kubectl),
                "node", machine.name(), "nodeip", machine.address(), "TERM", "dumb");
    }

    /// The directory and the namespace of one kubectl, made at its first file.
    private Path home(Kubectl kubectl, Path directory) throws IOException, InterruptedException {
        Path home = machine.dir().resolve(namespace(kubectl));
        if (Files.exists(home)) {
            return home;
        }
        Files.createDirectories(home.resolve("bin"));
        Files.createSymbolicLink(home.resolve("bin/kubectl"), kubectl.path());
        try (Stream<Path> samples = Files.list(directory.resolve("files"))) {
            for (Path sample : samples.toList()) {
                Files.copy(sample, home.resolve(sample.getFileName().toString()));
            }
        }
        Files.writeString(home.resolve("config"), Files.readString(machine.dir().resolve("etc/rancher/k3s/k3s.yaml"))
                .replace("user: default", "user: default\n    namespace: " + namespace(kubectl)));
        Outcome made = server.k3s("kubectl create namespace " + namespace(kubectl));
        assertThat(made.code()).as(made.text()).isZero();
        server.await("service account", "kubectl get sa -n " + namespace(kubectl), "default");
        return home;
    }

    private static String namespace(Kubectl kubectl) {
        return "v" + kubectl.minor();
    }

    private static boolean wanted(Path file) {
        return name(file).equals(System.getProperty("k3j.transcript", name(file)));
    }

    private static String name(Path file) {
        String text = file.getFileName().toString();
        return text.substring(0, text.lastIndexOf('.') < 0 ? text.length() : text.lastIndexOf('.'));
    }
}
