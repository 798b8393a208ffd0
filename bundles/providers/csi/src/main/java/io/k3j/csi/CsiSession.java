package io.k3j.csi;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.TimeSource;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.controllerkit.Events;
import io.k3j.kuberuntime.ConfigError;
import io.k3j.kuberuntime.PodTokens;
import io.k3j.nodefiles.Mounts;
import io.k3j.nodefiles.NamedLocks;
import io.k3j.volumeapi.DriverVolumes;
import io.k3j.volumeapi.MountedVolume;
import io.k3j.volumeapi.VolumeHost;
import io.k3j.volumeapi.VolumeRequest;
import io.k3j.volumeapi.VolumeUsage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// The volumes of drivers for one kubelet.
final class CsiSession implements DriverVolumes {
    private static final System.Logger LOG = System.getLogger("io.k3j.csi");
    /// How long the watcher of plug-ins has to end.
    private static final Duration STOP = Duration.ofSeconds(3);
    private static final Duration IDLE = Duration.ofSeconds(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final PodTokens tokens;
    private final FailedOperations failures;
    private final VolumesInUse inUse;
    private final VolumeAttachments attachments;
    private final CsiMounter mounter;
    private final CsiBlockMapper mapper;
    private final PluginWatcher watcher;
    private final SupervisedLoop loop;
    private final Events events;
    private final SupervisedLoop telling;
    private final DriverSpecs specs;
    private final SupervisedLoop limiting;

    /// Begins to look for drivers.
    CsiSession(VolumeHost host, CsiMetrics metrics, TimeSource clock, Health health) {
        ApiClient api = host.api();
        CsiPaths paths = new CsiPaths(host.root());
        RegisteredDrivers drivers = new RegisteredDrivers(metrics);
        Mounts mounts = new Mounts();
        VolumeUses uses = new VolumeUses(paths, new VolumeRecords(api, host.node(), mounts, clock.monotonic()), mounts);
        tokens = new PodTokens(api, clock.monotonic());
        failures = new FailedOperations(clock.monotonic());
        VolumeParameters parameters = new VolumeParameters(api, tokens);
        events = new Events(api, "kubelet", host.node(), clock);
        specs = new DriverSpecs(api, clock);
        inUse = new VolumesInUse(api, host.node(), uses, specs);
        attachments = new VolumeAttachments(api, host.node(), inUse, closed);
        CsiMounter.Session session = new CsiMounter.Session(paths, host.node(), drivers, uses,
                new StagedVolumes(api, host.node(), uses), parameters,
                new NodeExpansion(api, parameters, new ResizedClaims(api, clock), events, host.node()),
                new UsageCalls(clock.monotonic(), closed));
        NamedLocks locks = new NamedLocks();
        mounter = new CsiMounter(session, mounts, locks);
        mapper = new CsiBlockMapper(session, mounts, locks);
        PluginWatcher.Cluster cluster = new PluginWatcher.Cluster(new CsiNodeWriter(api, host.node()));
        watcher = new PluginWatcher(paths, drivers, cluster, health, closed);
        loop = SupervisedLoop.virtual(health, "csi-plugins", watcher::run).start();
        NodeLimits limits = new NodeLimits(specs, drivers, cluster, clock.monotonic(), closed);
        limiting = SupervisedLoop.virtual(health, "csi-limits", limits::run).start();
        telling = SupervisedLoop.virtual(health, "csi-events", this::tell).start();
    }

    private void tell() {
        while (closed.getCount() > 0) {
            if (!events.step()) {
                events.await(IDLE);
            }
        }
    }

    @Override
    public MountedVolume mount(VolumeRequest request) throws IOException {
        return failures.run(request.pod().uid(), "mount " + request.name(), () -> mounted(request));
    }

    private MountedVolume mounted(VolumeRequest request) throws IOException {
        try {
            CsiVolume volume = CsiVolume.of(request);
            CsiDriverSpec driver = mounter.published(volume) ? specs.seen(volume.driver()) : specs.now(volume.driver());
            driver.check(volume);
            return mounter.mounted(volume, driver) ? mounter.asItIs(volume)
                    : mounter.mount(volume, driver, attached(volume, driver));
        } catch (ApiFault | ConfigError e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public Path map(VolumeRequest request) throws IOException {
        return failures.run(request.pod().uid(), "map " + request.name(), () -> mapped(request));
    }

    private Path mapped(VolumeRequest request) throws IOException {
        try {
            CsiVolume volume = CsiVolume.of(request);
            CsiPaths.device(volume.name());
            if (mapper.mapped(volume)) {
                return mapper.asItIs(volume);
            }
            CsiDriverSpec driver = specs.now(volume.driver());
            driver.check(volume);
            return mapper.map(volume, driver, attached(volume, driver));
        } catch (ApiFault | ConfigError e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private Map<String, String> attached(CsiVolume volume, CsiDriverSpec driver) throws IOException {
        return volume.ephemeral() || !driver.attach() ? Map.of() : attachments.attached(volume);
    }

    @Override
    public void release(String uid) throws IOException {
        CsiPaths.component(uid);
        failures.run(uid, "release", () -> {
            FirstFailure failure = new FirstFailure();
            failure.of(() -> mounter.release(uid));
            failure.of(() -> mapper.release(uid));
            failure.check();
            return uid;
        });
        failures.forget(uid);
        tokens.forget(uid);
        if (inUse.forget(uid)) {
            report();
        }
    }

    @Override
    public void prune() {
        try {
            mounter.prune();
            mapper.prune();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot look for unused volumes of CSI drivers error={0}",
                    e.getMessage());
        }
        report();
    }

    /// What is not told now is by the next look, within a minute; until then no volume is detached too early.
    private void report() {
        try {
            inUse.report();
        } catch (ApiFault | IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot tell which volumes are in use error={0}", e.getMessage());
        }
    }

    @Override
    public Optional<VolumeUsage> usage(Path path) throws IOException {
        return mounter.usage(path);
    }

    @Override
    public void apiAttached() {
        specs.attach();
    }

    @Override
    public void apiDetached() {
        specs.detach();
    }

    @Override
    public void close() {
        closed.countDown();
        loop.stop(STOP);
        telling.stop(STOP);
        limiting.stop(STOP);
        specs.close();
        watcher.end();
    }
}
