package io.k3j.launcher;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The service manager's end: a unix datagram socket that the test reads.
final class DatagramSocketFile implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int MAX_MESSAGE_BYTES = 4096;

    private final Arena arena = Arena.ofShared();
    private final int descriptor;

    private DatagramSocketFile(int descriptor) {
        this.descriptor = descriptor;
    }

    static DatagramSocketFile bind(String name) throws Throwable {
        DatagramSocketFile socket = new DatagramSocketFile(
                (int) call("socket", ints(3)).invokeExact(AF_UNIX, SOCK_DGRAM, 0));
        byte[] path = name.getBytes(StandardCharsets.UTF_8);
        MemorySegment address = socket.arena.allocate(110);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, 2, path.length);
        if (path[0] == '@') {
            address.set(ValueLayout.JAVA_BYTE, 2, (byte) 0);
        }
        int bound = (int) call("bind", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS, ValueLayout.JAVA_INT)).invokeExact(socket.descriptor, address, 2 + path.length);
        if (bound != 0) {
            throw new IllegalStateException("bind");
        }
        return socket;
    }

    String receive() throws Throwable {
        MemorySegment buffer = arena.allocate(MAX_MESSAGE_BYTES);
        long length = (long) call("recv", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT))
                .invokeExact(descriptor, buffer, (long) MAX_MESSAGE_BYTES, 0);
        byte[] bytes = buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static FunctionDescriptor ints(int count) {
        ValueLayout[] arguments = new ValueLayout[count];
        Arrays.fill(arguments, ValueLayout.JAVA_INT);
        return FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments);
    }

    @SuppressWarnings("restricted")
    private static MethodHandle call(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
    }

    @Override
    public void close() {
        try {
            int closed = (int) call("close", ints(1)).invokeExact(descriptor);
            if (closed != 0) {
                throw new IllegalStateException("close");
            }
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        } finally {
            arena.close();
        }
    }
}
