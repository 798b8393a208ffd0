package io.k3j.launcher;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Tells the service manager how the start goes, by a datagram to the unix socket it names in
/// `NOTIFY_SOCKET` (systemd's `Type=notify`). Java has no unix datagrams, hence the three system calls.
final class Notifier {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int ADDRESS_BYTES = 110;
    private static final int FAMILY_BYTES = 2;

    private final String socket;

    /// `socket` is a path, or `@` and an abstract name; null when nobody listens.
    Notifier(@Nullable String socket) {
        this.socket = socket == null ? "" : socket;
    }

    void ready(String status) {
        send("READY=1\nSTATUS=" + status);
    }

    void status(String status) {
        send("STATUS=" + status);
    }

    void stopping() {
        send("STOPPING=1");
    }

    private void send(String message) {
        if (socket.isEmpty()) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            send(arena, message.getBytes(StandardCharsets.UTF_8));
        } catch (Throwable e) {
            // the service manager is told what we can; it has its own time limit
            System.getLogger("io.k3j.launcher").log(System.Logger.Level.WARNING, "service manager not told", e);
        }
    }

    private void send(Arena arena, byte[] message) throws Throwable {
        byte[] name = socket.getBytes(StandardCharsets.UTF_8);
        if (name.length > ADDRESS_BYTES - FAMILY_BYTES - 1) {
            throw new IllegalArgumentException("NOTIFY_SOCKET is too long");
        }
        MemorySegment address = arena.allocate(ADDRESS_BYTES);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, FAMILY_BYTES, name.length);
        if (name[0] == '@') {
            address.set(ValueLayout.JAVA_BYTE, FAMILY_BYTES, (byte) 0);
        }
        MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, message);
        int descriptor = (int) function("socket", 3).invokeExact(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        long sent = (long) sendTo().invokeExact(descriptor, bytes, bytes.byteSize(), 0, address,
                FAMILY_BYTES + name.length);
        int closed = (int) function("close", 1).invokeExact(descriptor);
        if (sent < 0 || closed != 0) {
            throw new IllegalStateException("nobody reads " + socket);
        }
    }

    private static MethodHandle function(String name, int ints) {
        ValueLayout[] arguments = new ValueLayout[ints];
        Arrays.fill(arguments, ValueLayout.JAVA_INT);
        return handle(name, FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
    }

    private static MethodHandle sendTo() {
        return handle("sendto", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    }

    @SuppressWarnings("restricted")
    private static MethodHandle handle(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
    }
}
