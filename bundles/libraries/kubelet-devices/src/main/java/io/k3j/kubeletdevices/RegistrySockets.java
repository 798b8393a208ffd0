package io.k3j.kubeletdevices;

import io.k3j.protobufwire.MalformedMessage;
import io.k3j.streaming.GrpcFailure;
import io.k3j.streaming.GrpcStatus;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Device plug-ins that do not register themselves but wait to be found in `plugins_registry`, as those of SR-IOV do.
/// What is found there and is none, as drivers of volumes are, is left to others. One thread; each plug-in is asked for
/// ten seconds at most, so one that hangs delays others by that, in the end once in two minutes.
final class RegistrySockets {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeletdevices");
    private static final String SERVICE = "/pluginregistration.Registration/";
    private static final String TYPE = "DevicePlugin";
    private static final String VERSION = "v1beta1";
    private static final Duration BRIEF = Duration.ofSeconds(10);
    /// A socket may be there before somebody listens at it.
    private static final Duration FIRST = Duration.ofSeconds(1);
    /// Upstream's longest back-off of a plug-in.
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final int MOST_SOCKETS = 256;
    private static final int LEVELS = 3;
    private static final int TYPE_MASK = 0170000;
    private static final int SOCKET = 0140000;
    private static final byte[] NOTHING = {};
    private final Path registry;
    private final RegisteredPlugins plugins;
    private final InstantSource monotonic;
    private final Map<Path, Known> known = new HashMap<>();

    /// A socket that was asked.
    ///
    /// @param identity of its file: another one of the same name has another
    /// @param endpoint where its plug-in listens; the socket itself while that is not known
    /// @param again when it is asked again; the far future once it has answered
    /// @param pause how long is waited after the next failure
    private record Known(Object identity, Path endpoint, Instant again, Duration pause) {
    }

    RegistrySockets(Path registry, RegisteredPlugins plugins, InstantSource monotonic) {
        this.registry = registry;
        this.plugins = plugins;
        this.monotonic = monotonic;
    }

    /// Brings the registrations to what sockets there are.
    void look() {
        Map<Path, Object> found = new HashMap<>();
        List<Path> level = List.of(registry);
        for (int i = 0; i < LEVELS && !level.isEmpty(); i++) {
            List<Path> next = new ArrayList<>();
            level.forEach(directory -> look(directory, found, next));
            level = next;
        }
        for (Map.Entry<Path, Known> one : List.copyOf(known.entrySet())) {
            if (!one.getValue().identity().equals(found.get(one.getKey()))) {
                known.remove(one.getKey());
                plugins.gone(one.getValue().endpoint());
            }
        }
        found.forEach((socket, identity) -> {
            Known before = known.get(socket);
            if (before == null || !monotonic.instant().isBefore(before.again())) {
                known.put(socket, asked(socket, identity, before == null ? FIRST : before.pause()));
            }
        });
    }

    private static void look(Path directory, Map<Path, Object> into, List<Path> below) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (into.size() + below.size() >= MOST_SOCKETS) {
                    return;
                }
                sort(file, into, below);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot look for plug-ins path={0} error={1}", directory,
                    e.getMessage());
        }
    }

    private static void sort(Path file, Map<Path, Object> into, List<Path> directories) throws IOException {
        try {
            if (String.valueOf(file.getFileName()).startsWith(".")) {
                return;
            }
            BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (a.isDirectory()) {
                directories.add(file);
            } else if (((int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) & TYPE_MASK) == SOCKET) {
                into.put(file, List.of(String.valueOf(a.fileKey()), a.lastModifiedTime()));
            }
        } catch (NoSuchFileException e) {
            // just gone
        }
    }

    private Known asked(Path socket, Object identity, Duration pause) {
        try {
            DeviceMessages.PluginInfo plugin = DeviceMessages
                    .plugin(new DeviceSocket(socket).call(SERVICE + "GetInfo", NOTHING, BRIEF));
            if (!plugin.type().equals(TYPE)) {
                return new Known(identity, socket, Instant.MAX, FIRST);
            }
            return new Known(identity, registered(socket, plugin), Instant.MAX, FIRST);
        } catch (DeviceFault e) {
            String why = GrpcStatus.words(String.valueOf(e.getMessage()));
            LOG.log(System.Logger.Level.WARNING, "Cannot register a device plug-in path={0} error={1}", socket, why);
            tell(socket, why);
            return later(socket, identity, pause);
        } catch (GrpcFailure | MalformedMessage e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot ask a plug-in who it is path={0} error={1}", socket,
                    e.getMessage());
            return later(socket, identity, pause);
        }
    }

    private Known later(Path socket, Object identity, Duration pause) {
        Duration next = pause.multipliedBy(2);
        return new Known(identity, socket, monotonic.instant().plus(pause),
                next.compareTo(LONGEST) < 0 ? next : LONGEST);
    }

    /// Where the plug-in listens, once it is registered.
    private Path registered(Path socket, DeviceMessages.PluginInfo plugin) throws DeviceFault {
        if (!plugin.versions().contains(VERSION)) {
            throw new DeviceFault("manager version, " + VERSION + ", is not among plugin supported versions "
                    + plugin.versions());
        }
        Path endpoint = endpoint(socket, plugin.endpoint());
        plugins.register(VERSION, plugin.name(), endpoint);
        tell(socket, "");
        return endpoint;
    }

    private static Path endpoint(Path socket, String given) throws DeviceFault {
        String path = given.startsWith("unix://") ? given.substring("unix://".length()) : given;
        try {
            return path.isEmpty() ? socket : Path.of(path);
        } catch (InvalidPathException e) {
            throw new DeviceFault("the endpoint is no path");
        }
    }

    private static void tell(Path socket, String error) {
        try {
            new DeviceSocket(socket).call(SERVICE + "NotifyRegistrationStatus",
                    DeviceMessages.registrationStatus(error), BRIEF);
        } catch (GrpcFailure e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot tell a plug-in about its registration path={0} error={1}",
                    socket, e.getMessage());
        }
    }
}
