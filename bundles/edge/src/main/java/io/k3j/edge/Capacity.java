package io.k3j.edge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.StringTokenizer;

/// How many connections a port may have open: as many as there are descriptors and memory for. A server of 5 000 nodes
/// has three to five connections of each.
final class Capacity {
    private static final String OPEN_FILES = "Max open files";
    private static final long UNKNOWN = 4_096;

    private Capacity() {
    }

    /// Of this process.
    static int here() {
        return of(descriptors(Path.of("/proc/self/limits")), Runtime.getRuntime().maxMemory());
    }

    /// With so many descriptors and so much heap.
    static int of(long descriptors, long heapBytes) {
        long most = Math.min(descriptors, heapBytes / Limits.CONNECTION_BYTES) / Limits.CONNECTIONS_PART;
        return Math.clamp(most, Limits.LEAST_CONNECTIONS, Integer.MAX_VALUE);
    }

    /// How many descriptors a process may have, from its `limits` in `/proc`.
    static long descriptors(Path limits) {
        try {
            for (String line : Files.readAllLines(limits)) {
                if (line.startsWith(OPEN_FILES)) {
                    String soft = new StringTokenizer(line.substring(OPEN_FILES.length())).nextToken();
                    return soft.equals("unlimited") ? Integer.MAX_VALUE : Long.parseLong(soft);
                }
            }
        } catch (IOException | NumberFormatException unreadable) {
            return UNKNOWN;
        }
        return UNKNOWN;
    }
}
