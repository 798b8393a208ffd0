package io.k3j.imageitest;

import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A container of the image with a network of its own, as Docker has it.
final class Box implements AutoCloseable {
    private static final String RELEASE = System.getProperty("k3j.release", "");

    private final ContainerHost host;
    private final String name;
    private final int number;
    private final Spec spec;
    private final List<String> volumes = new ArrayList<>();
    private ChildProcess process;

    /// @param number of its network, its own on the host
    Box(ContainerHost host, String name, int number, Spec spec) {
        this.host = host;
        this.name = name;
        this.number = number;
        this.spec = spec;
    }

    /// With an empty volume of a user.
    Box volume(String path, int owner) throws IOException, InterruptedException {
        Path volume = Files.createDirectories(dir().resolve("volumes" + path));
        Files.setPosixFilePermissions(volume, PosixFilePermissions.fromString("rwxr-xr-x"));
        host.text("chown " + owner + ":" + owner + " " + volume);
        spec.bind(volume.toString(), path);
        volumes.add(path);
        return this;
    }

    /// Starts it: with a volume wherever the image declares one, and with its own command where `words` is empty.
    Box start(String words) throws IOException, InterruptedException {
        Files.createDirectories(dir().resolve("rootfs"));
        for (String path : host.image().volumes()) {
            if (!volumes.contains(path)) {
                volume(path, 0);
            }
        }
        Files.writeString(dir().resolve("config.json"),
                spec.json(name, host.image().commandLine(words), host.image().variables()));
        host.text(ContainerHost.ctr("images mount --rw " + ContainerHost.IMAGE + " " + dir().resolve("rootfs")));
        String inside = "ip -n " + name + " ";
        host.text("ip netns add " + name + " && ip link add " + name + " type veth peer name eth0 netns " + name
                + " && ip addr add 172.30." + number + ".1/24 dev " + name + " && ip link set " + name + " up && "
                + inside + "link set lo up && " + inside + "addr add " + address() + "/24 dev eth0 && " + inside
                + "link set eth0 up && " + inside + "route add default via 172.30." + number + ".1");
        process = host.start("runc run --bundle " + dir() + " --pid-file " + pidFile() + " " + name, logFile());
        return this;
    }

    private Path dir() {
        return host.dir().resolve(name);
    }

    private Path pidFile() {
        return dir().resolve("pid");
    }

    private Path logFile() {
        return dir().resolve("log.txt");
    }

    /// The address of its network.
    String address() {
        return "172.30." + number + ".2";
    }

    /// What it printed.
    String log() throws IOException {
        return Files.readString(logFile());
    }

    /// Waits until a line of its log has these words, as Testcontainers does by `.*words.*`.
    Box awaitLog(String words) throws InterruptedException {
        Waiting.until("line '" + words + "' of " + name, process, () -> log().contains(words));
        return this;
    }

    /// Its first process, seen from the host.
    String pid() throws IOException {
        return Files.readString(pidFile()).strip();
    }

    /// Where its files are, seen from the host.
    String root() throws IOException {
        return "/proc/" + pid() + "/root";
    }

    /// Runs a command in it.
    Outcome exec(String words) throws IOException, InterruptedException {
        return host.run("runc exec " + name + " " + words);
    }

    /// The `kubectl` of the release, on the host, with the kubeconfig copied from the container and the address of the
    /// server replaced, as Testcontainers does.
    String kubectl(String server) throws IOException, InterruptedException {
        String kubeconfig = dir() + "/kubeconfig.yaml";
        host.text("sed -E 's#(server: ).*#\\1" + server + "#' " + root() + "/etc/rancher/k3s/k3s.yaml > " + kubeconfig);
        return "env KUBECONFIG=" + kubeconfig + " KUBECACHEDIR=" + dir() + "/cache " + RELEASE + "/bin/k3s kubectl ";
    }

    /// Sends its first process TERM, as `docker stop` does.
    /// @return the exit code
    /// @throws AssertionError when it goes on longer than Docker waits
    int stop(Duration limit) throws IOException, InterruptedException {
        host.text("runc kill " + name + " TERM");
        return process.awaitEnd(limit);
    }

    /// Waits for its end.
    /// @return the exit code
    int ended() throws InterruptedException {
        return process.awaitEnd(Waiting.LIMIT);
    }

    @Override
    public void close() {
        process.close();
    }
}
