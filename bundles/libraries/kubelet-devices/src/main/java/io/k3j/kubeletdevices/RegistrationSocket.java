package io.k3j.kubeletdevices;

import io.k3j.protobufwire.MalformedMessage;
import io.k3j.streaming.GrpcFailure;
import io.k3j.streaming.GrpcServer;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/// `device-plugins/kubelet.sock`, where plug-ins register. They watch it: one that comes anew tells them that they have
/// to register again. So it is made anew by each kubelet, and by the same one when its directory was replaced. One
/// thread but for [#answer].
final class RegistrationSocket {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeletdevices");
    private static final String NAME = "kubelet.sock";
    private static final String REGISTER = "/v1beta1.Registration/Register";
    private static final int MOST_REQUEST_BYTES = 16 * 1024;
    private static final int MOST_FILES = 1_000;
    private static final int TYPE_MASK = 0170000;
    private static final int SOCKET = 0140000;
    /// gRPC's code for what Go's server gives an error without one.
    private static final int UNKNOWN = 2;
    private static final byte[] EMPTY = {};
    private final Path directory;
    private final RegisteredPlugins plugins;
    private @Nullable GrpcServer server;
    private boolean cleaned;
    private boolean told;

    RegistrationSocket(Path directory, RegisteredPlugins plugins) {
        this.directory = directory;
        this.plugins = plugins;
    }

    /// Takes away sockets of plug-ins that registered with a kubelet before: those that watch their own make another
    /// one then. Once: a loop that begins anew has plug-ins of its own.
    void clean() {
        if (cleaned) {
            return;
        }
        cleaned = true;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            int seen = 0;
            for (Path file : files) {
                if (++seen > MOST_FILES) {
                    return;
                }
                if (((int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) & TYPE_MASK) == SOCKET) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot clean the directory of device plug-ins path={0} error={1}",
                    directory, e.toString());
        }
    }

    /// Sees to it that plug-ins find it.
    void ensure() {
        GrpcServer now = server;
        if (now != null && now.reachable()) {
            return;
        }
        try {
            if (now != null) {
                server = null;
                now.close();
            }
            Files.createDirectories(directory,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
            server = new GrpcServer(directory.resolve(NAME), "device-plugins", this::answer, MOST_REQUEST_BYTES);
            told = false;
        } catch (IOException e) {
            LOG.log(told ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                    "Device plug-ins cannot register path={0} error={1}", directory.resolve(NAME), e.toString());
            told = true;
        }
    }

    private byte[] answer(String path, byte[] request) {
        if (!path.equals(REGISTER)) {
            throw new GrpcFailure(GrpcFailure.UNIMPLEMENTED, "unknown method " + path);
        }
        try {
            DeviceMessages.Registration asked = DeviceMessages.registration(request);
            plugins.register(asked.version(), asked.resource(), endpoint(asked.endpoint()));
            return EMPTY;
        } catch (DeviceFault e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot register a device plug-in error={0}", e.getMessage());
            throw new GrpcFailure(UNKNOWN, String.valueOf(e.getMessage()));
        } catch (MalformedMessage e) {
            throw new GrpcFailure(GrpcFailure.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
        }
    }

    private Path endpoint(String name) throws DeviceFault {
        try {
            Path socket = directory.resolve(name).normalize();
            if (!name.isEmpty() && !socket.equals(directory) && socket.startsWith(directory.normalize())) {
                return socket;
            }
        } catch (InvalidPathException e) {
            // told below
        }
        throw new DeviceFault("the endpoint has to be the name of a socket in " + directory);
    }

    void close() {
        GrpcServer now = server;
        server = null;
        if (now != null) {
            now.close();
        }
    }
}
