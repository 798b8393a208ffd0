package io.k3j.kubeletdevices;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What the plug-ins of this node have said of their devices. Any thread; nothing blocks.
///
/// A plug-in that has gone leaves its devices behind as unhealthy ones, so that the node's capacity stays and nothing
/// of it is given away; after five minutes its resource counts as nothing.
final class DeviceInventory {
    /// Upstream's `endpointStopGracePeriod`.
    static final Duration GRACE = Duration.ofMinutes(5);
    private static final int MOST_RESOURCES = 256;
    private final InstantSource monotonic;
    private final Map<String, Entry> entries = new TreeMap<>();
    /// Resources whose plug-ins went for good: the Node says of them that there are none.
    private final Set<String> removed = new TreeSet<>();

    /// One resource.
    private static final class Entry {
        private @Nullable PluginClient plugin;
        private Map<String, Device> devices = Map.of();
        /// Whether there is, or was, a list of devices.
        private boolean listed;
        private Instant stopped;

        Entry(Instant stopped) {
            this.stopped = stopped;
        }
    }

    /// @param monotonic the clock that nobody sets
    DeviceInventory(InstantSource monotonic) {
        this.monotonic = monotonic;
    }

    /// Resources of a kubelet before this one: there are none of them until their plug-ins register again.
    synchronized void restore(Collection<String> resources) {
        resources.stream().limit(MOST_RESOURCES).forEach(name -> {
            Entry entry = new Entry(monotonic.instant());
            entry.listed = true;
            entries.put(name, entry);
        });
    }

    /// A plug-in has registered, in place of the one before. What that has said counts until this one says something.
    /// @throws DeviceFault beyond a number of resources that no node has
    synchronized void connected(PluginClient plugin) throws DeviceFault {
        if (entries.size() >= MOST_RESOURCES && !entries.containsKey(plugin.resource())) {
            throw new DeviceFault("more than " + MOST_RESOURCES + " resources of device plug-ins on a node");
        }
        entries.computeIfAbsent(plugin.resource(), r -> new Entry(monotonic.instant())).plugin = plugin;
        removed.remove(plugin.resource());
    }

    /// All devices of a plug-in; nothing when it is not the registered one any more.
    synchronized void update(PluginClient plugin, Map<String, Device> devices) {
        Entry entry = entries.get(plugin.resource());
        if (entry != null && entry.plugin == plugin) {
            entry.devices = new TreeMap<>(devices);
            entry.listed = true;
        }
    }

    /// A plug-in has ended; nothing when it is not the registered one any more.
    synchronized void disconnected(PluginClient plugin) {
        Entry entry = entries.get(plugin.resource());
        if (entry != null && entry.plugin == plugin) {
            entry.plugin = null;
            entry.stopped = monotonic.instant();
            Map<String, Device> unhealthy = new TreeMap<>();
            entry.devices.forEach((id, device) -> unhealthy.put(id, device.unhealthy()));
            entry.devices = unhealthy;
        }
    }

    /// Forgets resources whose plug-ins have not come back; says whether there were any.
    synchronized boolean expire() {
        boolean any = false;
        Instant until = monotonic.instant().minus(GRACE);
        for (Map.Entry<String, Entry> each : List.copyOf(entries.entrySet())) {
            if (each.getValue().plugin == null && each.getValue().stopped.isBefore(until)) {
                entries.remove(each.getKey());
                any = true;
                if (removed.size() < MOST_RESOURCES) {
                    removed.add(each.getKey());
                }
            }
        }
        return any;
    }

    /// What the Node says.
    synchronized DeviceAmounts amounts() {
        Map<String, Long> capacity = new TreeMap<>();
        Map<String, Long> allocatable = new TreeMap<>();
        removed.forEach(name -> {
            capacity.put(name, 0L);
            allocatable.put(name, 0L);
        });
        entries.forEach((name, entry) -> {
            if (entry.listed) {
                capacity.put(name, (long) entry.devices.size());
                allocatable.put(name, entry.devices.values().stream().filter(Device::healthy).count());
            }
        });
        return new DeviceAmounts(capacity, allocatable);
    }

    /// Whether a resource is that of a plug-in, as far as its devices are known.
    synchronized boolean registered(String resource) {
        Entry entry = entries.get(resource);
        return entry != null && entry.listed;
    }

    synchronized Optional<PluginClient> plugin(String resource) {
        Entry entry = entries.get(resource);
        return entry == null ? Optional.empty() : Optional.ofNullable(entry.plugin);
    }

    /// The ids of those that a container may be given, in order.
    synchronized Set<String> healthy(String resource) {
        Set<String> all = new TreeSet<>();
        devices(resource).values().stream().filter(Device::healthy).forEach(device -> all.add(device.id()));
        return all;
    }

    /// Healthy ids by resource, as checkpoints have them.
    synchronized Map<String, Set<String>> healthy() {
        Map<String, Set<String>> all = new TreeMap<>();
        entries.forEach((name, entry) -> {
            if (entry.listed) {
                all.put(name, healthy(name));
            }
        });
        return all;
    }

    /// All devices of a resource by id; empty when there is no such resource.
    synchronized Map<String, Device> devices(String resource) {
        Entry entry = entries.get(resource);
        return entry == null ? Map.of() : entry.devices;
    }
}
