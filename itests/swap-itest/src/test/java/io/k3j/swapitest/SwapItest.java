package io.k3j.swapitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Figure;
import io.k3j.testkitprocess.Api;
import io.k3j.testkitprocess.ConsoleAnswer;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.RebuiltJars;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Every bundle the running process shows as swappable is replaced by a rebuilt jar and taken back, several
/// times, and leaves nothing behind: one class loader that each swap leaves is seen after three as well as after ten.
@Tag("swap")
class SwapItest {
    private static final int ROUNDS = Integer.getInteger("k3j.swap.rounds", 3);
    private static final Duration START_LIMIT = Duration.ofSeconds(300);
    private static final Duration CLEAN_LIMIT = Duration.ofSeconds(20);
    /// Each look asks for a collection; a starved machine does few of them in the time above.
    private static final int RESTS = 10;

    /// How long a component that is enabled may take until it serves. Promised where the machine does nothing else, as
    /// in the long suites; elsewhere the figure is printed.
    private static final Duration SERVING = Boolean.getBoolean("k3j.full") ? Duration.ofSeconds(1) : START_LIMIT;

    @TempDir
    static Path dir;

    private static K3sProcess server;
    private static RebuiltJars jars;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        jars = new RebuiltJars(Files.createDirectories(dir.resolve("rebuilt")));
        server = K3sProcess.server(dir, "--disable-agent", "--bind-address", "127.0.0.1");
        server.awaitOutput("Component healthy component=console", START_LIMIT);
        server.await("bundles all active and healthy", START_LIMIT, SwapItest::settled);
        server.await("views of late kinds", START_LIMIT, SwapItest::collected);
    }

    private static boolean settled() {
        try {
            List<String> table = server.console("ls").lines();
            return table.stream().skip(1).map(row -> row.split("\\s+"))
                    .allMatch(columns -> columns[2].equals("ACTIVE") && columns[3].equals("OK"));
        } catch (IOException e) {
            return false;
        }
    }

    /// The garbage collector looks for new kinds now and then only, and add-ons and charts are some: its views are no
    /// leftovers.
    private static boolean collected() {
        try {
            return look().hasLateViews();
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// A plug-in of admission looks at what it needs with the first write that meets it: its views are no leftovers.
    private static boolean written() {
        try {
            return K3sProcess.k3s("kubectl", "--kubeconfig", dir.resolve("k3s.yaml").toString(), "create", "configmap",
                    "written", "--namespace=default", "--dry-run=server").run(START_LIMIT).code() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @TestFactory
    Stream<DynamicTest> swapsThereAndBackWithoutLeavingAnything() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        List<String> table = server.console("ls").lines();
        for (String row : table.subList(1, table.size())) {
            String[] columns = row.split("\\s+");
            if (!columns[4].equals("RESTART") && columns[2].equals("ACTIVE")) {
                tests.add(DynamicTest.dynamicTest(columns[0], () -> swapsThereAndBack(columns[0])));
            }
        }
        assertThat(tests).isNotEmpty();
        return tests.stream();
    }

    @Test
    void goesBackByItselfWhenTheNewOneDoesNotWork() throws IOException {
        ConsoleAnswer answer = server.console("swap", jars.broken("io.k3j.datastoresqlite").toString());
        assertThat(answer.code()).isEqualTo(1);
        assertThat(answer.lines().getLast()).contains("the old one runs again");
        assertThat(server.console("ls").lines())
                .anyMatch(row -> row.matches("datastore-sqlite +0\\.1\\.0 +ACTIVE +OK.*"));
    }

    @Test
    void refusesWhatIsNoBundleOfThisServer() throws IOException {
        ConsoleAnswer contract = server.console("swap", jars.rebuilt("io.k3j.componentapi").toString());
        assertThat(contract.code()).isEqualTo(1);
        assertThat(contract.lines().getLast()).contains("change with a restart");
        assertThat(server.console("swap", "/nowhere.jar").lines().getLast()).contains("/nowhere.jar");
        assertThat(server.console("back", "nothing").lines().getLast()).contains("k3s bundle ls");
    }

    @Test
    @Tag("figures")
    void aComponentServesSoonAfterItIsEnabled() throws Exception {
        try (Api api = Api.of(dir.resolve("k3s.yaml"))) {
            server.await("metrics.k8s.io", START_LIMIT, () -> serves(api));
            expectOk(server.console("component", "disable", "metrics-server"));
            server.await("no metrics.k8s.io", START_LIMIT, () -> !serves(api));
            long begin = System.nanoTime();
            expectOk(server.console("component", "enable", "metrics-server"));
            server.await("metrics.k8s.io again", START_LIMIT, () -> serves(api));
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            new Figure(14, "`component enable metrics-server` until it serves", took.toMillis(), "ms").atMost(1_000);
            assertThat(took).isLessThanOrEqualTo(SERVING);
        }
    }

    private static boolean serves(Api api) {
        try {
            return api.get("/apis/metrics.k8s.io/v1beta1/nodes", Api.JSON).statusCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static void swapsThereAndBack(String name) throws IOException, InterruptedException {
        Path jar = jars.rebuilt(symbolicName(name));
        server.await("a write", START_LIMIT, SwapItest::written);
        Leaks before = look();
        expectOk(server.console("swap", jar.toString()));
        assertThat(look().loaders()).as("the new %s has a loader of its own", name).isGreaterThan(before.loaders());
        expectOk(server.console("back", name));
        for (int i = 1; i < ROUNDS; i++) {
            round(name, jar);
        }
        Leaks after = look();
        long end = System.nanoTime() + CLEAN_LIMIT.toNanos();
        for (int looks = 1; !after.beyond(before).isEmpty() && (looks < RESTS || System.nanoTime() < end); looks++) {
            assertThat(server.running()).isTrue();
            after = look().since(after);
        }
        assertThat(after.beyond(before)).as("what %d swaps of %s left behind, before: %s", ROUNDS, name, before)
                .isEmpty();
    }

    private static Leaks look() throws IOException, InterruptedException {
        return Leaks.of(server::jcmd, dir);
    }

    private static void round(String name, Path jar) throws IOException {
        expectOk(server.console("swap", jar.toString()));
        expectOk(server.console("back", name));
    }

    private static void expectOk(ConsoleAnswer answer) {
        assertThat(answer.code()).as(() -> answer.lines() + "\n" + server.tail()).isZero();
    }

    private static String symbolicName(String name) throws IOException {
        List<String> answer = server.console("ls", "-o", "wide").lines();
        for (String row : answer) {
            String[] columns = row.split("\\s+");
            if (columns[0].equals(name)) {
                return columns[1];
            }
        }
        throw new IllegalArgumentException(name);
    }
}
