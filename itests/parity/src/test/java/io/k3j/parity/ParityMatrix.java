package io.k3j.parity;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.parity.CriticalFlags.Flag;
import io.k3j.pki.ClusterAccess;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.ConsoleAnswer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// A server whose flags are not the cluster's is refused, whichever flag it is, and nothing shows that it was there.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class ParityMatrix {
    static final String TOKEN = "s3rvers-0nly";
    /// Where those say they are reached that are to be refused; a network of no one.
    static final String REFUSED_ADDRESS = "203.0.113.77";
    static final boolean FULL = Boolean.getBoolean("k3j.full");
    private static final int AT_ONCE = 2;
    private static final int LOOKS = 10;
    private static final Set<String> LAST = Set.of("/registry/apiregistration.k8s.io/apiservices/v1.",
            "/registry/flowschemas/catch-all");
    private static final Duration SETTLING = Duration.ofSeconds(120);

    Path directory;
    K3s first;
    Path features;
    private Store store;

    /// Starts the datastore, unless the server does.
    abstract void datastore() throws Exception;

    /// Ends it.
    abstract void end() throws Exception;

    /// What the first server is told besides.
    abstract List<String> founding();

    /// What another one is told to join it.
    abstract List<String> joining();

    abstract Store store() throws Exception;

    /// Where servers run.
    List<String> where(List<String> command) {
        return command;
    }

    /// Whether one that has joined and comes again is tried.
    boolean comesAgain() {
        return FULL;
    }

    /// Whether every flag is tried.
    boolean every() {
        return FULL;
    }

    /// The address of the first server's port as the test sees it.
    String address() {
        String config = read(first.directory().resolve("k3s.yaml"));
        int at = config.indexOf("server: ") + "server: ".length();
        return config.substring(at, config.indexOf('\n', at)).strip();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    K3s start(String name, List<String> how, String... more) throws IOException {
        List<String> flags = new ArrayList<>(how);
        flags.addAll(List.of(more));
        flags.add("--disable-agent");
        for (String preset : List.of("--bind-address=127.0.0.1", "--https-listen-port=0", "--token=" + TOKEN)) {
            String given = preset.substring(0, preset.indexOf('=') + 1);
            if (flags.stream().noneMatch(flag -> flag.startsWith(given))) {
                flags.add(preset);
            }
        }
        return new K3s.Site(this::where, features).start("server", directory.resolve(name), flags);
    }

    @BeforeAll
    void begin(@TempDir Path empty) throws Exception {
        directory = empty;
        features = ThirdParty.features(directory.resolve("features"));
        datastore();
        first = start("server-1", founding(), ThirdParty.DISABLED);
        first.prints("API server ready", "acquired lease kube-system/kube-controller-manager");
        ConsoleAnswer stopped = ConsoleAnswer.of(first.directory().resolve("data/bundles/console.sock"), "stop",
                ThirdParty.STOPPED);
        assertThat(stopped.lines()).containsExactly(ThirdParty.STOPPED + " STOPPED");
        store = store();
        // these come when all the rest serves, and a busy machine is quiet in between
        Waiting.until("last objects of a start", SETTLING, () -> store.rows().keySet().containsAll(LAST),
                first::output);
        settled();
    }

    /// Waits until the servers have written all they write on starting and stopping: the same rows ten times running.
    private void settled() throws IOException, InterruptedException {
        AtomicReference<Map<String, String>> last = new AtomicReference<>(Map.of());
        AtomicInteger same = new AtomicInteger();
        Waiting.until("settled rows", SETTLING, () -> {
            Map<String, String> now = store.rows();
            return now.equals(last.getAndSet(now)) ? same.incrementAndGet() >= LOOKS : same.getAndSet(0) < 0;
        }, first::output);
    }

    @AfterAll
    void stop() throws Exception {
        if (first != null) {
            first.close();
        }
        end();
    }

    private List<Flag> flags() throws IOException {
        List<Flag> all = CriticalFlags.declared(features);
        return every() ? all : List.of(all.getFirst(), all.get(all.size() / 2), all.getLast());
    }

    @TestFactory
    List<DynamicTest> refusesAJoinerWithAnyCriticalFlagChanged() throws Exception {
        List<Flag> accepted = flags().stream().filter(Flag::accepted).toList();
        Map<String, String> rows = store.rows();
        String members = store.members();
        Map<Flag, Refused> outcomes = together(accepted, flag -> refused(Wrong.NAME + flag.name(), flag.text()));
        List<DynamicTest> tests = new ArrayList<>();
        accepted.forEach(flag -> tests.add(DynamicTest.dynamicTest(flag.toString(),
                () -> outcomes.get(flag).shows(flag, record(flag)))));
        tests.add(DynamicTest.dynamicTest("the datastore is as before", () -> asBefore(rows, members)));
        return tests;
    }

    /// A start of something.
    interface Attempt<T> {
        Refused at(T what) throws Exception;
    }

    /// Two at a time.
    private static <T> Map<T, Refused> together(List<T> all, Attempt<T> attempt) throws Exception {
        Map<T, Refused> outcomes = new HashMap<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            Map<T, Future<Refused>> running = new HashMap<>();
            for (T one : all) {
                running.put(one, threads.submit(() -> attempt.at(one)));
            }
            for (Map.Entry<T, Future<Refused>> one : running.entrySet()) {
                outcomes.put(one.getKey(), one.getValue().get());
            }
        }
        return outcomes;
    }

    /// What the cluster has of a flag.
    private String record(Flag flag) throws IOException {
        try (ClusterAccess access = ClusterAccess.of(address(), TOKEN, "server")) {
            String text = access.get("/v1-k3s/server-config", "text/plain").text();
            return text.lines().map(String::strip).filter(line -> line.startsWith("--" + flag.name() + " "))
                    .map(line -> line.substring(flag.name().length() + 2).strip()).findFirst().orElseThrow();
        }
    }

    /// Flags the command line does not take yet can differ all the same: by the record.
    @TestFactory
    List<DynamicTest> refusesAJoinerThatLacksAFlagOfTheCluster() throws Exception {
        List<DynamicTest> tests = new ArrayList<>();
        for (Flag flag : flags()) {
            if (!flag.accepted()) {
                tests.add(DynamicTest.dynamicTest(flag.toString(), () -> lacks(flag)));
            }
        }
        return tests;
    }

    private void lacks(Flag flag) throws Exception {
        String before = record(flag);
        agree(flag.text());
        try {
            Map<String, String> rows = store.rows();
            String members = store.members();
            refused(Wrong.NAME + "without-" + flag.name()).shows(flag, flag.shown());
            asBefore(rows, members);
        } finally {
            agree("--" + flag.name() + "=" + (before.startsWith("(") ? "" : before));
        }
    }

    /// Nobody has changed anything, and no key of any kind names who was refused: by address, or by a name and what is
    /// made of it.
    private void asBefore(Map<String, String> rows, String members) throws IOException, InterruptedException {
        assertThat(Tree.changes(rows, store.rows())).isEmpty();
        assertThat(store.members()).isEqualTo(members);
        assertThat(store.naming("server-1")).as("of the server that runs").isNotEmpty();
        nobody(store);
    }

    /// Nothing of those that were refused is among what servers write all the time either.
    static void nobody(Store store) throws IOException, InterruptedException {
        assertThat(store.naming(REFUSED_ADDRESS)).as("keys with the address of a refused server").isEmpty();
        assertThat(store.naming(Wrong.NAME)).as("keys with the name of a refused server").isEmpty();
    }

    private void agree(String change) throws IOException {
        try (ClusterAccess access = ClusterAccess.of(address(), TOKEN, "server")) {
            ClusterAccess.Answer answer = access.put("/v1-k3s/server-config", "text/plain", change);
            assertThat(answer.ok()).as(answer.text()).isTrue();
        }
    }

    /// What is tried here.
    List<Wrong> wrong() throws Exception {
        return List.of();
    }

    @TestFactory
    List<DynamicTest> tellsInOneSentenceWhatIsWrong() throws Exception {
        List<Wrong> all = wrong();
        Map<String, String> rows = store.rows();
        String members = store.members();
        Map<Wrong, Refused> outcomes = together(all,
                one -> ended(toBeRefused(one.name(), one.flags(), disabled(one.flags()))));
        List<DynamicTest> tests = new ArrayList<>();
        all.forEach(one -> tests.add(
                DynamicTest.dynamicTest(one.what(), () -> outcomes.get(one).says(one.told()))));
        tests.add(DynamicTest.dynamicTest("the datastore is as before", () -> asBefore(rows, members)));
        return tests;
    }

    /// Last, because it starts a second server.
    @TestFactory
    @Order(Integer.MAX_VALUE)
    List<DynamicTest> refusesAMemberThatComesAgainWithAnotherFlag() throws Exception {
        if (!comesAgain()) {
            return List.of();
        }
        // the same set in another order and spelling is the same
        try (K3s member = start("server-2", joining(), "--disable=ACME-dns", "--disable=coredns")) {
            member.prints("API server ready");
        }
        settled();
        List<DynamicTest> tests = new ArrayList<>();
        List<Flag> accepted = flags().stream().filter(Flag::accepted).toList();
        for (Flag flag : accepted.stream().filter(f -> FULL || f.equals(accepted.getFirst())
                || f.name().equals("disable")).toList()) {
            tests.add(DynamicTest.dynamicTest(flag.toString(), () -> {
                Map<String, String> rows = store.rows();
                Map<String, String> tree = Tree.of(directory.resolve("server-2"));
                assertThat(tree).containsKey("data/server/tls/server-ca.key");
                K3s again = joiner("server-2", flag.text());
                new Refused(again.code(), again.output()).shows(flag, record(flag));
                assertThat(Tree.changes(tree, Tree.of(directory.resolve("server-2")))).isEmpty();
                assertThat(Tree.changes(rows, store.rows())).isEmpty();
                nobody(store);
            }));
        }
        return tests;
    }

    private K3s joiner(String name, String... more) throws IOException {
        List<String> flags = new ArrayList<>(List.of(more));
        flags.addAll(List.of(disabled(flags)));
        return toBeRefused(name, joining(), flags.toArray(String[]::new));
    }

    private K3s toBeRefused(String name, List<String> how, String... more) throws IOException {
        List<String> flags = new ArrayList<>(List.of(more));
        flags.add("--advertise-address=" + REFUSED_ADDRESS);
        return start(name, how, flags.toArray(String[]::new));
    }

    /// What the cluster disables, unless the flags say what else.
    private static String[] disabled(List<String> flags) {
        return flags.stream().anyMatch(flag -> flag.startsWith("--disable=")) ? new String[0]
                : new String[] {ThirdParty.DISABLED};
    }

    /// Runs one that never was there before to its end.
    Refused refused(String name, String... more) throws IOException, InterruptedException {
        return ended(joiner(name, more));
    }

    /// Waits for the end of one that leaves nothing.
    static Refused ended(K3s joiner) throws InterruptedException {
        Refused outcome = new Refused(joiner.code(), joiner.output());
        assertThat(joiner.directory()).as(outcome.text()).doesNotExist();
        return outcome;
    }
}
