package io.k3j.kubeproxy;

import io.k3j.nodeapi.FilterRefused;
import io.k3j.nodeapi.PacketFilter;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The packet filter of a network namespace that ends with the test.
final class Kernel implements PacketFilter, AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private final Process holder;

    Kernel() throws IOException {
        holder = new ProcessBuilder("unshare", "--net", "--mount", "sh", "-c",
                "ip link set lo up; mount -t tmpfs none /run; echo ready; exec sleep 3600").start();
        holder.getInputStream().read();
    }

    static boolean possible() {
        return Files.isExecutable(Path.of("/usr/sbin/nft")) && System.getProperty("user.name").equals("root");
    }

    /// The line of a command that runs there.
    List<String> there(String... command) {
        return Stream.concat(Stream.of("nsenter", "--target", Long.toString(holder.pid()), "--net", "--mount"),
                Stream.of(command)).toList();
    }

    /// Runs a command there.
    Outcome run(String input, String... command) {
        List<String> line = there(command);
        try {
            return Launch.of(line).input(input).run(LIMIT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Runs a script of the shell there that has to succeed.
    String shell(String script) {
        Outcome outcome = run("", "sh", "-ec", script);
        if (outcome.code() != 0) {
            throw new IllegalStateException(script + "\nended with " + outcome.code() + ": " + outcome.text());
        }
        return outcome.text();
    }

    @Override
    public void apply(String script) {
        Outcome outcome = run(script, "nft", "-f", "-");
        if (outcome.code() != 0) {
            throw new FilterRefused(outcome.text().lines().findFirst().orElse(""));
        }
    }

    /// Of chains, sets and maps; rules are counted as the provider does.
    @Override
    public Set<String> objects(String family, String table) {
        Outcome outcome = run("", "nft", "-s", "-t", "list", "table", family, table);
        Set<String> found = new HashSet<>();
        int rules = 0;
        boolean chain = false;
        for (String line : outcome.code() == 0 ? outcome.text().lines().map(String::strip).toList()
                : List.<String>of()) {
            String[] words = line.split(" ");
            if (words.length == 3 && words[2].equals("{") && !words[0].equals("table")) {
                found.add(words[0] + " " + words[1]);
                chain = words[0].equals("chain");
            } else if (chain && !line.equals("}") && !line.isEmpty() && !line.startsWith("type ")) {
                rules++;
            }
        }
        if (!found.isEmpty()) {
            found.add("rules " + rules);
        }
        return found;
    }

    @Override
    public void forgetFlows(String address, int port) {
        run("", "conntrack", "-D", "-p", "udp", "--orig-dst", address, "--orig-port-dst", Integer.toString(port));
    }

    @Override
    public AutoCloseable onForeignChange(Runnable changed) {
        return () -> {
        };
    }

    @Override
    public void close() {
        holder.destroyForcibly();
    }
}
