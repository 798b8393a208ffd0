package io.k3j.testkitmachine;

import io.k3j.testkitbase.Living;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// `k3s agent` of the assembled distribution on a machine; its log is appended to `agent.txt` of the machine.
public final class AgentProcess implements Living {
    private final Machine machine;
    private final Path log;
    private final ChildProcess process;
    private final long from;

    private AgentProcess(Machine machine, Path log, ChildProcess process, long from) {
        this.machine = machine;
        this.log = log;
        this.process = process;
        this.from = from;
    }

    /// Starts one as the install script's service does, with the server and the token in the environment.
    public static AgentProcess start(Machine machine, String server, String token, String... flags) throws IOException {
        Path log = machine.dir().resolve("agent.txt");
        long from = Files.exists(log) ? Files.size(log) : 0;
        return new AgentProcess(machine, log, Launch.of(machine.inside(List.of("bash", "-c",
                "echo $$ > " + machine.dir().resolve("agent.pid") + "; exec env --default-signal=INT,TERM,HUP "
                        + "K3S_URL=" + server + " K3S_TOKEN=" + token + " " + Server.command() + " agent "
                        + String.join(" ", flags))))
                .withoutK3sEnvironment().environment("HOME", "/root").appending(log)
                .start(), from);
    }

    /// Waits until this run has said something.
    public void said(String words) throws IOException, InterruptedException {
        Waiting.until("\"" + words + "\"", process, () -> text().contains(words));
    }

    /// What this run has said.
    public String text() throws IOException {
        byte[] all = Files.readAllBytes(log);
        return new String(all, (int) from, all.length - (int) from, StandardCharsets.UTF_8);
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
        machine.run(Waiting.LIMIT, "kill -" + name + " $(cat " + machine.dir().resolve("agent.pid") + ")");
    }

    /// Waits for its end.
    /// @return its exit code
    public int ended() throws InterruptedException {
        return process.awaitEnd(Waiting.LIMIT);
    }

    /// Its resident memory.
    public int residentMebibytes() throws IOException, InterruptedException {
        Outcome outcome = machine.run(Waiting.LIMIT, "awk '/VmRSS/{print $2}' /proc/$(cat "
                + machine.dir().resolve("agent.pid") + ")/status");
        return Integer.parseInt(outcome.text().strip()) / 1024;
    }

    /// The end of its log.
    public String tail() {
        return process.tail();
    }
}
