package io.k3j.edge;

import io.k3j.componentapi.ListeningSockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.StringTokenizer;

/// The number of connections a port may have open, from the file descriptor limit and the heap size. A server of 5
/// 000 nodes has three to five connections per node.
final class Capacity {
    private static final String OPEN_FILES = "Max open files";
    private static final long UNKNOWN = 4_096;

    private Capacity() {
    }

    /// The capacity of this process.
    static int ofThisProcess() {
        return of(descriptors(Path.of("/proc/self/limits")), Runtime.getRuntime().maxMemory());
    }

    /// The capacity for a number of descriptors and a heap size.
    static int of(long descriptors, long heapBytes) {
        long most = Math.min(descriptors, heapBytes / Limits.CONNECTION_BYTES) / Limits.CONNECTIONS_PART;
        return Math.clamp(most, Limits.LEAST_CONNECTIONS, Integer.MAX_VALUE);
    }

    /// The capacity of a port by its name.
    ///
    /// @param process the capacity of this process
    static int ofPort(String name, int process) {
        boolean large = Ports.offered(name).equals(ListeningSockets.SERVER) || name.equals(ListeningSockets.KUBELET);
        return large ? process : Limits.COMPONENT_CONNECTIONS;
    }

    /// How many connections of a port may be open under one name of client certificates. On the kubelet's all are those
    /// of the servers, which have one.
    ///
    /// @param port the capacity of the port
    static int ofName(String name, int port) {
        return name.equals(ListeningSockets.KUBELET) ? port : port / Limits.NAME_PART;
    }

    /// How many bytes of bodies may wait for their readers on one port.
    static long ofBodies(long heapBytes) {
        return Math.max(Limits.LEAST_UNREAD_BYTES, heapBytes / Limits.UNREAD_PART);
    }

    /// How many bytes of complete answers may wait for their clients on one port.
    static long ofAnswers(long heapBytes) {
        return heapBytes / Limits.UNSENT_PART;
    }

    /// The soft limit of open files of a process, from its `limits` file in `/proc`.
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
