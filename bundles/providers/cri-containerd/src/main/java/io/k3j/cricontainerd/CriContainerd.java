package io.k3j.cricontainerd;

import io.k3j.childprocess.Command;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.ListeningSockets;
import io.k3j.componentapi.Metrics;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.componentbase.Termination;
import io.k3j.edgeapi.Endpoint;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.RuntimeFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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

/// The OSGi component: supervises containerd and registers [ContainerRuntime] as soon as it responds; the shipped
/// images are imported meanwhile. Stopping leaves containerd and all containers running.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.cricontainerd",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class CriContainerd {
    private static final System.Logger LOG = System.getLogger("io.k3j.cricontainerd");
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration STEADY = Duration.ofMinutes(1);
    private static final Duration POLL = Duration.ofMillis(10);
    private static final Duration REGISTRIES_EVERY = Duration.ofSeconds(1);
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    /// How long a stop waits for its threads, altogether.
    private static final Duration STOP = Duration.ofSeconds(2);

    private final BundleContext context;
    private final Filter admission;
    private final ContainerdSettings settings;
    private final HealthScope health;
    private final ContainerdLayout places;
    private final HostCapabilities machine = HostCapabilities.here();
    private final PinnedImages pins = new PinnedImages();
    private final CriEndpoints endpoints;
    private final Cri cri;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CountDownLatch imported = new CountDownLatch(1);
    private final Optional<ImageSources> sources;
    private final SupervisedLoop supervisor;
    private final SupervisedLoop registries;
    private final Health loops;
    private final List<ServiceRegistration<?>> served = new ArrayList<>();
    private volatile @Nullable Thread importer;
    private volatile long pid;
    private @Nullable ServiceRegistration<ContainerRuntime> registration;

    /// Starts the loop, which registers the service.
    @Activate
    public CriContainerd(BundleContext context, ContainerdSettings settings, @Reference Health health) {
        this.context = context;
        this.admission = admission();
        this.settings = settings;
        this.health = health.scope("cri-containerd");
        this.loops = health;
        pins.add(ContainerdConfig.pauseImage(settings));
        places = new ContainerdLayout(Path.of(settings.dataDir()).toAbsolutePath(), Path.of(settings.runtimeDir()));
        endpoints = CriEndpoints.of(settings, places.socket());
        cri = new Cri(endpoints, Cri.limit(settings.kubeletArg()));
        sources = external() ? Optional.empty() : Optional.of(new ImageSources(settings, places,
                environment(), InstantSource.system()));
        served.add(context.registerService(Metrics.class, cri.metrics()::text, new Hashtable<>()));
        sources.ifPresent(this::serve);
        registries = SupervisedLoop.virtual(health, "cri-containerd-registries", this::followRegistries).start();
        supervisor = SupervisedLoop.virtual(health, "cri-containerd-supervisor", this::supervise).start();
    }

    /// Matches when an agent has joined, or the servers have agreed.
    private static Filter admission() {
        try {
            return FrameworkUtil.createFilter("(&(objectClass=org.osgi.service.condition.Condition)"
                    + "(|(osgi.condition.id=io.k3j.joined)(osgi.condition.id=io.k3j.node-admitted)))");
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, String> environment() {
        return Containerd.environment(System.getenv(), Containerd.spared(settings));
    }

    private boolean external() {
        return !settings.containerRuntimeEndpoint().isEmpty();
    }

    private void supervise() {
        Duration pause = FIRST_PAUSE;
        try {
            awaitAdmission();
            while (stopping.getCount() > 0) {
                long since = System.nanoTime();
                try {
                    once();
                } catch (IOException | RuntimeException e) {
                    health.degraded(String.valueOf(e.getMessage()));
                    LOG.log(System.Logger.Level.WARNING, "Container runtime is not running error={0}", e.getMessage());
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

    /// Waits until this machine is admitted to the cluster: a refused node must not leave containerd behind.
    private void awaitAdmission() throws InterruptedException {
        ServiceTracker<Object, Object> tracker = new ServiceTracker<>(context, admission, null);
        tracker.open();
        try {
            tracker.waitForService(0);
        } finally {
            tracker.close();
        }
    }

    /// Supervises containerd until it exits.
    private void once() throws IOException, InterruptedException {
        if (external()) {
            tellCrictl();
            awaitResponding();
            imported.countDown();
            registerRuntime();
            stopping.await();
            return;
        }
        sources.ifPresent(ImageSources::refresh);
        Containerd containerd = new Containerd(places, machine, environment());
        ProcessHandle process = containerd.ensure(new ContainerdConfig(places, machine, settings));
        pid = process.pid();
        tellCrictl();
        awaitResponding();
        if (importer == null) {
            importer = Thread.ofVirtual().name("image-import").start(this::importImages);
        }
        registerRuntime();
        awaitEnd(process);
        health.degraded("containerd ended; it is being restarted");
        LOG.log(System.Logger.Level.WARNING, "Containerd exited pid=" + process.pid());
    }

    private void tellCrictl() throws IOException {
        Files.createDirectories(Objects.requireNonNull(places.crictl().getParent()));
        Files.writeString(places.crictl(), endpoints.crictl());
    }

    /// Waits for the end of the process; unlike `join` this is interruptible, so that no thread is left behind.
    private static void awaitEnd(ProcessHandle process) throws InterruptedException {
        try {
            process.onExit().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private void serve(ImageSources own) {
        served.add(context.registerService(Endpoint.class, own.endpoint(),
                new Hashtable<>(Map.of(Endpoint.PORT, ListeningSockets.KUBELET))));
        served.add(context.registerService(Metrics.class, own::metrics, new Hashtable<>()));
    }

    /// Takes changes up within a second, also for whoever asks containerd without us (`crictl pull`).
    private void followRegistries() throws InterruptedException {
        if (sources.isEmpty()) {
            return;
        }
        awaitAdmission();
        try (HealthScope scope = loops.scope("registries")) {
            do {
                String problem = sources.map(ImageSources::refresh).orElse("");
                if (problem.isEmpty()) {
                    scope.ok();
                } else {
                    scope.degraded(problem);
                }
            } while (!stopping.await(REGISTRIES_EVERY.toMillis(), TimeUnit.MILLISECONDS));
        }
    }

    private void awaitResponding() throws InterruptedException {
        long until = System.nanoTime() + START_LIMIT.toNanos();
        while (true) {
            try {
                cri.runtime("Version", Struct.EMPTY, ANSWER);
                if (!endpoints.shared()) {
                    // the call by which upstream's kubelet finds out whether an image service is there
                    cri.images("ImageFsInfo", Struct.EMPTY, ANSWER);
                }
                return;
            } catch (RuntimeFault e) {
                if (System.nanoTime() > until || stopping.await(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw e;
                }
            }
        }
    }

    private void importImages() {
        CriImages images = new CriImages(cri.ofRuntime(), pins, sources);
        Ctr ctr = new Ctr(List.of(machine.find("ctr").map(Path::toString).orElse("ctr"), "--address",
                places.socket().toString(), "--namespace", "k8s.io"), new Command(Ctr.LIMIT), machine::find);
        try {
            new ImageImport(List.of(shippedImages(), places.images()), ctr,
                    new ImageNames(ctr, registries(settings), pins), images).run(imported::countDown);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Image import ended error={0}", e.getMessage());
            imported.countDown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// The registries that imported images are said to be of, too.
    private static List<String> registries(ContainerdSettings settings) {
        return Stream.concat(Stream.of(settings.airgapExtraRegistry()), Stream.of(settings.systemDefaultRegistry()))
                .filter(r -> !r.isEmpty()).distinct().toList();
    }

    private Path shippedImages() {
        String home = System.getProperty("k3j.home", ".");
        return settings.shippedImages().isEmpty() ? Path.of(home, "images") : Path.of(settings.shippedImages());
    }

    /// Whether systemd manages the pods' cgroups: known for the supervised containerd, asked of an external runtime.
    private boolean systemd() {
        return external() ? RuntimeConfig.systemd(cri, machine.systemd()) : machine.systemd();
    }

    private synchronized void registerRuntime() {
        if (stopping.getCount() == 0) {
            return;
        }
        if (registration == null) {
            registration = context.registerService(ContainerRuntime.class,
                    new CriRuntime(cri, new CriImages(cri, pins, endpoints.shared() ? sources : Optional.empty()),
                            imported, loops, systemd(), () -> pid),
                    null);
        }
        health.ok();
    }

    /// Disconnects from the runtime, which keeps running; no file is written and no image imported when this returns.
    @Deactivate
    void stop() {
        stopping.countDown();
        supervisor.interrupt();
        registries.interrupt();
        Optional.ofNullable(importer).ifPresent(Thread::interrupt);
        synchronized (this) {
            if (registration != null) {
                registration.unregister();
            }
        }
        served.forEach(ServiceRegistration::unregister);
        sources.ifPresent(ImageSources::close);
        // what waits for the runtime goes on when its connection is closed
        cri.close();
        long end = System.nanoTime() + STOP.toNanos();
        supervisor.stop(STOP);
        registries.stop(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        // looked at again: the supervisor may have begun it meanwhile
        Thread images = importer;
        if (images != null) {
            Termination.of(images, Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        }
    }
}
