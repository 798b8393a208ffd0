package io.k3j.csi;

import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.protobufwire.MalformedMessage;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The registration of the plug-in behind one socket, as long as that is there: asks who it is (`GetInfo`), asks a
/// driver about this node, tells the cluster, and tells the registrar how that went (`NotifyRegistrationStatus`). What
/// fails is tried again, each time after twice as long. One loop; see
/// <https://github.com/kubernetes/kubelet/blob/master/pkg/apis/pluginregistration/v1/api.proto>.
final class PluginRegistration {
    private static final System.Logger LOG = System.getLogger("io.k3j.csi");
    private static final String SERVICE = "/pluginregistration.Registration/";
    /// Of the registrar, which runs beside its driver.
    private static final Duration BRIEF = Duration.ofSeconds(10);
    private static final Duration FIRST = Duration.ofSeconds(1);
    /// Upstream's longest back-off of a plug-in.
    private static final Duration LONGEST = Duration.ofMinutes(2);
    /// Of plug-ins that the kubelet itself registers (`kubelet-devices`, `kubelet-dra`); a refusal would end them.
    private static final Set<String> OTHERS = Set.of("DevicePlugin", "DRAPlugin");
    private static final byte[] NOTHING = {};
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_FAULT = 500;
    private final Path socket;
    private final RegisteredDrivers drivers;
    private final PluginWatcher.Cluster cluster;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final SupervisedLoop loop;
    /// The driver that the cluster may have been told of, empty before; guarded by [#closed].
    private String told = "";

    /// Begins at once.
    /// @param socket of the registrar
    /// @param cluster which is told
    PluginRegistration(Path socket, RegisteredDrivers drivers, PluginWatcher.Cluster cluster, Health health) {
        this.socket = socket;
        this.drivers = drivers;
        this.cluster = cluster;
        loop = SupervisedLoop.virtual(health, "csi-plugin-" + VolumeUses.name(socket), this::run).start();
    }

    private void run() throws InterruptedException {
        Duration pause = FIRST;
        while (!registered()) {
            if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST) < 0 ? pause.multipliedBy(2) : LONGEST;
        }
        closed.await();
    }

    private boolean registered() {
        CsiMessages.Plugin plugin;
        try {
            plugin = CsiMessages.plugin(new PluginSocket(socket).call(SERVICE + "GetInfo", NOTHING, BRIEF));
        } catch (IOException | MalformedMessage e) {
            LOG.log(stopped() ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                    "Cannot ask a plug-in who it is path={0} error={1}", socket, e.getMessage());
            return false;
        }
        if (OTHERS.contains(plugin.type())) {
            return true;
        }
        try {
            register(plugin);
            LOG.log(System.Logger.Level.INFO, "Registered a CSI driver name={0} path={1}", plugin.name(), socket);
            tell("");
            return true;
        } catch (IOException e) {
            failed(String.valueOf(e.getMessage()));
        } catch (ApiFault e) {
            if (passing(e)) {
                LOG.log(System.Logger.Level.DEBUG, "A CSI driver is not told of yet path={0} error={1}", socket,
                        e.getMessage());
            } else {
                failed(String.valueOf(e.getMessage()));
            }
        }
        return false;
    }

    private void failed(String error) {
        LOG.log(stopped() ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                "Cannot register a plug-in path={0} error={1}", socket, error);
        tell(error);
    }

    /// Whether it is no fault of the plug-in's, as before the API server answers or has this node: registrars that are
    /// told of a failure end, and are started again.
    private static boolean passing(ApiFault fault) {
        return fault.code() >= SERVER_FAULT || fault.code() == NOT_FOUND || fault.code() == CONFLICT
                || fault.code() == TOO_MANY_REQUESTS;
    }

    private boolean stopped() {
        return closed.getCount() == 0;
    }

    private void register(CsiMessages.Plugin plugin) throws IOException {
        if (!plugin.type().equals("CSIPlugin")) {
            throw new IOException("no handler registered for plugin type: " + plugin.type() + " at socket " + socket);
        }
        String name = CsiPaths.driver(plugin.name());
        if (plugin.versions().stream().noneMatch(v -> v.equals("1") || v.startsWith("1."))) {
            throw new IOException("none of the versions " + plugin.versions() + " of CSI driver " + name
                    + " is supported: 1.x is");
        }
        DriverClient client = drivers.client(name, endpoint(plugin));
        String own = client.name();
        if (!own.equals(name)) {
            throw new IOException("the driver at " + endpoint(plugin) + " calls itself \"" + own
                    + "\", and its registrar calls it \"" + name + "\"");
        }
        CsiMessages.NodeInfo info = client.info();
        synchronized (closed) {
            if (stopped()) {
                throw new IOException("the socket is gone");
            }
            drivers.add(new RegisteredDrivers.Driver(name, socket, client, info));
            told = name;
        }
        try {
            cluster.install(name, info, this::stopped);
        } catch (IOException | ApiFault e) {
            drivers.remove(socket);
            throw e;
        }
    }

    private Path endpoint(CsiMessages.Plugin plugin) throws IOException {
        String path = plugin.endpoint().startsWith("unix://") ? plugin.endpoint().substring("unix://".length())
                : plugin.endpoint();
        try {
            return path.isEmpty() ? socket : Path.of(path);
        } catch (InvalidPathException e) {
            throw new IOException("the endpoint of CSI driver " + plugin.name() + " is no path", e);
        }
    }

    private void tell(String error) {
        try {
            new PluginSocket(socket).call(SERVICE + "NotifyRegistrationStatus", CsiMessages.registrationStatus(error),
                    BRIEF);
        } catch (IOException e) {
            LOG.log(stopped() ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                    "Cannot tell a plug-in about its registration path={0} error={1}", socket, e.getMessage());
        }
    }

    /// Ends it without a word to anybody; the driver is registered no longer.
    /// @param limit how long what is under way is waited for
    /// @return the driver that the cluster may have been told of, also in part; empty when it was told of none
    String stop(Duration limit) {
        String last;
        synchronized (closed) {
            closed.countDown();
            drivers.remove(socket);
            last = told;
        }
        loop.stop(limit);
        return last;
    }
}
