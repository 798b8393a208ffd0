package io.k3j.cricontainerd;

import io.k3j.childprocess.Command;
import io.k3j.childprocess.Daemon;
import io.k3j.componentapi.Health;
import io.k3j.images.Images;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Reaper;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A real containerd below a directory, with the shipped images and a small bridge network.
public final class TestRuntime {
    private static final String NETWORK = """
            {"cniVersion": "1.0.0", "name": "k3jtest", "plugins": [{"type": "bridge", "bridge": "k3jtest0",
             "isGateway": true, "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.88.77.0/24"}]],
             "dataDir": "%s"}}]}
            """;
    private final Containerd containerd;
    private final ProcessHandle process;
    private final Cri cri;
    private final Thread importer;
    private final CriRuntime runtime;

    /// Starts it; returns when pods can run.
    public TestRuntime(Path directory) throws IOException, InterruptedException {
        ContainerdLayout places = new ContainerdLayout(directory, directory.resolve("run"));
        ContainerdSettings settings = (ContainerdSettings) Proxy.newProxyInstance(
                ContainerdSettings.class.getClassLoader(),
                new Class<?>[] {ContainerdSettings.class}, (p, m, a) -> m.getDefaultValue());
        HostCapabilities machine = HostCapabilities.here();
        containerd = new Containerd(places, machine, Map.of());
        Files.createDirectories(places.cni());
        Files.writeString(places.cni().resolve("10-test.conflist"), NETWORK.formatted(directory.resolve("ipam")));
        Images.main(new String[] {directory.resolve("shipped").toString()});
        process = containerd.ensure(new ContainerdConfig(places, machine, settings));
        Reaper.watch(process.pid());
        cri = new Cri(places.socket());
        PinnedImages pins = new PinnedImages();
        CountDownLatch imported = new CountDownLatch(1);
        runtime = new CriRuntime(cri, new CriImages(cri, pins, Optional.empty()), imported, Health.none(),
                machine.systemd(), process::pid);
        Waiting.until("network of the runtime", this::ready);
        Ctr ctr = new Ctr(List.of("ctr", "--address", places.socket().toString(), "--namespace", "k8s.io"),
                new Command(Ctr.LIMIT), machine::find);
        ImageImport imports = new ImageImport(List.of(directory.resolve("shipped"), places.images()), ctr,
                new ImageNames(ctr, List.of(), pins), runtime.images());
        importer = Thread.ofVirtual().start(() -> {
            try {
                imports.run(imported::countDown);
            } catch (IOException | InterruptedException e) {
                imported.countDown();
            }
        });
        if (!imported.await(Waiting.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("the images were not imported within " + Waiting.LIMIT.toSeconds() + " s");
        }
    }

    private boolean ready() {
        try {
            return runtime.readiness().network();
        } catch (RuntimeFault e) {
            return false;
        }
    }

    /// The runtime.
    public ContainerRuntime runtime() {
        return runtime;
    }

    /// Ends every pod and containerd, and removes the bridge.
    public void close() throws IOException, InterruptedException {
        importer.interrupt();
        runtime.sandboxes(Map.of()).forEach(s -> runtime.removeSandbox(s.id()));
        cri.close();
        Daemon.end(process, Duration.ofSeconds(15));
        Launch.of("ip", "link", "delete", "k3jtest0").run(Duration.ofSeconds(15));
    }
}
