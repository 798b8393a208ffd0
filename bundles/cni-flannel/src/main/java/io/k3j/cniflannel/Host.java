package io.k3j.cniflannel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// This machine's links, sysctls and files.
final class Host {
    private static final System.Logger LOG = System.getLogger("io.k3j.cniflannel");
    private static final long MOST_SECONDS = 10;
    private static final Map<String, String> SYSCTLS = Map.of("net/ipv4/ip_forward", "1",
            "net/ipv4/conf/all/forwarding", "1",
            "net/ipv4/conf/default/forwarding", "1", "net/ipv4/conf/all/route_localnet", "1",
            "net/bridge/bridge-nf-call-iptables", "1", "net/bridge/bridge-nf-call-ip6tables", "1",
            "net/ipv6/conf/all/forwarding", "1");

    /// Sets what forwarding needs; what the kernel does not have or does not allow is told at debug level,
    /// because namespaces differ in what they may set.
    void sysctls() {
        SYSCTLS.forEach((name, value) -> {
            try {
                Path file = Path.of("/proc/sys", name);
                if (Files.exists(file) && !Files.readString(file).strip().equals(value)) {
                    Files.writeString(file, value);
                }
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "sysctl {0}: {1}", name, e.getMessage());
            }
        });
    }

    boolean linkExists(String link) {
        return Files.exists(Path.of("/sys/class/net", link)) || run(List.of("ip", "link", "show", link)) == 0;
    }

    /// Runs one `ip` command.
    /// @throws IOException when it fails, with its complaint
    void ip(List<String> line) throws IOException {
        int code = run(line);
        if (code != 0) {
            throw new IOException(String.join(" ", line) + ": exit code " + code);
        }
    }

    private int run(List<String> line) {
        try {
            Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            boolean ended = process.waitFor(MOST_SECONDS, TimeUnit.SECONDS);
            LOG.log(System.Logger.Level.DEBUG, "{0}: {1}", String.join(" ", line), said);
            return ended ? process.exitValue() : -1;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot run {0}: {1}", line.getFirst(), e.getMessage());
            return -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    /// Writes a file as a whole, unless it is already so; returns whether it changed.
    boolean write(Path file, byte[] content) throws IOException {
        if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), content)) {
            return false;
        }
        Files.createDirectories(file.getParent());
        Path fresh = file.resolveSibling("." + file.getFileName() + ".new");
        Files.write(fresh, content);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        return true;
    }
}
