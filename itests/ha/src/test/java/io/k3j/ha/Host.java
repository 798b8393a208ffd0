package io.k3j.ha;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/// A machine on which a page is carried out: `k3s`, `systemctl` and `apt-get` are there as the page expects them.
final class Host {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    /// What a page has done may take its time, as an upgrade with its trial.
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final int TAIL = 60;
    private final Machine machine;

    Host(Machine machine) throws IOException {
        this.machine = machine;
        Path bin = Files.createDirectories(machine.dir().resolve("bin"));
        for (String tool : List.of("systemctl", "apt-get")) {
            try (InputStream script = Objects.requireNonNull(Host.class.getResourceAsStream(tool))) {
                executable(bin.resolve(tool),
                        new String(script.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        executable(bin.resolve("k3s"), "#!/bin/sh\nexport K3S_JAVA_OPTIONS=\"" + Launch.javaOptions()
                + " $K3S_JAVA_OPTIONS\"\nexec " + Server.command() + " \"$@\"\n");
    }

    static void executable(Path file, String text) throws IOException {
        Files.writeString(file, text);
        file.toFile().setExecutable(true);
    }

    Machine machine() {
        return machine;
    }

    String name() {
        return machine.name();
    }

    /// Does what a page says for this host in a variant, up to and including its blocks of these actions.
    void follow(Page page, String variant, String... actions) throws IOException, InterruptedException {
        for (Page.Block block : page.blocks(name(), variant)) {
            if (List.of(actions).contains(block.action())) {
                follow(block);
            }
        }
    }

    private void follow(Page.Block block) throws IOException, InterruptedException {
        switch (block.action()) {
            case "file", "append" -> {
                Path text = Files.writeString(machine.dir().resolve("block.txt"), block.text());
                String redirect = block.action().equals("file") ? " > " : " >> ";
                must("mkdir -p $(dirname " + block.path() + ") && cat " + text + redirect + block.path());
            }
            case "run" -> must(LONG, block.text());
            case "start" -> start(block.text());
            default -> throw new AssertionError("page with an unknown block: " + block.action());
        }
        FollowedBlocks.add(block);
    }

    /// Starts what does not end; its output is appended to `k3s.txt`. Environment of the test that K3s would read is not
    /// handed on.
    void start(String line) throws IOException {
        Path log = machine.dir().resolve("k3s.txt");
        String exports = "cd /root; export PATH=" + machine.dir().resolve("bin") + ":$PATH HOME=/root; ";
        Launch.of(machine.inside(List.of("bash", "-c",
                "unset $(compgen -e | grep -E '^(K3S_|KUBECONFIG)'); " + exports + line))).appending(log).start();
    }

    /// Kills the JVM of `k3s` alone: containerd and etcd live on.
    void killProcess() throws IOException, InterruptedException {
        must("kill -KILL $(pgrep -f [k]3s-base.jar | head -1)");
    }

    /// Whether `k3s` runs.
    boolean running() throws IOException, InterruptedException {
        return run("pgrep -f [k]3s-base.jar").code() == 0;
    }

    /// Stops `k3s` in good order, and waits until it has ended.
    void stop() throws IOException, InterruptedException {
        must("kill -TERM $(pgrep -f [k]3s-base.jar)");
        Waiting.until("end of k3s on " + name(), LIMIT, () -> !running(), this::story);
    }

    /// Runs a line to its end.
    Outcome run(String line) throws IOException, InterruptedException {
        return run(LIMIT, line);
    }

    private Outcome run(Duration limit, String line) throws IOException, InterruptedException {
        return machine.run(limit,
                "cd /root; export PATH=" + machine.dir().resolve("bin") + ":$PATH HOME=/root; " + line);
    }

    /// The output of a line that must succeed.
    String must(String line) throws IOException, InterruptedException {
        return must(LIMIT, line);
    }

    private String must(Duration limit, String line) throws IOException, InterruptedException {
        Outcome outcome = run(limit, line);
        if (outcome.code() != 0) {
            throw new AssertionError(name() + ": " + line + "\nended with " + outcome.code() + "\n" + outcome.text());
        }
        return outcome.text();
    }

    /// The end of what `k3s` printed.
    String story() {
        try {
            List<String> lines = Files.readAllLines(machine.dir().resolve("k3s.txt"));
            return "--- " + name() + "\n"
                    + String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL), lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
