package io.k3j.csi;

import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.Health;
import io.k3j.nodefiles.PodDirectories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Follows the sockets in `plugins_registry` and below: one that appears is a plug-in to be registered, one that goes
/// takes its driver with it, one that is replaced does both. Looked at each second, so that what was there before is
/// found like what comes. One thread.
final class PluginWatcher {
    private static final System.Logger LOG = System.getLogger("io.k3j.csi");
    private static final Duration LOOK = Duration.ofSeconds(1);
    /// After so many looks the cluster is told again, which costs reads where it is as it should be: many nodes do so.
    private static final int TELL_EVERY = 600;
    /// The same where it could not be told.
    private static final int TELL_AGAIN = 10;
    private static final int MOST_SOCKETS = 256;
    private static final int LEVELS = 3;
    private static final Duration END = Duration.ofSeconds(2);
    private static final int TYPE_MASK = 0170000;
    private static final int SOCKET = 0140000;
    private final CsiPaths paths;
    private final RegisteredDrivers drivers;
    private final Cluster cluster;
    private final Health health;
    private final CountDownLatch closed;
    private final Map<Path, Known> known = new ConcurrentHashMap<>();
    /// Drivers that have gone and are still told of; this thread's.
    private final TreeSet<String> gone = new TreeSet<>();

    /// @param identity of the socket's file: another one of the same name has another
    private record Known(Object identity, PluginRegistration registration) {
    }

    /// Where the cluster is told of drivers; for several threads.
    static final class Cluster {
        private final CsiNodeWriter writer;

        Cluster(CsiNodeWriter writer) {
            this.writer = writer;
        }

        /// Does nothing for a driver that has gone while this was waited for.
        /// @throws ApiFault when the API refuses or does not answer
        /// @throws IOException when what the driver says cannot be
        synchronized void install(String driver, CsiMessages.NodeInfo info, BooleanSupplier gone)
                throws IOException {
            if (!gone.getAsBoolean()) {
                writer.install(driver, info);
            }
        }

        /// A driver that is registered again has been added before it is told of, which waits for this.
        private synchronized void uninstall(String driver, BooleanSupplier gone) throws IOException {
            if (gone.getAsBoolean()) {
                writer.uninstall(driver);
            }
        }

        private synchronized void ensure() throws IOException {
            writer.ensure();
        }
    }

    /// @param closed reaches zero at the end
    PluginWatcher(CsiPaths paths, RegisteredDrivers drivers, Cluster cluster, Health health, CountDownLatch closed) {
        this.paths = paths;
        this.drivers = drivers;
        this.cluster = cluster;
        this.health = health;
        this.closed = closed;
    }

    /// Works until closed. The end takes no driver out of the API: they and their volumes go on.
    void run() throws InterruptedException {
        int left = 0;
        do {
            look();
            if (left-- == 0) {
                left = tell() ? TELL_EVERY : TELL_AGAIN;
            }
        } while (!closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
    }

    /// Ends all registrations without a word to anybody; after [#run].
    void end() {
        known.values().forEach(k -> k.registration().stop(END));
        known.clear();
    }

    /// Manifests of drivers mount these directories, and expect them to be there.
    private void make() {
        try {
            PodDirectories.make(paths.registry());
            PodDirectories.make(paths.plugins());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot make a directory for plug-ins error={0}", e.getMessage());
        }
    }

    /// Brings the registrations to what sockets there are.
    void look() {
        make();
        Map<Path, Object> found = sockets();
        for (Map.Entry<Path, Known> one : List.copyOf(known.entrySet())) {
            if (!one.getValue().identity().equals(found.get(one.getKey()))) {
                end(one.getKey(), one.getValue());
            }
        }
        found.forEach((socket, identity) -> known.computeIfAbsent(socket,
                s -> new Known(identity, new PluginRegistration(s, drivers, cluster, health))));
        List.copyOf(gone).forEach(this::forget);
    }

    private void end(Path socket, Known was) {
        String driver = was.registration().stop(END);
        known.remove(socket);
        if (!driver.isEmpty()) {
            gone.add(driver);
            LOG.log(System.Logger.Level.INFO, "A CSI driver has gone name={0} path={1}", driver, socket);
        }
    }

    /// A name that has come again meanwhile is not taken away.
    private void forget(String driver) {
        try {
            cluster.uninstall(driver, () -> drivers.find(driver).isEmpty());
            gone.remove(driver);
        } catch (ApiFault | IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "A CSI driver that has gone is still told of name={0} error={1}", driver,
                    e.getMessage());
        }
    }

    /// @return whether all is told
    private boolean tell() {
        boolean all = true;
        try {
            cluster.ensure();
        } catch (ApiFault | IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "There is no CSINode of this node error={0}", e.getMessage());
            all = false;
        }
        for (RegisteredDrivers.Driver driver : drivers.all()) {
            all &= tell(driver);
        }
        return all;
    }

    private boolean tell(RegisteredDrivers.Driver driver) {
        try {
            cluster.install(driver.name(), driver.info(), () -> drivers.find(driver.name()).isEmpty());
            return true;
        } catch (ApiFault | IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "The cluster is not told of a CSI driver name={0} error={1}",
                    driver.name(), e.getMessage());
            return false;
        }
    }

    private Map<Path, Object> sockets() {
        Map<Path, Object> found = new HashMap<>();
        List<Path> level = List.of(paths.registry());
        for (int i = 0; i < LEVELS && !level.isEmpty(); i++) {
            List<Path> next = new ArrayList<>();
            level.forEach(directory -> sockets(directory, found, next));
            level = next;
        }
        return found;
    }

    /// @param into sockets with their identities
    /// @param below directories
    private static void sockets(Path directory, Map<Path, Object> into, List<Path> below) {
        try {
            for (Path p : VolumeUses.children(directory)) {
                if (into.size() + below.size() >= MOST_SOCKETS) {
                    LOG.log(System.Logger.Level.DEBUG, "More plug-ins than are looked at path={0}", directory);
                    return;
                }
                look(p, into, below);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot look for plug-ins path={0} error={1}", directory,
                    e.getMessage());
        }
    }

    private static void look(Path p, Map<Path, Object> into, List<Path> below) throws IOException {
        try {
            if (VolumeUses.name(p).startsWith(".")) {
                return;
            }
            BasicFileAttributes a = Files.readAttributes(p, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (a.isDirectory()) {
                below.add(p);
            } else if (((int) Files.getAttribute(p, "unix:mode", LinkOption.NOFOLLOW_LINKS) & TYPE_MASK) == SOCKET) {
                into.put(p, List.of(String.valueOf(a.fileKey()), a.lastModifiedTime()));
            }
        } catch (NoSuchFileException e) {
            // just gone
        }
    }
}
