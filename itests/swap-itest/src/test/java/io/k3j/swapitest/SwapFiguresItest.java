package io.k3j.swapitest;

import io.k3j.testkitbase.Figure;
import io.k3j.testkitbase.Teardown;
import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import java.io.IOException;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/// The same as [LoadedSwapItest] at the load that issue 14 names, 5 000 requests per second and 1 000 watches, for the
/// table of figures. What is wrong fails; what is slow is told.
@NeedsMachine
@Tag("full")
@Tag("figures")
class SwapFiguresItest {
    private static final int ISSUE = 14;
    /// Twenty seconds, in which the server compiles what it needs.
    private static final int WARM = 20 * Demand.LARGE.perSecond();
    private static final int CALM = 10 * Demand.LARGE.perSecond();
    private static final double ADDED_MILLIS = 50;
    private static final double GAP_MILLIS = 500;

    private static Machine machine;
    private static LoadedServer loaded;
    private static Pod pod;
    private static Figures calm;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        machine = Machine.on();
        LoadedServer.dataInMemory(machine);
        loaded = new LoadedServer(machine, Server.start(machine).ready()).settled().demanding(Demand.LARGE);
        pod = Pod.running(loaded.api(), loaded.server());
        calm = loaded.load(WARM).calm(CALM);
    }

    @AfterAll
    static void stop() {
        if (loaded != null) {
            Teardown.of("load", () -> print(loaded.rows()), loaded::close);
        }
        if (machine != null) {
            machine.close();
        }
    }

    private static void print(List<Row> rows) {
        if (calm == null || rows.isEmpty()) {
            return;
        }
        new Figure(ISSUE, "requests beside 1 000 watches, before the first swap", calm.perSecond(), "/s")
                .atLeast(Demand.LARGE.perSecond());
        new Figure(ISSUE, "their p99 before the first swap", calm.p99(), "ms").alone();
        int swaps = rows.stream().mapToInt(Row::swaps).sum();
        String of = swaps + " swaps of " + rows.size() + " bundles under that load: ";
        new Figure(ISSUE, of + "failed requests", rows.stream().mapToInt(r -> r.figures().failed()).sum(), "")
                .atMost(0);
        new Figure(ISSUE, of + "lost events", rows.stream().mapToInt(r -> r.seen().lost()).sum(), "").atMost(0);
        new Figure(ISSUE, of + "repeated events", rows.stream().mapToInt(r -> r.seen().repeated()).sum(), "")
                .atMost(0);
        worst(rows, "PARALLEL", "added p99", r -> r.figures().p99() - calm.p99(), ADDED_MILLIS);
        worst(rows, "REPLACE", "longest gap", r -> r.figures().gap(), GAP_MILLIS);
    }

    /// The bundle of a policy of which a figure is the worst.
    private static void worst(List<Row> rows, String policy, String what, ToDoubleFunction<Row> figure, double limit) {
        Row worst = null;
        for (Row row : rows) {
            if (row.policy().equals(policy)
                    && (worst == null || figure.applyAsDouble(row) > figure.applyAsDouble(worst))) {
                worst = row;
            }
        }
        if (worst != null) {
            new Figure(ISSUE, "swap, " + policy + ": " + what + ", of all bundles the worst (" + worst.name() + ")",
                    Math.max(0, figure.applyAsDouble(worst)), "ms").atMost(limit);
        }
    }

    @TestFactory
    Stream<DynamicTest> swapsUnderTheLoadOfTheIssue() throws IOException {
        return loaded.swaps(name -> true, pod::status, row -> {
        });
    }
}
