package io.k3j.testkitcsi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A driver in a process of its own, whose volumes are directories of the node that it binds where they are wanted: the
/// services `csi.v1.Identity`, `csi.v1.Controller` and `csi.v1.Node` on a unix socket. It takes the flags of
/// `csi-driver-host-path`, whose place it can take where that has not been built, and tells its calls as that one does.
/// Unlike it, it refuses what comes in an order that CSI does not allow.
public final class HostPathDriver {
    private static final String UNIX = "unix://";

    private HostPathDriver() {
    }

    /// Runs it until it is killed.
    ///
    /// @param arguments `--endpoint=unix://SOCKET`, `--drivername=NAME`, `--nodeid=ID` and `--statedir=DIRECTORY`;
    ///     others are not looked at
    public static void main(String... arguments) throws IOException, InterruptedException {
        Map<String, String> flags = new HashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals > 0) {
                flags.put(argument.substring(0, equals), argument.substring(equals + 1));
            }
        }
        Path socket = Path.of(needed(flags, "--endpoint").substring(UNIX.length()));
        Files.createDirectories(Objects.requireNonNull(socket.getParent()));
        Files.deleteIfExists(socket);
        HostPathVolumes volumes = new HostPathVolumes(Path.of(needed(flags, "--statedir")),
                needed(flags, "--nodeid"));
        HostPathCalls calls = new HostPathCalls(needed(flags, "--drivername"), needed(flags, "--nodeid"), volumes);
        try (ByteServer server = new ByteServer(socket, HostPathCalls.SERVICES, calls)) {
            server.await();
        }
    }

    private static String needed(Map<String, String> flags, String name) {
        String value = flags.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing among " + List.copyOf(flags.keySet()));
        }
        return value;
    }
}
