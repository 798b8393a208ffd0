package io.k3j.kubeletdra;

import io.k3j.protobufwire.MalformedMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The drivers of devices on this node, by the sockets in `plugins_registry`: one that appears is registered, one that
/// goes takes its driver with it. While a driver is updated there may be two of a name: the one that came last is
/// asked. Plug-ins of another type are others' business and are told nothing. [#look] is one thread's; drivers may be
/// asked for by any.
final class DraPlugins {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final String SERVICE = "/pluginregistration.Registration/";
    private static final String TYPE = "DRAPlugin";
    private static final Duration BRIEF = Duration.ofSeconds(10);
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final int MOST_SOCKETS = 256;
    private static final int LEVELS = 3;
    private static final int TYPE_MASK = 0170000;
    private static final int SOCKET = 0140000;
    private static final byte[] NOTHING = {};
    private final Path registry;
    private final InstantSource monotonic;
    private final Map<Path, Known> known = new HashMap<>();
    /// By name, in the order in which they came; never empty.
    private final Map<String, List<DraDriver>> drivers = new ConcurrentHashMap<>();

    /// @param identity of the socket's file: another one of the same name has another
    /// @param again when it is asked once more; null for never
    private record Known(Object identity, Duration pause, @Nullable Instant again) {
    }

    /// @param monotonic of pauses
    DraPlugins(Path registry, InstantSource monotonic) {
        this.registry = registry;
        this.monotonic = monotonic;
    }

    Optional<DraDriver> find(String name) {
        return Optional.ofNullable(drivers.get(name)).map(List::getLast);
    }

    /// Those that are asked, one of each name.
    List<DraDriver> current() {
        return names().stream().flatMap(name -> find(name).stream()).toList();
    }

    /// The names of all that are registered.
    Set<String> names() {
        return new TreeSet<>(drivers.keySet());
    }

    /// Brings the registrations to what sockets there are.
    ///
    /// @return drivers that have gone
    Set<String> look() {
        Map<Path, Object> found = sockets();
        Set<String> gone = new TreeSet<>();
        known.entrySet().removeIf(one -> {
            boolean same = one.getValue().identity().equals(found.get(one.getKey()));
            if (!same) {
                gone.addAll(removed(one.getKey()));
            }
            return !same;
        });
        Instant now = monotonic.instant();
        found.forEach((socket, identity) -> {
            Known one = known.getOrDefault(socket, new Known(identity, FIRST, now));
            Instant again = one.again();
            if (again != null && !again.isAfter(now)) {
                Duration longer = one.pause().multipliedBy(2);
                known.put(socket, registered(socket) ? new Known(identity, FIRST, null)
                        : new Known(identity, longer.compareTo(LONGEST) < 0 ? longer : LONGEST,
                                now.plus(one.pause())));
            }
        });
        gone.removeAll(drivers.keySet());
        return gone;
    }

    /// @return the names of drivers of which none is left
    private Set<String> removed(Path registrar) {
        Set<String> gone = new TreeSet<>();
        for (String name : names()) {
            List<DraDriver> all = drivers.getOrDefault(name, List.of());
            List<DraDriver> left = all.stream().filter(d -> !d.registrar().equals(registrar)).toList();
            if (left.size() < all.size()) {
                LOG.log(System.Logger.Level.INFO, "A DRA driver has gone name={0} path={1}", name, registrar);
            }
            if (left.isEmpty()) {
                drivers.remove(name);
                gone.add(name);
            } else {
                drivers.put(name, left);
            }
        }
        return gone;
    }

    /// Whether nothing is left to do for a socket.
    private boolean registered(Path socket) {
        DraMessages.Plugin plugin;
        try {
            plugin = DraMessages.plugin(new DraSocket(socket).call(SERVICE + "GetInfo", NOTHING, BRIEF));
        } catch (IOException | MalformedMessage e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot ask a plug-in who it is path={0} error={1}", socket,
                    e.getMessage());
            return false;
        }
        if (!plugin.type().equals(TYPE)) {
            return true;
        }
        try {
            DraDriver driver = driver(plugin, socket);
            drivers.merge(driver.name(), List.of(driver),
                    (there, more) -> Stream.concat(there.stream(), more.stream()).toList());
            LOG.log(System.Logger.Level.INFO, "Registered a DRA driver name={0} path={1}", driver.name(), socket);
            tell(socket, "");
            return true;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot register a plug-in path={0} error={1}", socket,
                    e.getMessage());
            tell(socket, String.valueOf(e.getMessage()));
            return false;
        }
    }

    private DraDriver driver(DraMessages.Plugin plugin, Path socket) throws IOException {
        String name = plugin.name();
        if (name.isEmpty() || name.length() > 63 || name.indexOf('/') >= 0) {
            throw new IOException("the name of DRA driver \"" + name + "\" is none; it is a DNS subdomain of 63"
                    + " characters at most");
        }
        for (String version : List.of("v1", "v1beta1")) {
            if (plugin.versions().contains(version + "." + TYPE)) {
                return new DraDriver(name, socket, new DraSocket(endpoint(plugin, socket)), version);
            }
        }
        throw new IOException("none of the versions " + plugin.versions() + " of DRA driver " + name
                + " is supported: v1.DRAPlugin and v1beta1.DRAPlugin are");
    }

    private static Path endpoint(DraMessages.Plugin plugin, Path socket) throws IOException {
        String path = plugin.endpoint().startsWith("unix://") ? plugin.endpoint().substring("unix://".length())
                : plugin.endpoint();
        try {
            return path.isEmpty() ? socket : Path.of(path);
        } catch (InvalidPathException e) {
            throw new IOException("the endpoint of DRA driver " + plugin.name() + " is no path", e);
        }
    }

    private static void tell(Path socket, String error) {
        try {
            new DraSocket(socket).call(SERVICE + "NotifyRegistrationStatus", DraMessages.registrationStatus(error),
                    BRIEF);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot tell a plug-in about its registration path={0} error={1}",
                    socket, e.getMessage());
        }
    }

    private Map<Path, Object> sockets() {
        Map<Path, Object> found = new HashMap<>();
        if (Files.isDirectory(registry, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> all = Files.find(registry, LEVELS, (p, a) -> a.isOther())) {
                all.limit(MOST_SOCKETS).forEach(p -> look(p, found));
            } catch (IOException | UncheckedIOException e) {
                LOG.log(System.Logger.Level.DEBUG, "Cannot look for plug-ins path={0} error={1}", registry,
                        e.getMessage());
            }
        }
        return found;
    }

    private static void look(Path p, Map<Path, Object> into) {
        try {
            boolean hidden = String.valueOf(p.getFileName()).startsWith(".");
            int mode = (int) Files.getAttribute(p, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            if (!hidden && (mode & TYPE_MASK) == SOCKET) {
                BasicFileAttributes a = Files.readAttributes(p, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                into.put(p, List.of(String.valueOf(a.fileKey()), a.lastModifiedTime()));
            }
        } catch (NoSuchFileException e) {
            // just gone
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot look at a plug-in path={0} error={1}", p, e.getMessage());
        }
    }
}
