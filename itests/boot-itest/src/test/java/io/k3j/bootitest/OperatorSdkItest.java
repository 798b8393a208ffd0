package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// `examples/java-operator-sdk`, from its build to its end. Its libraries are no part of this build, which has others
/// of their names: they come from Maven Central, into a repository of the test's own.
@Tag("full")
@Tag("swap")
@EnabledIfSystemProperty(named = "k3j.central", matches = "true",
        disabledReason = "its libraries come from Maven Central: -Dk3j.central=true where that is reached")
class OperatorSdkItest {
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final String PLUGIN = "com.example.teamspaces";
    /// Parts of the names of the threads that it has while it runs.
    private static final String[] THREADS = {"\"team-spaces\"", "SelectorManager", "ClosingConnections-"};
    @TempDir
    private Path home;

    private Path built() throws IOException, InterruptedException {
        Path release = K3sProcess.distribution();
        Path example = home.resolve("team-spaces");
        Commands.must(Launch.of("cp", "-r", release.resolve("share/examples/java-operator-sdk").toString(),
                example.toString()).run(LIMIT));
        Path maven = Path.of(System.getProperty("maven.home"), "bin/mvn");
        Commands.must(Launch.of(maven.toString(), "-q", "package", "-Dk3j.release=" + release,
                "-Dmaven.repo.local=" + home.resolve("repository")).directory(example)
                .environment("JAVA_HOME", System.getProperty("java.home")).run(LIMIT));
        return example;
    }

    @Test
    void anOperatorOnTheSdkRunsInsideTheServerAndEndsWithItsPlugIn() throws Exception {
        Path example = built();
        Commands commands = new Commands(home);
        try (K3sProcess server = K3sProcess.server(home, "--disable-agent", "--bind-address", "127.0.0.1")) {
            server.await("the API", LIMIT, commands::served);
            commands.kubectl("apply", "-f", example.resolve("src/main/kubernetes/install.yaml").toString());
            Path plugins = Files.createDirectories(home.resolve("data/plugins"));
            Files.setPosixFilePermissions(plugins, PosixFilePermissions.fromString("rwxr-xr-x"));
            Path jar = example.resolve("target/team-spaces-1.0.0.jar");
            // refused when others may write to it, whatever the umask of who runs this
            Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--"));
            Files.copy(jar, plugins.resolve("team-spaces.jar"), StandardCopyOption.COPY_ATTRIBUTES);
            Path team = example.resolve("src/main/kubernetes/team.yaml");
            commands.kubectl("apply", "-f", team.toString());
            awaitQuota(server, commands, 5);
            Files.writeString(team, Files.readString(team).replace("pods: 5", "pods: 7"));
            commands.kubectl("apply", "-f", team.toString());
            awaitQuota(server, commands, 7);
            assertThat(commands.kubectl("get", "team", "blue", "-o", "yaml")).contains("namespace: blue");

            assertThat(server.jcmd("Thread.print")).contains(THREADS);
            assertThat(server.console("component", "disable", PLUGIN).code()).isZero();
            Waiting.until("the end of its threads", server, () -> {
                assertThat(server.jcmd("Thread.print")).doesNotContain(THREADS);
                return true;
            });
            assertThat(server.stop()).isZero();
        }
    }

    private static void awaitQuota(K3sProcess server, Commands commands, int pods) throws InterruptedException {
        Waiting.until("a quota of " + pods, server,
                () -> commands.kubectl("get", "resourcequota", "team", "--namespace", "blue", "-o", "yaml")
                        .contains("pods: \"" + pods + "\""));
    }
}
