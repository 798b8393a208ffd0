package io.k3j.swapitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.swapitest.Watchers.Seen;
import io.k3j.testkitmachine.Api;
import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.ConsoleAnswer;
import io.k3j.testkitprocess.RebuiltJars;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every bundle that the running server with its node shows as swappable is replaced by a rebuilt jar and taken back,
/// under 500 requests per second, 50 watches and a pod: no request fails, no event is lost or repeated, the pod does
/// not notice, nothing is left behind. Prints one row per bundle.
@NeedsMachine
class LoadedSwapItest {
    private static final int ROUNDS = Integer.getInteger("k3j.swap.loaded.rounds", 1);
    private static final String ONLY = System.getProperty("k3j.swap.only", "");
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final int MET_BY = 400;
    private static final Duration CLEAN_LIMIT = Duration.ofSeconds(20);
    /// The longest time in which nobody is answered, and the longest write while SQLite is replaced.
    private static final long GAP_MILLIS = 2_000;
    /// The longest wait of one request: what is in flight has that long to end. The load shares the server's cores.
    private static final long LONGEST_MILLIS = 5_000;
    private static final List<Row> ROWS = new ArrayList<>();

    private static Machine machine;
    private static Server server;
    private static Api api;
    private static RebuiltJars jars;
    private static Load load;
    private static Watchers watchers;
    private static Pod pod;
    private static Seen seen;
    private static Leaks leaks;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        machine = Machine.on();
        jars = new RebuiltJars(Files.createDirectories(machine.dir().resolve("rebuilt")));
        server = Server.start(machine).ready();
        api = Api.of(machine);
        pod = Pod.running(api, server);
        load = new Load(machine);
        watchers = new Watchers(machine, load);
        load.start();
        Figures warm = load.count();
        Waiting.until("load", WARM_UP.multipliedBy(3), () -> warm.requests() > 3_000,
                server::story);
        seen = watchers.check();
        leaks = Leaks.of(server::jcmd);
    }

    @AfterAll
    static void stop() {
        Row.print(ROWS);
        if (load != null) {
            load.close();
            watchers.close();
            api.close();
        }
        if (machine != null) {
            machine.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> keepsEveryPromiseUnderLoad() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        List<String> table = server.console("ls", "-o", "wide").lines();
        for (String line : table.subList(1, table.size())) {
            String[] columns = line.split("\\s+");
            if (!columns[5].equals("RESTART") && columns[0].contains(ONLY)) {
                assertThat(columns[3]).as(line).isEqualTo("ACTIVE");
                tests.add(DynamicTest.dynamicTest(columns[0], () -> swap(columns[0], columns[1], columns[5])));
            }
        }
        assertThat(tests).isNotEmpty();
        return tests.stream();
    }

    private static void swap(String name, String symbolicName, String policy) throws IOException, InterruptedException {
        String jar = jars.rebuilt(symbolicName).toString();
        String before = pod.status();
        Figures figures = load.count();
        List<String> faults = new ArrayList<>();
        for (int round = 0; round < ROUNDS && faults.isEmpty(); round++) {
            note(faults, server.console("swap", jar));
            go(figures);
            note(faults, server.console("back", name));
            go(figures);
        }
        figures.end();
        load.count();
        Seen now = watchers.check();
        String after = pod.status();
        Row row = new Row(name, policy, figures, now.since(seen), left(), after.equals(before));
        seen = now;
        ROWS.add(row);
        System.out.println(row.text());
        assertThat(faults).as(server::tail).isEmpty();
        assertThat(figures.failures()).as("failed requests").isEmpty();
        assertThat(row.seen().lost()).as("lost events").isZero();
        assertThat(row.seen().repeated()).as("repeated events").isZero();
        assertThat(row.seen().broken()).as(() -> "broken watches: " + row.seen().how()).isZero();
        assertThat(figures.gap()).as("longest gap").isLessThanOrEqualTo(GAP_MILLIS);
        assertThat(figures.slowestWrite()).as("longest write")
                .isLessThanOrEqualTo(name.startsWith("datastore-") ? GAP_MILLIS : LONGEST_MILLIS);
        assertThat(figures.slowestRead()).as("longest read").isLessThanOrEqualTo(LONGEST_MILLIS);
        assertThat(after).as("the pod").isEqualTo(before);
        assertThat(row.left()).as("left behind").isEmpty();
    }

    /// Lets the load meet the new one.
    private static void go(Figures figures) throws IOException, InterruptedException {
        int enough = figures.requests() + MET_BY;
        Waiting.until("more answers", WARM_UP, () -> figures.requests() >= enough, server::story);
    }

    private static void note(List<String> faults, ConsoleAnswer answer) {
        if (answer.code() != 0) {
            faults.add(answer.lines().toString());
        }
    }

    /// What the swaps left, once a collection or two have passed.
    private static String left() throws IOException, InterruptedException {
        Leaks before = leaks;
        long end = System.nanoTime() + CLEAN_LIMIT.toNanos();
        do {
            leaks = Leaks.of(server::jcmd);
        } while (!leaks.beyond(before).isEmpty() && System.nanoTime() < end);
        return leaks.beyond(before);
    }
}
