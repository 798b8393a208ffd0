package io.k3j.edge;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.StringTokenizer;

/// Finds the file descriptor of a listening socket of this process, which Java does not expose: `/proc/self/net/tcp`
/// maps address and port to inode, `/proc/self/fd` maps descriptor to inode.
final class Descriptors {
    private static final String LISTENING = "0A";
    private static final int LOCAL = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private Descriptors() {
    }

    /// The descriptor; empty when there is none or more than one.
    static OptionalInt of(ServerSocketChannel socket) throws IOException {
        InetSocketAddress address = (InetSocketAddress) socket.getLocalAddress();
        Set<String> links = new HashSet<>();
        for (String table : List.of("tcp", "tcp6")) {
            inodes(Path.of("/proc/self/net", table), address, links);
        }
        OptionalInt found = OptionalInt.empty();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                if (links.contains(target(descriptor))) {
                    if (found.isPresent()) {
                        return OptionalInt.empty();
                    }
                    found = OptionalInt.of(Integer.parseInt(descriptor.getFileName().toString()));
                }
            }
        }
        return found;
    }

    private static void inodes(Path table, InetSocketAddress address, Set<String> links) throws IOException {
        if (!Files.exists(table)) {
            return;
        }
        for (String line : Files.readAllLines(table)) {
            String[] columns = columns(line);
            if (columns[STATE].equals(LISTENING) && same(columns[LOCAL], address)) {
                links.add("socket:[" + columns[INODE] + "]");
            }
        }
    }

    /// A port may be open on several addresses of this process.
    private static boolean same(String column, InetSocketAddress address) throws UnknownHostException {
        int colon = column.indexOf(':');
        InetAddress local = address(HexFormat.of().parseHex(column, 0, colon));
        InetAddress wanted = address.getAddress();
        return HexFormat.fromHexDigits(column, colon + 1, column.length()) == address.getPort()
                && (local.equals(wanted) || local.isAnyLocalAddress() && wanted.isAnyLocalAddress());
    }

    /// @param words of four bytes, each in the processor's order
    private static InetAddress address(byte[] words) throws UnknownHostException {
        ByteBuffer address = ByteBuffer.allocate(words.length);
        IntBuffer each = ByteBuffer.wrap(words).order(ByteOrder.nativeOrder()).asIntBuffer();
        address.asIntBuffer().put(each);
        return InetAddress.getByAddress(address.array());
    }

    private static String[] columns(String line) {
        String[] columns = new String[INODE + 1];
        Arrays.fill(columns, "");
        StringTokenizer words = new StringTokenizer(line);
        for (int i = 0; i < columns.length && words.hasMoreTokens(); i++) {
            columns[i] = words.nextToken();
        }
        return columns;
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }
}
