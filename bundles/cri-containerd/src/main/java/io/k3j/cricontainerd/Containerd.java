package io.k3j.cricontainerd;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The containerd process. It lives in a session of its own and outlives us; whoever comes next adopts it
/// when it still runs with the configuration wanted now, and replaces it otherwise.
final class Containerd {
    private static final System.Logger LOG = System.getLogger("io.k3j.cricontainerd");
    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);
    private static final long MAX_LOG_BYTES = 64L << 20;
    private static final String PREFIX = "CONTAINERD_";
    private final Places places;
    private final Machine machine;
    private final Map<String, String> environment;

    Containerd(Places places, Machine machine, Map<String, String> environment) {
        this.places = places;
        this.machine = machine;
        this.environment = new TreeMap<>(environment);
    }

    /// Makes sure a process runs with this configuration: the one that is there, or a new one.
    /// @return a handle to wait for its end
    ProcessHandle ensure(String config) throws IOException, InterruptedException {
        String hash = hash(config);
        Optional<ProcessRecord> found = ProcessRecord.read(places.process()).filter(ProcessRecord::alive);
        if (found.isPresent()) {
            Optional<ProcessHandle> running = ProcessHandle.of(found.get().pid());
            if (running.isPresent() && found.get().hash().equals(hash)) {
                LOG.log(System.Logger.Level.INFO, "adopted containerd pid=" + found.get().pid());
                return running.get();
            }
            if (running.isPresent()) {
                stop(running.get());
            }
        }
        return start(config, hash);
    }

    private ProcessHandle start(String config, String hash) throws IOException {
        Path binary = machine.find("containerd").orElseThrow(() -> new IOException(
                "containerd is not installed; type: apt-get install containerd runc containernetworking-plugins"));
        for (Path directory : List.of(places.config().getParent(), places.root(), places.runtimeDir(), places.cni())) {
            Files.createDirectories(directory);
        }
        Files.writeString(places.config(), config);
        if (Files.exists(places.log()) && Files.size(places.log()) > MAX_LOG_BYTES) {
            Files.move(places.log(), places.log().resolveSibling("containerd.log.1"),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        if (answers(places.socket())) {
            throw new IOException("another containerd answers at " + places.socket()
                    + "; stop it (k3s-killall.sh does), or name it by --container-runtime-endpoint");
        }
        Files.deleteIfExists(places.socket());
        // a session of its own: a Ctrl-C or the end of our group must not reach it
        ProcessBuilder b = new ProcessBuilder(machine.find("setsid").map(Path::toString).orElse("setsid"),
                binary.toString(), "--config", places.config().toString());
        b.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(places.log().toFile()));
        b.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        b.environment().put("PATH", String.join(":", machine.path().stream().map(Path::toString).toList()));
        environment.forEach((k, v) -> {
            if (k.startsWith(PREFIX)) {
                b.environment().put(k.substring(PREFIX.length()), v);
            }
        });
        ProcessHandle handle = b.start().toHandle();
        ProcessRecord.of(handle.pid(), hash).write(places.process());
        LOG.log(System.Logger.Level.INFO, "started containerd pid=" + handle.pid() + " log=" + places.log());
        return handle;
    }

    private static boolean answers(Path socket) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return channel.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /// Ends the process; containers go on without it.
    void stop(ProcessHandle handle) throws InterruptedException {
        handle.destroy();
        if (!ended(handle, STOP_LIMIT)) {
            handle.destroyForcibly();
            ended(handle, STOP_LIMIT);
        }
    }

    private static boolean ended(ProcessHandle handle, Duration limit) throws InterruptedException {
        try {
            handle.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true;
        }
    }

    private static String hash(String config) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
                    .digest(config.getBytes(StandardCharsets.UTF_8)), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
