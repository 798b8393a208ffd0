package io.k3j.swapitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.swapitest.Watchers.Seen;
import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Api;
import io.k3j.testkitprocess.ConsoleAnswer;
import io.k3j.testkitprocess.Outcome;
import io.k3j.testkitprocess.RebuiltJars;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/// A server on a machine under load, with watches, whose bundles are replaced by rebuilt jars and taken back. Prints one
/// row per bundle.
final class LoadedServer implements AutoCloseable {
    private static final int ROUNDS = Integer.getInteger("k3j.swap.loaded.rounds", 1);
    private static final String ONLY = System.getProperty("k3j.swap.only", "");
    private static final Duration LOAD_LIMIT = Duration.ofSeconds(180);
    private static final String DATA = "/var/lib/rancher/k3s/server/db";
    private static final int MET_BY = 400;
    private static final Duration CLEAN_LIMIT = Duration.ofSeconds(20);
    private static final int RESTS = 10;
    /// How many class loaders may stay for longer than the swap that made them, over all bundles.
    private static final int HELD = 3;
    private static final int POLICY = 5;

    private final Machine machine;
    private final Server server;
    private final List<Row> rows = new ArrayList<>();
    private Api api;
    private RebuiltJars jars;
    private Load load;
    private Watchers watchers;
    private Seen seen;
    private Leaks leaks;
    private Demand demand = Demand.ORDINARY;
    private int held;

    /// What must be the same after a swap as before.
    interface Bystander {
        /// How it is now.
        String status() throws IOException, InterruptedException;
    }

    /// Of a server that has just been started; the load comes with [#load].
    LoadedServer(Machine machine, Server server) {
        this.machine = machine;
        this.server = server;
    }

    /// Puts the datastore of a machine into memory: what is shown here is not how long the disk of the machine that
    /// builds takes.
    static void dataInMemory(Machine machine) throws IOException, InterruptedException {
        Outcome mounted = machine.run(LOAD_LIMIT, "mkdir -p " + DATA + " && mount -t tmpfs -o mode=700 tmpfs " + DATA);
        assertThat(mounted.code()).as(mounted.text()).isZero();
    }

    /// The admin's client.
    Api api() throws IOException {
        if (api == null) {
            api = machine.api();
        }
        return api;
    }

    Server server() {
        return server;
    }

    /// Waits until a server has all it will have by itself.
    LoadedServer settled() throws IOException, InterruptedException {
        server.served().await("default service account", "kubectl get sa default --no-headers", "default");
        Waiting.until("all bundles active and healthy", LOAD_LIMIT, () -> server.console("ls").lines().stream()
                .skip(1).map(row -> row.split("\\s+"))
                .allMatch(columns -> columns[2].equals("ACTIVE") && columns[3].equals("OK")), server::story);
        // the garbage collector looks for new kinds now and then only, and add-ons are one
        return running("virtual apiserver-view-addons");
    }

    /// Waits for the lead of a server whose datastore others could share: what comes with it is no leftover of a swap.
    LoadedServer leading() throws IOException, InterruptedException {
        Waiting.until("lead", LOAD_LIMIT, () -> Files.readString(machine.dir().resolve("server.txt"))
                .contains("Acquired lease "), server::story);
        return this;
    }

    /// Waits for a thread that begins by itself some time after the start: it is no leftover of a swap.
    LoadedServer running(String thread) throws IOException, InterruptedException {
        return running(thread, 1);
    }

    /// The same for a name that several threads have.
    LoadedServer running(String thread, int count) throws IOException, InterruptedException {
        Waiting.until(thread, LOAD_LIMIT, () -> look().met().getOrDefault(thread, 0) >= count, server::story);
        return this;
    }

    /// What the load is to be.
    LoadedServer demanding(Demand wanted) {
        demand = wanted;
        return this;
    }

    /// What so many requests come to while nothing is replaced.
    Figures calm(int requests) throws IOException, InterruptedException {
        Figures figures = load.count();
        Waiting.until("answers", LOAD_LIMIT, () -> figures.requests() >= requests, server::story);
        return figures.end();
    }

    /// What was found so far, a row for each bundle.
    List<Row> rows() {
        return List.copyOf(rows);
    }

    /// Begins, and waits until that many requests were answered.
    LoadedServer load(int warm) throws IOException, InterruptedException {
        return load(warm, revision -> {
        });
    }

    /// The same, and tells the revision of each acknowledged create and update.
    LoadedServer load(int warm, LongConsumer written) throws IOException, InterruptedException {
        jars = new RebuiltJars(Files.createDirectories(machine.dir().resolve("rebuilt")));
        load = new Load(machine, demand, written);
        watchers = new Watchers(machine, load);
        load.start();
        Figures figures = load.count();
        Waiting.until("load", LOAD_LIMIT, () -> figures.requests() > warm, server::story);
        seen = watchers.check();
        leaks = look();
        return this;
    }

    /// One test for each bundle of that name that the running server shows as swappable; `also` is asked of what it came
    /// to.
    Stream<DynamicTest> swaps(Predicate<String> wanted, Bystander bystander, Consumer<Row> also) throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        List<String> table = server.console("ls", "-o", "wide").lines();
        for (String line : table.subList(1, table.size())) {
            String[] columns = line.split("\\s+");
            String name = columns[0];
            if (!columns[POLICY].equals("RESTART") && wanted.test(name) && name.contains(ONLY)) {
                assertThat(columns[3]).as(line).isEqualTo("ACTIVE");
                tests.add(DynamicTest.dynamicTest(name,
                        () -> also.accept(swap(name, columns[1], columns[POLICY], bystander))));
            }
        }
        assertThat(tests).isNotEmpty();
        return tests.stream();
    }

    private Row swap(String name, String symbolicName, String policy, Bystander bystander)
            throws IOException, InterruptedException {
        String jar = jars.rebuilt(symbolicName).toString();
        String before = bystander.status();
        Figures figures = load.count();
        List<String> faults = new ArrayList<>();
        int rounds = 0;
        for (; rounds < ROUNDS && faults.isEmpty(); rounds++) {
            round(name, jar, figures, faults);
        }
        figures.end();
        Figures unseen = load.count();
        Leaks known = leaks;
        String left = left(known);
        if (left.equals(Leaks.ONE_LOADER) && faults.isEmpty() && held++ < HELD) {
            // a loop that was compiled during a swap holds that generation until it is compiled anew: what counts is
            // what each further swap leaves
            System.out.println("left once by " + name + ": " + left);
            round(name, jar, unseen, faults);
            rounds++;
            left = left(known.andALoader());
        }
        Seen now = watchers.check();
        String after = bystander.status();
        Row row = new Row(name, policy, 2 * rounds, figures, now.since(seen), watchers.count(), left,
                after.equals(before));
        seen = now;
        rows.add(row);
        System.out.println(row.text());
        assertThat(faults).as(server::tail).isEmpty();
        row.check(server::tail);
        int differs = Math.max(0, Arrays.mismatch(after.toCharArray(), before.toCharArray()));
        assertThat(after).as("what must not notice: %s", after.substring(differs)).isEqualTo(before);
        return row;
    }

    /// There and back.
    private void round(String name, String jar, Figures figures, List<String> faults)
            throws IOException, InterruptedException {
        note(faults, server.console("swap", jar));
        go(figures);
        note(faults, server.console("back", name));
        go(figures);
    }

    /// Lets the load and the watches meet the new one.
    private void go(Figures figures) throws IOException, InterruptedException {
        int enough = figures.requests() + MET_BY;
        Waiting.until("more answers", LOAD_LIMIT, () -> figures.requests() >= enough, server::story);
        watchers.met();
    }

    private static void note(List<String> faults, ConsoleAnswer answer) {
        if (answer.code() != 0) {
            faults.add(answer.lines().toString());
        }
    }

    /// What is left beyond what is known, once a collection or two have passed.
    private String left(Leaks known) throws IOException, InterruptedException {
        long end = System.nanoTime() + CLEAN_LIMIT.toNanos();
        Leaks look = look();
        Leaks stayed = look;
        for (int looks = 1; !stayed.beyond(known).isEmpty()
                && (looks < RESTS || System.nanoTime() < end); looks++) {
            look = look();
            stayed = look.since(stayed);
        }
        leaks = look.and(known);
        return stayed.beyond(known);
    }

    private Leaks look() throws IOException, InterruptedException {
        // what serves a request is no leftover
        return load == null ? leaks() : load.pausing(this::leaks);
    }

    private Leaks leaks() throws IOException, InterruptedException {
        try {
            return Leaks.of(server::jcmd, machine.dir());
        } catch (IOException e) {
            throw new IOException((server.running() ? "" : "the server has ended: ") + server.tail(), e);
        }
    }

    @Override
    public void close() {
        Row.print(rows);
        if (load != null) {
            load.close();
        }
        if (watchers != null) {
            watchers.close();
        }
        if (api != null) {
            api.close();
        }
    }
}
