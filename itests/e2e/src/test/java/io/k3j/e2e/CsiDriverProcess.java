package io.k3j.e2e;

import io.k3j.testkitbase.Waiting;
import io.k3j.testkitcsi.CsiClient;
import io.k3j.testkitcsi.HostPathDriver;
import io.k3j.testkitcsi.Registrar;
import io.k3j.testkitmachine.Machine;
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A driver whose volumes are directories, as a process on a machine, at the places where manifests put drivers: the
/// program that `-Dk3j.csi.hostpath` names, which is `hostpathplugin` of `csi-driver-host-path`, or else
/// [HostPathDriver].
final class CsiDriverProcess implements AutoCloseable {
    static final String NAME = "hostpath.csi.k8s.io";
    private static final String PROGRAM = System.getProperty("k3j.csi.hostpath", "");
    private static final Path INSIDE = Path.of("/var/lib/kubelet");
    private static final String SOCKET = "plugins/csi-hostpath/csi.sock";
    private static final String CALL = "GRPC call: /csi.v1.";
    private final Machine machine;
    private final ChildProcess process;

    private CsiDriverProcess(Machine machine, ChildProcess process) {
        this.machine = machine;
        this.process = process;
    }

    static CsiDriverProcess on(Machine machine) throws IOException {
        Files.createDirectories(machine.dir().resolve("kubelet").resolve(SOCKET).getParent());
        List<String> words = new ArrayList<>(PROGRAM.isEmpty()
                ? List.of(Launch.jdk("java"), "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp",
                        System.getProperty("java.class.path"), HostPathDriver.class.getName())
                : List.of(PROGRAM));
        words.addAll(List.of("--drivername=" + NAME, "--endpoint=unix://" + INSIDE.resolve(SOCKET),
                "--nodeid=" + machine.name(), "--statedir=" + state(machine), "--enable-attach=true", "--v=3"));
        return new CsiDriverProcess(machine, Launch.of(machine.inside(words)).gracePeriod(Duration.ZERO)
                .output(machine.dir().resolve("driver.txt")).start());
    }

    private static Path state(Machine machine) {
        return machine.dir().resolve("hostpath");
    }

    /// Where a volume is kept, by its handle.
    Path volume(String handle) {
        return state(machine).resolve(handle);
    }

    /// Calls of it from outside, once it listens.
    CsiClient client() throws InterruptedException {
        Path socket = machine.dir().resolve("kubelet").resolve(SOCKET);
        Waiting.until("the driver's socket", process, () -> Files.exists(socket));
        return new CsiClient(socket);
    }

    /// Its registrar, a container beside it where manifests are used.
    Registrar registrar() throws IOException {
        Path registry = Files.createDirectories(machine.dir().resolve("kubelet/plugins_registry"));
        return new Registrar(registry.resolve("hostpath-reg.sock"), NAME, INSIDE.resolve(SOCKET));
    }

    /// The calls that came so far and change something, in their order.
    List<String> changes() {
        return process.output().lines().filter(line -> line.contains(CALL))
                .map(line -> line.substring(line.lastIndexOf('/') + 1)).filter(method -> method.endsWith("Volume"))
                .toList();
    }

    String tail() {
        return process.tail();
    }

    @Override
    public void close() {
        process.close();
    }
}
