package io.k3j.cricontainerd;

import io.k3j.childprocess.Command;
import io.k3j.codec.MalformedInput;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.SupervisedLoop;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.RuntimeFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.util.tracker.ServiceTracker;

/// The door: keeps containerd running and registers [ContainerRuntime] as soon as it answers; the shipped images are
/// imported meanwhile. Stopping leaves containerd and every container as they are.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.cricontainerd",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class CriContainerd {
    private static final System.Logger LOG = System.getLogger("io.k3j.cricontainerd");
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration STEADY = Duration.ofMinutes(1);
    private static final Duration POLL = Duration.ofMillis(10);
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final BundleContext context;
    private final Filter admission;
    private final Settings settings;
    private final HealthScope health;
    private final Places places;
    private final Machine machine = Machine.here();
    private final Pins pins = new Pins();
    private final Cri cri;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CountDownLatch imported = new CountDownLatch(1);
    private final SupervisedLoop supervisor;
    private final Health loops;
    private @Nullable Thread importer;
    private @Nullable ServiceRegistration<ContainerRuntime> registration;

    /// Begins; the runtime's service follows by itself.
    @Activate
    public CriContainerd(BundleContext context, Settings settings, @Reference Health health) {
        this.context = context;
        this.admission = admission();
        this.settings = settings;
        this.health = health.scope("cri-containerd");
        this.loops = health;
        places = new Places(Path.of(settings.dataDir()).toAbsolutePath(), Path.of(settings.runtimeDir()));
        cri = new Cri(foreign() ? endpoint(settings.containerRuntimeEndpoint()) : places.socket());
        supervisor = SupervisedLoop.virtual(health, "cri-containerd-supervisor", this::supervise).start();
    }

    /// An agent has joined, or the servers agree.
    private static Filter admission() {
        try {
            return FrameworkUtil.createFilter("(&(objectClass=org.osgi.service.condition.Condition)"
                    + "(|(osgi.condition.id=io.k3j.joined)(osgi.condition.id=io.k3j.node-admitted)))");
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean foreign() {
        return !settings.containerRuntimeEndpoint().isEmpty();
    }

    private static Path endpoint(String url) {
        return Path.of(url.startsWith("unix://") ? url.substring("unix://".length()) : url);
    }

    private void supervise() {
        Duration pause = FIRST_PAUSE;
        try {
            admitted();
            while (stopping.getCount() > 0) {
                long since = System.nanoTime();
                try {
                    once();
                } catch (IOException | RuntimeException e) {
                    health.degraded(String.valueOf(e.getMessage()));
                    LOG.log(System.Logger.Level.WARNING, "container runtime is not running: {0}", e.getMessage());
                }
                boolean steady = System.nanoTime() - since > STEADY.toNanos();
                pause = steady ? FIRST_PAUSE : pause.multipliedBy(2);
                pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
                stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits until this machine may run a node of the cluster: one that is refused must not leave containerd behind.
    private void admitted() throws InterruptedException {
        ServiceTracker<Object, Object> tracker = new ServiceTracker<>(context, admission, null);
        tracker.open();
        try {
            tracker.waitForService(0);
        } finally {
            tracker.close();
        }
    }

    /// Runs until containerd has ended.
    private void once() throws IOException, InterruptedException {
        if (foreign()) {
            answering();
            imported.countDown();
            offer();
            stopping.await();
            return;
        }
        Registries registries = Registries.read(Path.of(settings.privateRegistry()),
                !settings.disableDefaultRegistryEndpoint());
        certificates(registries);
        String config = new ContainerdConfig(places, machine, settings, registries.auth()).text();
        Containerd containerd = new Containerd(places, machine, System.getenv());
        ProcessHandle process = containerd.ensure(config);
        Files.writeString(places.crictl(), "runtime-endpoint: unix://" + places.socket() + "\n");
        answering();
        if (importer == null) {
            importer = Thread.ofVirtual().name("image-import").start(this::importImages);
        }
        offer();
        ended(process);
        health.degraded("containerd ended; it is being restarted");
        LOG.log(System.Logger.Level.WARNING, "containerd ended pid=" + process.pid());
    }

    /// Waits for its end; unlike `join` this can be interrupted, so that no thread stays behind.
    private static void ended(ProcessHandle process) throws InterruptedException {
        try {
            process.onExit().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private void certificates(Registries registries) throws IOException {
        Map<String, String> wanted = registries.hosts();
        for (Map.Entry<String, String> e : wanted.entrySet()) {
            Path directory = places.certs().resolve(e.getKey()).normalize();
            if (!directory.getParent().equals(places.certs())) {
                throw new MalformedInput("registries.yaml: \"" + e.getKey() + "\" is no host name");
            }
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("hosts.toml"), e.getValue());
        }
        Files.createDirectories(places.certs());
    }

    private void answering() throws InterruptedException {
        long until = System.nanoTime() + START_LIMIT.toNanos();
        while (true) {
            try {
                cri.runtime("Version", io.k3j.model.Struct.EMPTY, Duration.ofSeconds(5));
                return;
            } catch (RuntimeFault e) {
                if (System.nanoTime() > until || stopping.await(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw e;
                }
            }
        }
    }

    private void importImages() {
        CriImages images = new CriImages(cri, pins);
        String ctr = machine.find("ctr").map(Path::toString).orElse("ctr");
        List<Path> directories = new ArrayList<>();
        directories.add(shipped());
        directories.add(places.images());
        try {
            new ImageImport(directories, List.of(ctr, "--address", places.socket().toString(), "--namespace", "k8s.io"),
                    pins, name -> images.pull(name, io.k3j.model.Struct.EMPTY), new Command(ImageImport.LIMIT))
                    .run(imported::countDown);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "image import ended: {0}", e.getMessage());
            imported.countDown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Path shipped() {
        String home = System.getProperty("k3j.home", ".");
        return settings.shippedImages().isEmpty() ? Path.of(home, "images") : Path.of(settings.shippedImages());
    }

    /// Who keeps the cgroups of pods: our containerd does as its configuration says, another one is asked.
    private boolean systemd() {
        return foreign() ? CgroupDriver.systemd(cri, machine.systemd()) : machine.systemd();
    }

    private synchronized void offer() {
        if (stopping.getCount() == 0) {
            return;
        }
        if (registration == null) {
            registration = context.registerService(ContainerRuntime.class,
                    new CriRuntime(cri, new CriImages(cri, pins), imported, loops, systemd()), null);
        }
        health.ok();
    }

    /// Lets go of the runtime, which goes on.
    @Deactivate
    void stop() {
        stopping.countDown();
        supervisor.interrupt();
        Thread images = importer;
        if (images != null) {
            images.interrupt();
        }
        synchronized (this) {
            if (registration != null) {
                registration.unregister();
            }
        }
        cri.close();
    }
}
