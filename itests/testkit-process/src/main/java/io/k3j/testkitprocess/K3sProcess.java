package io.k3j.testkitprocess;

import io.k3j.testkitbase.Living;
import io.k3j.testkitbase.Teardown;
import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// One running `k3s server` of the distribution that was just built. What it prints goes to a file, whose end
/// is part of every failure's message. Closing it stops it in order.
public final class K3sProcess implements AutoCloseable, Living {
    /// After this [#close] kills it.
    private static final Duration GRACE_PERIOD = Duration.ofSeconds(15);
    private static final ServiceKey KEY = new ServiceKey();

    private final ChildProcess process;
    private final Path dataDir;

    private K3sProcess(ChildProcess process, Path dataDir) {
        this.process = process;
        this.dataDir = dataDir;
    }

    /// The distribution, from the system property `k3j.dist`.
    public static Path distribution() {
        return Path.of(System.getProperty("k3j.dist", "../../distribution/target/dist")).toAbsolutePath().normalize();
    }

    /// `k3s WORD …` of the distribution with the Java of the test, and nothing of the test's environment that K3s
    /// reads.
    public static Launch k3s(List<String> words) {
        Stream<String> program = Stream.of(distribution().resolve("bin/k3s").toString());
        return Launch.of(Stream.concat(program, words.stream()).toList()).withoutK3sEnvironment()
                .environment("K3S_JAVA", Launch.jdk("java"));
    }

    /// The same.
    public static Launch k3s(String... words) {
        return k3s(List.of(words));
    }

    /// Starts `k3s server` on a free port with data below `dir`, and further flags. One that lives for seconds may be
    /// given a key for service accounts that another one of this JVM has made.
    public static K3sProcess server(Path dir, String... flags) throws IOException {
        return server(dir, List.of(), flags);
    }

    /// The same with options of the virtual machine.
    public static K3sProcess server(Path dir, List<String> javaOptions, String... flags) throws IOException {
        Path dataDir = dir.resolve("data");
        List<String> words = new ArrayList<>(List.of("server", "--data-dir", dataDir.toString(), "--https-listen-port",
                "0", "--write-kubeconfig", dir.resolve("k3s.yaml").toString()));
        words.addAll(List.of(flags));
        if (!Launch.javaOptions().isEmpty()) {
            KEY.give(dataDir, words);
        }
        String options = Launch.javaOptions() + " " + String.join(" ", javaOptions);
        return new K3sProcess(k3s(words).environment("K3S_JAVA_OPTIONS", options)
                .environment("K3S_CONFIG_FILE", "/dev/null").gracePeriod(GRACE_PERIOD)
                .output(dir.resolve("output.txt")).start(), dataDir);
    }

    /// Its process id.
    public long pid() {
        return process.pid();
    }

    /// Whether it has not ended.
    @Override
    public boolean running() {
        return process.running();
    }

    /// What a test fails with because of it.
    @Override
    public AssertionError failure(String what) {
        return process.failure(what);
    }

    /// Its data directory.
    public Path dataDir() {
        return dataDir;
    }

    /// Everything it printed so far.
    public String output() {
        return process.output();
    }

    /// Waits until it printed `text`.
    /// @throws AssertionError with the end of its output when it did not in time, or ended
    public void awaitOutput(String text, Duration limit) throws InterruptedException {
        await("output of: " + text, limit, () -> output().contains(text));
    }

    /// Waits for any condition, as long as it runs. No limit is shorter than [Waiting#LIMIT].
    public void await(String what, Duration limit, BooleanSupplier condition) throws InterruptedException {
        Duration most = limit.compareTo(Waiting.LIMIT) > 0 ? limit : Waiting.LIMIT;
        Waiting.until(what, most, process, condition::getAsBoolean, () -> "");
    }

    /// Waits until it has ended by itself.
    /// @return its exit code
    /// @throws AssertionError with the end of its output when it has not in time
    public int awaitEnd(Duration limit) throws InterruptedException {
        return process.awaitEnd(limit);
    }

    /// The end of its output.
    public String tail() {
        return process.tail();
    }

    /// A command of the console socket.
    public ConsoleAnswer console(String... words) throws IOException {
        return ConsoleAnswer.of(dataDir.resolve("bundles/console.sock"), words);
    }

    /// A command of `jcmd`, e.g. `GC.class_histogram`.
    public String jcmd(String command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(Launch.jcmd());
        words.addAll(List.of(Long.toString(pid()), command));
        return Launch.of(words).run(Waiting.LIMIT).text();
    }

    /// Ends it with SIGTERM and waits.
    /// @return its exit code
    public int stop() throws InterruptedException {
        if (!process.terminate() && !process.ended(Waiting.LIMIT)) {
            AssertionError late = process.failure("did not stop in time");
            process.kill();
            throw late;
        }
        return process.code();
    }

    @Override
    public void close() {
        Teardown.of("key of " + dataDir, () -> KEY.keep(dataDir));
        process.close();
    }
}
