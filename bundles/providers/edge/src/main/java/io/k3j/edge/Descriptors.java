package io.k3j.edge;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.StringTokenizer;

/// Finds the file descriptor of a listening socket of this process, which Java does not expose: `/proc/self/net/tcp`
/// maps port to inode, `/proc/self/fd` maps descriptor to inode.
final class Descriptors {
    private static final String LISTENING = "0A";
    private static final int LOCAL = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private Descriptors() {
    }

    /// The descriptor; empty when there is none or more than one.
    static OptionalInt of(ServerSocketChannel socket) throws IOException {
        int port = ((InetSocketAddress) socket.getLocalAddress()).getPort();
        String suffix = ":" + String.format(Locale.ROOT, "%04X", port);
        Set<String> links = new HashSet<>();
        for (String table : List.of("tcp", "tcp6")) {
            inodes(Path.of("/proc/self/net", table), suffix, links);
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

    private static void inodes(Path table, String suffix, Set<String> links) throws IOException {
        if (!Files.exists(table)) {
            return;
        }
        for (String line : Files.readAllLines(table)) {
            String[] columns = columns(line);
            if (columns[STATE].equals(LISTENING) && columns[LOCAL].endsWith(suffix)) {
                links.add("socket:[" + columns[INODE] + "]");
            }
        }
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
