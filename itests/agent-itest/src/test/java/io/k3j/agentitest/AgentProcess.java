package io.k3j.agentitest;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.Outcome;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// `k3s agent` of the assembled distribution on a machine; its log is appended to `agent.txt` of the machine.
final class AgentProcess {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final int TAIL_LINES = 60;
    private final Machine machine;
    private final Path log;
    private final Process process;
    private final long from;

    private AgentProcess(Machine machine, Path log, Process process, long from) {
        this.machine = machine;
        this.log = log;
        this.process = process;
        this.from = from;
    }

    /// Starts one as the install script's service does, with the server and the token in the environment.
    static AgentProcess start(Machine machine, String server, String token, String... flags) throws IOException {
        Path log = machine.dir().resolve("agent.txt");
        long from = Files.exists(log) ? Files.size(log) : 0;
        ProcessBuilder builder = new ProcessBuilder(machine.inside(List.of("bash", "-c",
                "echo $$ > " + machine.dir().resolve("agent.pid") + "; exec env --default-signal=INT,TERM,HUP "
                        + "K3S_URL=" + server + " K3S_TOKEN=" + token + " " + Server.command() + " agent "
                        + String.join(" ", flags))));
        builder.environment().keySet().removeIf(name -> name.startsWith("K3S_") || name.equals("KUBECONFIG"));
        builder.environment().put("HOME", "/root");
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        return new AgentProcess(machine, log, builder.start(), from);
    }

    /// Waits until this run has said something.
    void said(String words) throws IOException, InterruptedException {
        Waiting.until("\"" + words + "\"", LIMIT, () -> text().contains(words), this::tail);
    }

    /// What this run has said.
    String text() throws IOException {
        byte[] all = Files.readAllBytes(log);
        return new String(all, (int) from, all.length - (int) from, StandardCharsets.UTF_8);
    }

    /// Sends it a signal, e.g. `TERM`.
    void signal(String name) throws IOException, InterruptedException {
        machine.run(LIMIT, "kill -" + name + " $(cat " + machine.dir().resolve("agent.pid") + ")");
    }

    /// Waits for its end.
    /// @return its exit code
    int ended() throws InterruptedException {
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("still runs\n" + tail());
        }
        return process.exitValue();
    }

    /// Its resident memory.
    int residentMebibytes() throws IOException, InterruptedException {
        Outcome outcome = machine.run(LIMIT, "awk '/VmRSS/{print $2}' /proc/$(cat "
                + machine.dir().resolve("agent.pid") + ")/status");
        return Integer.parseInt(outcome.text().strip()) / 1024;
    }

    /// The end of its log.
    String tail() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
