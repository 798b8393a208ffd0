package io.k3j.kubeletdevices;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.streaming.GrpcFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The plug-ins that are registered, each followed by a loop of its own as long as it lists its devices. One that ends
/// is forgotten until it registers again. Any thread.
final class RegisteredPlugins {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeletdevices");
    private static final String VERSION = "v1beta1";
    private static final Duration END = Duration.ofSeconds(2);
    private final DeviceInventory inventory;
    private final Health health;
    private final Runnable changed;
    /// By resource; guarded by this.
    private final Map<String, Followed> followed = new HashMap<>();
    private boolean closed;

    private record Followed(PluginClient plugin, SupervisedLoop loop) {
    }

    /// @param changed called whenever devices have changed; does not block
    RegisteredPlugins(DeviceInventory inventory, Health health, Runnable changed) {
        this.inventory = inventory;
        this.health = health;
        this.changed = changed;
    }

    /// Registers a plug-in, which is asked for its options, in place of one that had the resource before.
    /// @throws DeviceFault why it is not registered
    void register(String version, String resource, Path socket) throws DeviceFault {
        if (!version.equals(VERSION)) {
            throw new DeviceFault("requested API version \"" + version
                    + "\" is not supported by kubelet. Supported version is [\"" + VERSION + "\"]");
        }
        if (!ExtendedResourceNames.extended(resource)) {
            throw new DeviceFault("the ResourceName \"" + resource + "\" is invalid");
        }
        PluginClient plugin = PluginClient.connected(resource, new DeviceSocket(socket));
        Followed before = begin(plugin);
        if (before != null) {
            before.loop().stop(END);
        }
        LOG.log(System.Logger.Level.INFO, "Registered a device plug-in resource={0} path={1}", resource, socket);
    }

    private synchronized @Nullable Followed begin(PluginClient plugin) throws DeviceFault {
        if (closed) {
            throw new DeviceFault("the kubelet stops");
        }
        inventory.connected(plugin);
        SupervisedLoop loop = SupervisedLoop.virtual(health, "device-plugin-" + plugin.resource(),
                () -> follow(plugin));
        Followed before = followed.put(plugin.resource(), new Followed(plugin, loop));
        if (before != null) {
            before.loop().interrupt();
        }
        loop.start();
        return before;
    }

    /// Its end is the plug-in's, as upstream has it: nobody is dialled again who has not registered again.
    private void follow(PluginClient plugin) {
        String why = "";
        try {
            plugin.watch(devices -> {
                inventory.update(plugin, devices);
                changed.run();
            });
        } catch (GrpcFailure e) {
            why = String.valueOf(e.getMessage());
        } finally {
            inventory.disconnected(plugin);
            changed.run();
        }
        forget(plugin);
        boolean own = Thread.currentThread().isInterrupted();
        LOG.log(own ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                "A device plug-in has ended resource={0} path={1} error={2}", plugin.resource(),
                plugin.socket().path(), why);
    }

    private synchronized void forget(PluginClient plugin) {
        followed.values().removeIf(f -> f.plugin() == plugin);
    }

    /// Ends the registration of whoever is behind a socket that has gone.
    void gone(Path socket) {
        List<Followed> ended = new ArrayList<>();
        synchronized (this) {
            followed.values().stream().filter(f -> f.plugin().socket().path().equals(socket)).forEach(ended::add);
        }
        ended.forEach(f -> f.loop().stop(END));
    }

    /// Ends all registrations; what plug-ins have given stays given.
    void close() {
        List<Followed> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(followed.values());
            followed.clear();
        }
        all.forEach(f -> f.loop().interrupt());
        all.forEach(f -> f.loop().stop(END));
    }
}
