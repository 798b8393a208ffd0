package io.k3j.swapitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Waiting;
import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/// On a server that records every request, what writes the log and what is recorded are replaced under the load of
/// [LoadedSwapItest]: no request fails, and each acknowledged write has its one line, over the log's own rotations too.
@NeedsMachine
@Tag("swap")
class AuditSwapItest {
    private static final int WARM = 1_000;
    private static final String LOGS = "var/log/k3s";
    private static final String FLAGS = "--kube-apiserver-arg=audit-policy-file=%s "
            + "--kube-apiserver-arg=audit-log-path=/" + LOGS + "/audit.log --kube-apiserver-arg=audit-log-maxsize=10";
    private static final String POLICY = """
            {"apiVersion":"audit.k8s.io/v1","kind":"Policy","rules":[
            {"level":"RequestResponse","verbs":["create","update"],"resources":[{"resources":["configmaps"]}]},
            {"level":"Metadata"}]}""";

    private static final Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
    private static Machine machine;
    private static LoadedServer loaded;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        machine = Machine.on();
        LoadedServer.dataInMemory(machine);
        Path policy = Files.writeString(machine.dir().resolve("audit.json"), POLICY);
        Server server = Server.start(machine, "--disable-agent", FLAGS.formatted(policy));
        // the garbage collector looks for new kinds now and then only, and these are; charts have their controller too
        loaded = new LoadedServer(machine, server).settled()
                .running("virtual apiserver-view-helmcharts", 2)
                .running("virtual apiserver-view-helmchartconfigs", 2)
                .load(WARM, acknowledged::add);
    }

    @AfterAll
    static void stop() {
        if (loaded != null) {
            loaded.close();
        }
        if (machine != null) {
            machine.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> recordsEachWriteOnceUnderLoad() throws IOException {
        return loaded.swaps(Set.of("audit", "apiserver", "edge")::contains, () -> "", row -> {
            row.inTime();
            eachOnce(Set.copyOf(acknowledged));
        });
    }

    /// A line may come after the answer, and the log may take a new file while it is read.
    private static void eachOnce(Set<Long> written) {
        try {
            Waiting.until("one line of each write", () -> {
                Map<Long, Long> lines = lines();
                assertThat(written).as("writes of which there is no line").allMatch(lines::containsKey);
                assertThat(lines.values()).as("lines of one write").containsOnly(1L);
                return true;
            });
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// How many lines there are of each revision that a create or an update made.
    private static Map<Long, Long> lines() {
        try (Stream<Path> files = Files.list(machine.dir().resolve(LOGS))) {
            return files.flatMap(AuditSwapItest::lines).filter(AuditSwapItest::written)
                    .map(line -> Event.revision(line.substring(line.indexOf("\"responseObject\":"))))
                    .collect(Collectors.groupingBy(revision -> revision, Collectors.counting()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean written(String line) {
        return line.contains("\"stage\":\"ResponseComplete\"") && line.contains("\"namespace\":\"load-")
                && line.contains("\"responseObject\":") && line.contains("\"code\":20");
    }
}
