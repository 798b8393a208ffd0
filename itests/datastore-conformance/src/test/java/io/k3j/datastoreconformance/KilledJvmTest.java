package io.k3j.datastoreconformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Deletion;
import io.k3j.testkitbase.Running;
import io.k3j.testkitbase.Teardown;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitdatabases.EtcdServers;
import io.k3j.testkitdatabases.MariadbServer;
import io.k3j.testkitdatabases.PostgresServer;
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.Launch;
import io.k3j.testmachine.NeedsPackages;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// No database outlives the JVM of the test that started it.
@NeedsPackages({"etcd-server", "mariadb-server", "postgresql"})
class KilledJvmTest {
    @TempDir
    private Path directory;

    /// A test that starts a database, prints where it is and which processes it has, and is killed.
    static final class Killed {
        private Killed() {
        }

        public static void main(String[] arguments) throws IOException {
            System.out.println("directory " + started(arguments[0], Path.of(arguments[1])));
            System.out.println("processes " + ProcessHandle.current().descendants()
                    .map(one -> Long.toString(one.pid())).collect(Collectors.joining(" ")));
            int _ = System.in.read();
        }

        private static Path started(String engine, Path directory) {
            return switch (engine) {
                case "etcd" -> {
                    EtcdServers.start(directory, 3);
                    yield directory;
                }
                case "mariadb" -> MariadbServer.started().directory();
                default -> PostgresServer.started().directory();
            };
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"etcd", "mariadb", "postgres"})
    void itsDatabaseIsGoneWithIt(String engine) throws IOException, InterruptedException {
        try (ChildProcess test = Launch.of(Launch.jdk("java"), "-cp", System.getProperty("java.class.path"),
                Killed.class.getName(), engine, directory.toString()).interactive().errorsApart().start()) {
            Path files = Path.of(told(test.reader(), "directory "));
            List<Long> processes = Stream.of(told(test.reader(), "processes ").split(" ")).map(Long::valueOf).toList();
            assertThat(processes).isNotEmpty();
            test.kill();
            Waiting.until("end of " + engine, () -> processes.stream().noneMatch(Running::process));
            if (!files.equals(directory)) {
                // a file that a dying process makes fails no test
                Teardown.of("files of " + engine, () -> Deletion.of(files));
            }
        }
    }

    private static String told(BufferedReader said, String what) throws IOException {
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.startsWith(what)) {
                return line.substring(what.length());
            }
        }
        throw new AssertionError("did not tell: " + what);
    }
}
