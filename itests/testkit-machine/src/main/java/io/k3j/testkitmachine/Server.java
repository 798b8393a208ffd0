package io.k3j.testkitmachine;

import io.k3j.testkitbase.Living;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.ConsoleAnswer;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// `k3s server` of the assembled distribution on a machine, with nothing but defaults and the given flags.
public final class Server implements Living {
    /// The admin's kubeconfig, inside.
    public static final String KUBECONFIG = "/etc/rancher/k3s/k3s.yaml";
    /// Of a command that is repeated until it succeeds, or that tells a story.
    private static final Duration LOOK_LIMIT = Duration.ofSeconds(30);

    private final Machine machine;
    private final ChildProcess process;

    private Server(Machine machine, ChildProcess process) {
        this.machine = machine;
        this.process = process;
    }

    /// Starts one, deaf to no signal even when the build runs in the background; its log is appended to `server.txt` of
    /// the machine.
    public static Server start(Machine machine, String... flags) throws IOException {
        return start(machine, Map.of(), flags);
    }

    /// The same with more in its environment.
    public static Server start(Machine machine, Map<String, String> environment, String... flags) throws IOException {
        Path pid = machine.dir().resolve("server.pid");
        Files.deleteIfExists(pid);
        return new Server(machine, Launch.of(machine.inside(List.of("bash", "-c", "echo $$ > " + pid
                + "; exec env --default-signal=INT,TERM,HUP " + command() + " server " + String.join(" ", flags))))
                .withoutK3sEnvironment().environment("HOME", "/root").environment(environment)
                .appending(machine.dir().resolve("server.txt")).start());
    }

    /// The shell words that run the distribution's `k3s` with the test's Java.
    public static String command() {
        return "env K3S_JAVA=" + Launch.jdk("java") + " "
                + K3sProcess.distribution().resolve("bin/k3s");
    }

    /// Waits until it serves the API, asked as [#ready()] asks; its node may not be there yet.
    public Server served() throws IOException, InterruptedException {
        try (Readiness readiness = new Readiness(machine::api)) {
            Waiting.until("served API", Waiting.LIMIT, process, readiness::api, this::story);
        }
        return this;
    }

    /// Waits until its node is Ready and the default service account can be used. It is asked by IPv4 and without
    /// commands, each of which would take half a second of a processor from what is waited for.
    public Server ready() throws IOException, InterruptedException {
        try (Readiness readiness = new Readiness(machine::api)) {
            Waiting.until("ready node", Waiting.LIMIT, process, readiness::node, this::story);
            Waiting.until("default service account", Waiting.LIMIT, process, readiness::account, this::story);
        }
        return this;
    }

    /// Waits until a command of `k3s` succeeds and prints `text`.
    public void await(String what, String words, String text) throws IOException, InterruptedException {
        Waiting.until(what, Waiting.LIMIT, process, () -> {
            if (Files.notExists(machine.dir().resolve("etc/rancher/k3s/k3s.yaml"))) {
                return false;
            }
            Outcome outcome = k3s(LOOK_LIMIT, words);
            return outcome.code() == 0 && outcome.text().contains(text);
        }, this::story);
    }

    /// Runs `k3s` with `words` inside.
    public Outcome k3s(String words) throws IOException, InterruptedException {
        return k3s(Waiting.LIMIT, words);
    }

    private Outcome k3s(Duration limit, String words) throws IOException, InterruptedException {
        // kubectl keeps discovery by address; another test's server here may have had other kinds, or a later clock
        return machine.run(limit, "KUBECONFIG=" + KUBECONFIG + " KUBECACHEDIR=" + machine.dir().resolve("kubectl") + " "
                + command() + " " + words);
    }

    /// A command of its console socket, spoken from outside.
    public ConsoleAnswer console(String... words) throws IOException {
        return ConsoleAnswer.of(machine.dir().resolve("rancher/k3s/bundles/console.sock"), words);
    }

    /// A command of `jcmd`, e.g. `GC.class_histogram`, or several, one a line.
    public String jcmd(String command) throws IOException, InterruptedException {
        return jcmd(Waiting.LIMIT, command);
    }

    /// Machines share the directory of the sockets JVMs are asked by, which are named by process ids of their own: what
    /// lies there may be that of a JVM that was killed, or of another machine's. This one makes a new one when it is
    /// asked and finds none.
    private String jcmd(Duration limit, String command) throws IOException, InterruptedException {
        return machine.run(limit, "p=$(cat " + machine.dir().resolve("server.pid") + "); exec 9< /tmp; flock 9; "
                + "rm -f /tmp/.java_pid$p; " + String.join(" ", Launch.jcmd()) + " $p '" + command + "'").text();
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

    /// Sends it a signal, e.g. `TERM`.
    public void signal(String name) throws IOException, InterruptedException {
        machine.run(Waiting.LIMIT, "kill -" + name + " $(cat " + machine.dir().resolve("server.pid") + ")");
    }

    /// Waits for its end.
    /// @return its exit code
    /// @throws AssertionError when it goes on longer than `limit`
    public int ended(Duration limit) throws InterruptedException {
        return process.awaitEnd(limit);
    }

    /// What is known about it now: its pods and last events, health of its bundles, end of its log, what its carriers
    /// do. Never fails.
    public String story() {
        return told("pods", "kubectl get pods -A -o wide")
                + told("last events", "kubectl get events -A --sort-by=.lastTimestamp | tail -n 20")
                + told("k3s bundle ls", "bundle ls") + "--- its last lines\n" + tail()
                + "\n--- its carriers\n" + told(() -> Carried.of(jcmd(LOOK_LIMIT, "Thread.print")));
    }

    private String told(String title, String words) {
        return "--- " + title + "\n" + told(() -> k3s(LOOK_LIMIT, words).text());
    }

    private interface Question {
        String answer() throws IOException, InterruptedException;
    }

    private static String told(Question question) {
        try {
            return question.answer();
        } catch (IOException | AssertionError e) {
            return e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    /// The end of its log.
    public String tail() {
        return process.tail();
    }
}
