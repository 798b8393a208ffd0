package com.example.nodebridge;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The device and the file of this network on one machine. What is done once more changes nothing.
final class Machine {
    static final String DEVICE = "pods0";
    private static final Path CONFIGURATIONS = Path.of("/etc/cni/net.d");
    private static final Path LINKS = Path.of("/sys/class/net");
    private static final int LIMIT_SECONDS = 10;
    private final Path links;
    private final Path file;
    private final Commands commands;

    /// Runs programs.
    @FunctionalInterface
    interface Commands {
        /// Blocks until it has ended.
        ///
        /// @throws IOException when it fails, with its complaint
        void run(List<String> line) throws IOException;
    }

    /// @param links has an entry for each device
    /// @param configurations where containerd looks for the networks of pods
    Machine(Path links, Path configurations, Commands commands) {
        this.links = links;
        this.file = configurations.resolve("10-node-bridge.conflist");
        this.commands = commands;
    }

    /// The one this process is on.
    static Machine here() {
        return new Machine(LINKS, CONFIGURATIONS, Machine::run);
    }

    /// The device first: once the file is there, pods start.
    void setUp(BridgeNetwork network) throws IOException {
        if (Files.notExists(links.resolve(DEVICE))) {
            commands.run(List.of("ip", "link", "add", DEVICE, "type", "bridge"));
        }
        for (String address : network.addresses()) {
            commands.run(List.of("ip", "address", "replace", address, "dev", DEVICE));
        }
        commands.run(List.of("ip", "link", "set", DEVICE, "up"));
        write(network.configuration(DEVICE));
    }

    /// Whoever reads it finds the whole of it or nothing: by its ending, containerd does not read what is half written.
    private void write(String content) throws IOException {
        Files.createDirectories(file.getParent());
        Path whole = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), content);
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /// The file first: no more pods start.
    void remove() throws IOException {
        Files.deleteIfExists(file);
        if (Files.exists(links.resolve(DEVICE))) {
            commands.run(List.of("ip", "link", "delete", DEVICE));
        }
    }

    private static void run(List<String> line) throws IOException {
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(String.join(" ", line) + ": has not ended after " + LIMIT_SECONDS + " s");
            }
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.exitValue() != 0) {
                throw new IOException(String.join(" ", line) + ": " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }
}
