package io.k3j.console;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/// The name of a socket in the file system, which a successor takes over and gives back when it does not come to stay:
/// of two generations each has a name of its own beside the common one, a hard link to its socket. When the one that
/// has the common name ends, the other one gets it, if it still listens.
///
/// ```
/// console.1 ── old one ◄── console.sock      the old one has the name
/// console.2 ── new one ◄── console.sock      the new one has taken it
/// console.1 ── old one ◄── console.sock      the new one has ended, and given it back
/// ```
final class SocketName {
    private static final int GENERATIONS = 9;
    private final Path common;
    private final Path own;

    private SocketName(Path common, Path own) {
        this.common = common;
        this.own = own;
    }

    /// Binds the channel, for nobody but the owner of this process, and takes the common name.
    static SocketName take(Path common, ServerSocketChannel server) throws IOException {
        Files.createDirectories(common.getParent());
        for (int i = 1; i <= GENERATIONS; i++) {
            Path own = common.resolveSibling("console." + i);
            if (!listens(own)) {
                Files.deleteIfExists(own);
                server.bind(UnixDomainSocketAddress.of(own));
                Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rw-------"));
                link(own, common);
                return new SocketName(common, own);
            }
        }
        throw new IOException(GENERATIONS + " consoles listen beside " + common + " already; restart this server");
    }

    private static void link(Path own, Path common) throws IOException {
        Path fresh = common.resolveSibling("console.new");
        Files.deleteIfExists(fresh);
        Files.createLink(fresh, own);
        Files.move(fresh, common, StandardCopyOption.ATOMIC_MOVE);
        // moving one hard link onto another one of the same file does nothing
        Files.deleteIfExists(fresh);
    }

    /// Whether anybody accepts connections there.
    private static boolean listens(Path socket) {
        if (!Files.exists(socket)) {
            return false;
        }
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return probe.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /// Before the socket is closed: another generation that listens gets the common name, if it is this one's.
    void giveBack() throws IOException {
        boolean mine = Files.exists(common) && Files.exists(own) && Files.isSameFile(common, own);
        for (int i = 1; mine && i <= GENERATIONS; i++) {
            Path other = common.resolveSibling("console." + i);
            if (!other.equals(own) && listens(other)) {
                link(other, common);
                mine = false;
            }
        }
        Files.deleteIfExists(own);
    }
}
