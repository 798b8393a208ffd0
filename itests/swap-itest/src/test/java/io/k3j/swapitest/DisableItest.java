package io.k3j.swapitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Api;
import io.k3j.testkitprocess.ConsoleAnswer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/// Each component that the running server with its node shows, and that can be disabled while it runs: it is there, it
/// is disabled, nothing of it is left in the process, on the node or in the API, it is enabled and as before. Each
/// takes some ten seconds, most of them to look: one of each sort of trace is tried always, every one under `-Pfull`,
/// there also whether doing so again and again leaves something behind.
@NeedsMachine
@Tag("swap")
class DisableItest {
    private static final boolean FULL = Boolean.getBoolean("k3j.full");
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final Duration CLEAN_LIMIT = Duration.ofSeconds(20);
    private static final int RESTS = 10;
    private static final int ROUNDS = 3;
    /// Ports, tables and ports, an object that it makes itself, objects that are deployed for it.
    private static final Set<String> ALWAYS = Set.of("cluster-dns", "kube-proxy", "metrics-server", "local-storage");
    /// Those that are to be among all there are.
    private static final Set<String> KNOWN = Set.of("cloud-controller", "cluster-dns", "cni-flannel",
            "helm-controller", "ingress", "kube-proxy", "local-storage", "metrics-server", "network-policy", "runtimes",
            "servicelb");
    private static final String DISABLE = "disable";

    private static Machine machine;
    private static Server server;
    private static Api api;
    private static Traces traces;

    /// One of them.
    ///
    /// @param bundles their symbolic names
    private record Component(String name, List<String> bundles) {
        static Component of(String name) throws IOException {
            String row = "bundle ";
            return new Component(name, server.console("component", "status", name).lines().stream()
                    .filter(line -> line.startsWith(row)).map(line -> line.split("\\s+")[1]).toList());
        }

        /// Whether something in the process is its own: a service, a thread without a name by the class it runs, one
        /// with a name that begins as the component's.
        boolean owns(String told) {
            return bundles.stream().anyMatch(bundle -> told.startsWith(Inside.SERVICE + bundle + " ")
                    || told.startsWith("virtual " + bundle + ".")) || bears(told);
        }

        private boolean bears(String told) {
            return Stream.of("virtual ", "platform ").map(kind -> kind + name).anyMatch(own -> told.startsWith(own)
                    && (told.length() == own.length() || !Character.isLetter(told.charAt(own.length()))));
        }
    }

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        machine = Machine.on();
        server = Server.start(machine).ready();
        api = machine.api();
        traces = new Traces(machine, api);
        awaitHealth();
    }

    @AfterAll
    static void stop() {
        if (api != null) {
            api.close();
        }
        if (machine != null) {
            machine.close();
        }
    }

    private static void awaitHealth() throws IOException, InterruptedException {
        Waiting.until("all bundles active and healthy", LIMIT, () -> {
            List<String> rows = server.console("ls").lines();
            assertThat(rows.subList(1, rows.size())).allMatch(row -> row.matches("\\S+ +\\S+ +ACTIVE +OK.*"));
            return true;
        }, server::story);
    }

    @TestFactory
    Stream<DynamicTest> comesAndGoesWithoutLeavingAnything() throws IOException, InterruptedException {
        List<Component> components = new ArrayList<>();
        List<String> told = new ArrayList<>();
        Waiting.until("a look inside", LIMIT, () -> told.addAll(inside()), server::story);
        for (String row : server.console("component", "ls").lines()) {
            String[] columns = row.split("\\s+");
            if (columns[1].equals("ENABLED") && (FULL || ALWAYS.contains(columns[0]))
                    && server.console("component", DISABLE, columns[0], "--plan").code() == 0) {
                components.add(Component.of(columns[0]));
            }
        }
        assertThat(components).extracting(Component::name).containsAll(FULL ? KNOWN : ALWAYS);
        assertThat(components).filteredOn(one -> told.stream().anyMatch(one::owns)).as("with something in the process")
                .hasSizeGreaterThan(components.size() / 2);
        return components.stream().map(one -> DynamicTest.dynamicTest(one.name(), () -> comesAndGoes(one)));
    }

    private static void comesAndGoes(Component one) throws IOException, InterruptedException {
        awaitTraces(one);
        Set<String> ports = traces.ports();
        cycle(one);
        Waiting.until("ports as before", LIMIT, () -> {
            assertThat(traces.ports()).containsAll(ports);
            return true;
        }, server::story);
        if (FULL) {
            leavesNothingWithTime(one);
        }
    }

    private static void awaitTraces(Component one) throws IOException, InterruptedException {
        Waiting.until(one.name() + " and what it makes", LIMIT, () -> {
            assertThat(traces.present(one.name())).isEqualTo(Traces.all(one.name()));
            return true;
        }, server::story);
    }

    /// Away, and back again.
    private static void cycle(Component one) throws IOException, InterruptedException {
        expectOk(server.console("component", DISABLE, one.name()));
        try {
            assertThat(server.console("component", "status", one.name()).lines())
                    .anyMatch(line -> line.matches("state +DISABLED"));
            Waiting.until("nothing of " + one.name(), LIMIT, () -> {
                assertThat(inside()).as("in the process").noneMatch(one::owns);
                assertThat(traces.present(one.name())).as("on the node and in the API").isEmpty();
                return true;
            }, server::story);
        } finally {
            expectOk(server.console("component", "enable", one.name()));
        }
        awaitHealth();
        awaitTraces(one);
    }

    private static void leavesNothingWithTime(Component one) throws IOException, InterruptedException {
        Leaks before = look();
        for (int round = 0; round < ROUNDS; round++) {
            cycle(one);
        }
        Leaks after = look();
        long end = System.nanoTime() + CLEAN_LIMIT.toNanos();
        for (int looks = 1; !after.beyond(before).isEmpty() && (looks < RESTS || System.nanoTime() < end); looks++) {
            after = look().since(after);
        }
        assertThat(after.beyond(before)).as("what %d times of %s left behind, before: %s", ROUNDS, one.name(), before)
                .isEmpty();
    }

    private static Leaks look() throws IOException, InterruptedException {
        return Leaks.of(server::jcmd, machine.dir());
    }

    /// Services and threads of the process.
    private static List<String> inside() throws IOException, InterruptedException {
        Inside.Look look = Inside.look(machine.dir(), "present");
        String answer = server.jcmd(look.command() + "\nThread.print");
        List<String> told = new ArrayList<>(look.seen(answer).count().keySet());
        Set<String> platform = Leaks.threads(answer).keySet();
        if (platform.isEmpty()) {
            throw new IOException("half an answer, without threads: " + answer);
        }
        platform.forEach(name -> told.add("platform " + name));
        return told;
    }

    private static void expectOk(ConsoleAnswer answer) {
        assertThat(answer.code()).as(() -> answer.lines() + "\n" + server.tail()).isZero();
    }
}
